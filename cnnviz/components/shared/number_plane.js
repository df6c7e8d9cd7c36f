// A grid of numbers in the DOM: each cell can be read, hovered, focused and, if allowed, edited.

class NumberPlane extends Plane {
  // spec: see Plane; `steady` characters keep the type's size while the values change.
  constructor(spec) {
    super(spec);
    this.element.classList.add("numbers");
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-readonly", !this.editable);
    this.cells = new Map();
    this.build();
    this.listen();
  }

  build() {
    const [[above, below], [left, right]] = this.pad;
    for (let r = -above; r < this.rows + below; r++) {
      const row = document.createElement("div");
      row.setAttribute("role", "row");
      for (let c = -left; c < this.cols + right; c++) row.append(this.buildCell(r, c));
      this.element.append(row);
    }
    this.element.style.gridTemplateColumns = `repeat(${this.fullCols}, var(--cell))`;
  }

  buildCell(r, c) {
    const cell = document.createElement("div");
    cell.setAttribute("role", "gridcell");
    cell.tabIndex = -1;
    cell.dataset.at = `${r},${c}`;
    cell.innerHTML = `<span class="value"></span><span class="weight" aria-hidden="true"></span>`;
    if (!this.inside(r, c)) cell.classList.add("padding");
    this.cells.set(cell.dataset.at, cell);
    return cell;
  }

  at(r, c) {
    return this.cells.get(`${r},${c}`);
  }

  // `tints(value)` gives a background.
  setValues(values, tints) {
    this.values = values;
    this.tints = tints;
    for (const [name, cell] of this.cells) this.paint(cell, ...name.split(",").map(Number));
    // what answers to nothing, the lens, is no stop for the keyboard
    if (this.onPick && !this.element.querySelector("[tabindex='0']")) this.at(0, 0).tabIndex = 0;
  }

  paint(cell, r, c) {
    const value = this.valueAt(r, c);
    const unknown = this.known !== undefined && r * this.cols + c > this.known;
    const text = unknown ? "·" : fit(value, this.chars ?? 6);
    cell.querySelector(".value").textContent = text.length > this.fitting ? "" : text;
    cell.style.backgroundColor = unknown || !this.inside(r, c) ? "" : this.tints(value);
    cell.classList.toggle("unknown", unknown);
    const name = this.nameOf(r, c);
    cell.setAttribute("aria-label", unknown ? name : `${name}: ${short(value)}`);
    cell.title = unknown ? "" : short(value, 7);
  }

  // Output cells past the current step are not known yet; only those that change are painted.
  setKnown(index) {
    const from = this.known ?? this.rows * this.cols;
    this.known = index;
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const [r, c] = [Math.floor(i / this.cols), i % this.cols];
      if (this.at(r, c)) this.paint(this.at(r, c), r, c);
    }
  }

  // The cell's side in CSS pixels. Type is `least` px or more: where numbers do not fit at that
  // size, digits go.
  setSize(cell, least) {
    const wanted = Math.max(least, Math.min(cell * 0.42, 40));
    const inner = cell - (cell > 40 ? 10 : 4);
    const room = (size) => Math.floor(inner / (size * 0.6)); // characters of a monospaced face
    const steady = this.steady && Math.max(2, Math.min(this.steady, room(least)));
    this.chars = steady ?? Math.max(2, room(Math.max(least, wanted * 0.7)));
    // a plane whose values change at every step keeps one size of type: `steady` characters
    const longest = steady ?? Math.max(1, ...Array.from(this.values, (value) => fit(value, this.chars).length));
    const font = Math.max(least, Math.min(wanted, inner / (longest * 0.6)));
    // a number that would lie on its neighbours is left to the cell's title
    this.fitting = Math.floor(cell / (font * 0.6));
    this.element.style.setProperty("--cell", `${cell}px`);
    this.element.style.fontSize = `${font}px`;
    this.element.classList.toggle("roomy", cell >= 44);
    this.element.classList.toggle("tiny", cell < 15);
    for (const [name, element] of this.cells) this.paint(element, ...name.split(",").map(Number));
  }

  mark(name, cells) {
    for (const cell of this.marks.get(name) ?? []) cell.classList.remove(name);
    const marked = cells.map(([r, c]) => this.at(r, c)).filter(Boolean);
    for (const cell of marked) cell.classList.add(name);
    this.marks.set(name, marked);
  }

  // What stands under each cell of the window: the weight that it is multiplied with, or, with the
  // sign +, what is added to it. None clears them.
  setWeights(cells, weights, sign = "×") {
    for (const cell of this.weighted ?? []) cell.querySelector(".weight").textContent = "";
    this.weighted = cells.map(([r, c]) => this.at(r, c)).filter(Boolean);
    cells.forEach(([r, c], j) => {
      const cell = this.at(r, c);
      if (cell) cell.querySelector(".weight").textContent = withSign(sign, fit(weights[j], 4));
    });
  }

  listen() {
    const where = (event) => event.target.closest?.("[data-at]")?.dataset.at.split(",").map(Number);
    this.element.addEventListener("pointerover", (event) => {
      if (where(event)) this.onHover?.(where(event));
    });
    this.element.addEventListener("pointerleave", () => this.onHover?.(null));
    this.element.addEventListener("focusin", (event) => {
      if (event.target.matches(":focus-visible") && where(event)) this.onHover?.(where(event));
    });
    this.element.addEventListener("focusout", () => this.onHover?.(null));
    this.element.addEventListener("mousedown", (event) => {
      this.wasFocused = event.target.closest("[data-at]") === this.element.getRootNode().activeElement;
    });
    this.element.addEventListener("click", (event) => {
      const cell = where(event);
      if (cell && !event.target.matches("input")) this.click(...cell, this.wasFocused);
    });
    this.element.addEventListener("keydown", (event) => where(event) && this.key(event, where(event)));
  }

  focus(r, c) {
    const cell = this.at(r, c);
    if (!cell) return false;
    for (const other of this.element.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    return true;
  }

  place(input, r, c) {
    this.at(r, c).append(input);
  }
}

const withSign = (sign, text) => (sign === "+" && text.startsWith(MINUS) ? text : sign + text);

// Backgrounds of numbers, weak enough for the text on them.
function numberTints(role, signed, most) {
  const hue = role === "output" ? "--output" : "--ink";
  const strongest = signed ? 42 : role === "output" ? 30 : 14;
  return (value) => {
    if (!Number.isFinite(value)) return ""; // what padding holds for a maximum, or nothing
    const share = (Math.min(1, Math.abs(value) / most) * strongest).toFixed(1);
    const tint = signed ? (value < 0 ? "--negative" : "--positive") : hue;
    return share > 0 ? `color-mix(in srgb, var(${tint}) ${share}%, transparent)` : "";
  };
}
