// A step in words: the coloured equation, and the sentence for screen readers.

const LONGEST_SENTENCE = 25; // products
const SMALLEST_TYPE = 0.8; // of the equation's, for one with all products of several planes

// How a step is written: the terms with what stands before, between and behind them. A term is
// [what is read, the weight], [what is read] or, of several planes, [a plane's sum].
function phrase(reading) {
  const { values, weights, sums, bias, mode } = reading;
  if (mode === "max" || mode === "min") {
    const terms = values.map((value, j) => ({ parts: [short(value)], chosen: weights[j] === 1 }));
    return { terms, before: `${mode}(`, between: ", ", behind: ")" };
  }
  if (mode === "avg") {
    const counted = values.filter((value) => !Number.isNaN(value));
    const terms = counted.map((value) => ({ parts: [inProduct(value)] }));
    const [before, after] = terms.length > 1 ? ["(", ")"] : ["", ""];
    return { terms, before, between: " + ", behind: `${after} / ${reading.count}` };
  }
  if (mode === "paint") {
    const terms = values.map((value, j) => ({ parts: [inProduct(value), inProduct(weights[j])] }));
    return { terms, before: "+ (", between: ", ", behind: ")" };
  }
  const added = bias ? ` + ${inProduct(bias)}` : "";
  if (sums?.length > 1) {
    const terms = sums.map((sum) => ({ parts: [inProduct(sum)] }));
    return { terms, before: "", between: " + ", behind: added };
  }
  const terms = values.map((value, j) => ({ parts: [inProduct(value), inProduct(weights[j])] }));
  return { terms, before: "", between: " + ", behind: added };
}

// Several planes with all their products, the planes in brackets: (0·0 + 1·1) + (2·2 + 3·3) + 1.
function spelledOut({ values, weights, sums, bias }) {
  const size = values.length / sums.length;
  const terms = values.map((value, j) => ({
    parts: [inProduct(value), inProduct(weights[j])],
    before: j % size === 0 ? "(" : "",
    after: j % size === size - 1 ? ")" : "",
  }));
  const added = sums.map(inProduct).join(" + ") + (bias ? ` + ${inProduct(bias)}` : "");
  return { terms, before: "", between: " + ", behind: ` = ${added}` };
}

class Words {
  constructor(equation, live) {
    this.equation = equation;
    this.live = live;
  }

  // After a change of the stage's size; in between nothing is measured, which costs a layout.
  resized() {
    this.room = undefined;
  }

  measure() {
    const type = parseFloat(getComputedStyle(this.equation).fontSize);
    return this.equation.clientWidth / (type * 0.605);
  }

  measured() {
    return (this.room ??= this.measure());
  }

  width({ terms, behind }) {
    const written = terms.map(({ parts, before = "", after = "" }) => before + parts.join("·") + after);
    return `${written.join(" + ")}${behind} = 12345`.length;
  }

  // `aloud`: whether a screen reader can follow at this pace.
  say(reading, steps, strings, aloud) {
    const said = phrase(reading);
    this.drawEquation(said, reading, strings);
    if (!aloud) return;
    const sentence = fill(reading.mode === "paint" ? strings.painted : strings.sentence, {
      i: reading.index + 1,
      n: steps,
      terms: this.join(said, LONGEST_SENTENCE, strings, ({ parts }) => parts.join("·")),
      total: reading.total === undefined ? "" : short(reading.total),
    });
    if (this.live.textContent !== sentence) this.live.textContent = sentence;
  }

  drawEquation(said, reading, strings) {
    const full = reading.sums?.length > 1 && spelledOut(reading);
    const share = full ? this.measured() / this.width(full) : 0; // of the type's size
    if (share >= SMALLEST_TYPE) said = full;
    this.equation.style.setProperty("--share", Math.min(1, share >= SMALLEST_TYPE ? share : 1));
    const most = said === full ? said.terms.length : this.termsThatFit(said, reading, strings);
    const total = reading.total === undefined ? "" : ` = <b class="y">${short(reading.total)}</b>`;
    this.equation.innerHTML = `<span>${this.join(said, most, strings, coloured)}${total}</span>`;
  }

  join({ terms, before, between, behind }, most, strings, write) {
    const parts = terms.slice(0, most).map(write);
    if (terms.length > most) parts.push(fill(strings.more_terms, { n: terms.length - most }));
    return `${before}${parts.join(between)}${behind}`;
  }

  // In a monospaced face the characters say what fits on the line; the total always does.
  termsThatFit({ terms, before, between, behind }, { total }, strings) {
    const room = this.measured();
    const more = fill(strings.more_terms, { n: terms.length }).length * 1.4 + 3; // Korean is wide
    let used = `${before}${behind} = ${short(total ?? 0)}`.length;
    for (const [i, { parts }] of terms.entries()) {
      used += parts.join("·").length + (i ? between.length : 0);
      if (used + (i < terms.length - 1 ? more : 0) > room) return Math.max(1, i);
    }
    return terms.length;
  }
}

// What is read is blue, weights are orange, and what pooling took is green.
function coloured({ parts: [value, weight], chosen, before = "", after = "" }) {
  if (chosen) return `<b class="y">${value}</b>`;
  const times = weight === undefined ? "" : `·<span class="k">${weight}</span>`;
  return `${before}<span class="x">${value}</span>${times}${after}`;
}
