// A stack of layers as Python sent it: which cells of every layer a cell sees. The same as
// `field_of` in cnnviz/models/receptive_field.py; tests/e2e/test_receptive_field.py compares them.

const spanOf = (i) => ({ first: i, last: i, cells: [i] });

// The span one layer earlier, where the axis has n cells.
function spanBefore(axis, { first, last, cells }, n) {
  const read = new Set(cells.flatMap((o) => taps(axis, o)).filter((i) => i >= 0 && i < n));
  return {
    first: taps(axis, first)[0],
    last: taps(axis, last).at(-1),
    cells: [...read].sort((a, b) => a - b),
  };
}

// The fields [rows, columns] in the input, layer 1, ... and the cell's own layer.
function fieldsOf(layers, planes, { layer, cell }) {
  const fields = [cell.map(spanOf)];
  for (let l = layer - 1; l >= 0; l--) {
    const sizes = [planes[l].rows, planes[l].cols];
    fields.unshift(fields[0].map((span, i) => spanBefore(layers[l], span, sizes[i])));
  }
  return fields;
}

const lengthOf = ({ first, last }) => last - first + 1;

// How much of a field lies within its plane, and how much of that counts.
function countCells(field, plane) {
  const inside = field.map(({ first, last }, i) => {
    const n = [plane.rows, plane.cols][i];
    return Math.max(0, Math.min(last, n - 1) - Math.max(first, 0) + 1);
  });
  const all = lengthOf(field[0]) * lengthOf(field[1]);
  const within = inside[0] * inside[1];
  return { all, within, counting: field[0].cells.length * field[1].cells.length };
}

// Neighbours joined: [2, 3, 4, 7] becomes [[2, 3], [7, 1]], starts and lengths.
function runs(cells) {
  const found = [];
  for (const i of cells) {
    const last = found.at(-1);
    if (last && last[0] + last[1] === i) last[1]++;
    else found.push([i, 1]);
  }
  return found;
}
