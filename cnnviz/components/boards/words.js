// What is pointed at, in words: on the page, and aloud once the pointer rests.

const ALOUD_AFTER = 350; // milliseconds of rest
const MOST_PRODUCTS = 9; // that are written out

class Words {
  constructor(said, live) {
    this.said = said;
    this.live = live;
  }

  // Without a text the hint stands there.
  say(text, hint) {
    this.said.textContent = text ?? hint;
    this.said.classList.remove("bad");
    this.stop();
    if (text) this.speaking = setTimeout(() => (this.live.textContent = text), ALOUD_AFTER);
  }

  refuse(text) {
    this.stop();
    this.said.textContent = this.live.textContent = text;
    this.said.classList.add("bad");
  }

  stop() {
    clearTimeout(this.speaking);
  }
}

// A cell, its value, and the terms that it belongs to; `factors` are two boards or undefined.
function sentence(board, flat, terms, strings, factors) {
  const place = board.plane.nameOf(Math.floor(flat / board.cols), flat % board.cols);
  const value = board.blank?.[flat] ? strings.blank : short(board.values[flat], 7);
  const cell = board.code ? board.lines[flat] : `${board.title}, ${place}: ${value}`;
  const products = factors && terms.length && terms.length <= MOST_PRODUCTS ? productsOf(terms, factors) : null;
  if (products && board.role === "output") return `${cell}${board.code ? "  " : " "}= ${products.join(" + ")}`;
  const counted = [strings.no_terms, strings.one_term][terms.length] ?? fill(strings.terms, { n: terms.length });
  return `${cell} · ${counted}${products ? `: ${products.join(", ")}` : ""}`;
}

// The number of one and the same cell on every board.
function pointwise(board, flat, boards) {
  const place = board.plane.nameOf(Math.floor(flat / board.cols), flat % board.cols);
  return [place, ...boards.map((other) => `${other.title}: ${short(other.values[flat])}`)].join(" · ");
}

function productsOf(terms, factors) {
  const factor = (board, term) => (board.of[term] < 0 ? "0" : inProduct(board.values[board.of[term]]));
  return Array.from(terms, (term) => factors.map((board) => factor(board, term)).join("·"));
}
