// Which cells belong together. A board's `of` gives the cell of every term, −1 for none.

const decodeWhole = (text) =>
  text === null ? null : new Int32Array(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);

// The terms of every cell, in one array: those of cell c are terms[first[c]] to terms[first[c + 1]].
class TermsOfCells {
  constructor(of, cells) {
    this.first = new Int32Array(cells + 1);
    for (const cell of of) if (cell >= 0) this.first[cell + 1]++;
    for (let c = 0; c < cells; c++) this.first[c + 1] += this.first[c];
    this.terms = new Int32Array(this.first[cells]);
    const next = this.first.slice();
    of.forEach((cell, term) => {
      if (cell >= 0) this.terms[next[cell]++] = term;
    });
  }

  at(cell) {
    return this.terms.subarray(this.first[cell], this.first[cell + 1]);
  }
}

// The flat cells that these terms have on a board, each once, in order.
function cellsOf(terms, of) {
  const found = new Set();
  for (const term of terms) if (of[term] >= 0) found.add(of[term]);
  return [...found].sort((a, b) => a - b);
}

// An SVG path around cells: neighbours share one frame. A cell is 1 × 1.
function outline(cells, cols) {
  const lit = new Set(cells);
  const parts = [];
  for (const cell of cells) {
    const r = Math.floor(cell / cols);
    const c = cell % cols;
    if (!lit.has(cell - cols)) parts.push(`M${c} ${r}h1`);
    if (!lit.has(cell + cols)) parts.push(`M${c} ${r + 1}h1`);
    if (c === 0 || !lit.has(cell - 1)) parts.push(`M${c} ${r}v1`);
    if (c === cols - 1 || !lit.has(cell + 1)) parts.push(`M${c + 1} ${r}v1`);
  }
  return parts.join("");
}

// The same cells as areas, to be tinted: runs of a row at once.
function area(cells, cols) {
  const parts = [];
  for (let i = 0; i < cells.length; ) {
    const start = cells[i];
    let end = i + 1;
    while (end < cells.length && cells[end] === cells[end - 1] + 1 && cells[end] % cols) end++;
    parts.push(`M${start % cols} ${Math.floor(start / cols)}h${end - i}v1h${i - end}z`);
    i = end;
  }
  return parts.join("");
}
