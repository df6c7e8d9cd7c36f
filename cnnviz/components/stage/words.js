// A step in words: the coloured equation, and the sentence for screen readers.

const LONGEST_SENTENCE = 25; // products

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

  // `aloud`: whether a screen reader can follow at this pace.
  say(reading, steps, strings, aloud) {
    const terms = reading.values.map((value, j) => [inProduct(value), inProduct(reading.weights[j])]);
    this.drawEquation(terms, reading, strings);
    if (!aloud) return;
    const sentence = fill(strings.sentence, {
      i: reading.index + 1,
      n: steps,
      terms: this.sum(terms, LONGEST_SENTENCE, reading, strings, ([x, k]) => `${x}·${k}`),
      total: short(reading.total),
    });
    if (this.live.textContent !== sentence) this.live.textContent = sentence;
  }

  drawEquation(terms, reading, strings) {
    const colour = ([x, k]) => `<span class="x">${x}</span>·<span class="k">${k}</span>`;
    const sum = this.sum(terms, this.termsThatFit(terms, reading, strings), reading, strings, colour);
    this.equation.innerHTML = `<span>${sum} = <b class="y">${short(reading.total)}</b></span>`;
  }

  sum(terms, most, { bias }, strings, write) {
    const parts = terms.slice(0, most).map(write);
    if (terms.length > most) parts.push(fill(strings.more_terms, { n: terms.length - most }));
    if (bias) parts.push(inProduct(bias));
    return parts.join(" + ");
  }

  // In a monospaced face the characters say what fits on the line; the total always does.
  termsThatFit(terms, { bias, total }, strings) {
    this.room ??= this.measure();
    const more = fill(strings.more_terms, { n: terms.length }).length * 1.4 + 3; // Korean is wide
    let used = ` = ${short(total)}`.length + (bias ? ` + ${inProduct(bias)}`.length : 0);
    for (const [i, [x, k]] of terms.entries()) {
      used += x.length + k.length + 1 + (i ? 3 : 0);
      if (used + (i < terms.length - 1 ? more : 0) > this.room) return Math.max(1, i);
    }
    return terms.length;
  }
}
