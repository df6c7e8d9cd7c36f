// A grid of numbers in the DOM: each cell can be read, hovered, focused and, if allowed, edited.

class NumberPlane {
  // spec: {role, rows, cols, pad: [h, w], label, editable, steady, onHover, onPick, onEdit, strings}
  // Cells are named by input coordinates: padding has negative ones or ones past the end.
  constructor(spec) {
    Object.assign(this, spec);
    this.pad = spec.pad ?? [0, 0];
    this.marks = new Map();
    this.cells = new Map();
    this.element = document.createElement("div");
    this.element.className = `plane numbers ${this.role}`;
    this.element.setAttribute("role", "grid");
    this.build();
    this.listen();
  }

  get fullRows() {
    return this.rows + 2 * this.pad[0];
  }

  get fullCols() {
    return this.cols + 2 * this.pad[1];
  }

  build() {
    for (let r = -this.pad[0]; r < this.rows + this.pad[0]; r++) {
      const row = document.createElement("div");
      row.setAttribute("role", "row");
      for (let c = -this.pad[1]; c < this.cols + this.pad[1]; c++) row.append(this.buildCell(r, c));
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

  inside(r, c) {
    return r >= 0 && r < this.rows && c >= 0 && c < this.cols;
  }

  at(r, c) {
    return this.cells.get(`${r},${c}`);
  }

  // `tints(value)` gives a background; `hidden(index)` says that a value is not known yet.
  setValues(values, tints) {
    this.values = values;
    this.tints = tints;
    for (const [name, cell] of this.cells) this.paint(cell, ...name.split(",").map(Number));
    if (!this.element.querySelector("[tabindex='0']")) this.at(0, 0).tabIndex = 0;
  }

  valueAt(r, c) {
    return this.inside(r, c) ? this.values[r * this.cols + c] : 0;
  }

  paint(cell, r, c) {
    const value = this.valueAt(r, c);
    const unknown = this.known !== undefined && r * this.cols + c > this.known;
    cell.querySelector(".value").textContent = unknown ? "·" : fit(value, this.chars ?? 6);
    cell.style.backgroundColor = unknown || !this.inside(r, c) ? "" : this.tints(value);
    cell.classList.toggle("unknown", unknown);
    const name = fill(this.strings.cell, { row: r + 1, column: c + 1 });
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
    this.chars = this.steady ?? Math.max(2, room(Math.max(least, wanted * 0.7)));
    // a plane whose values change at every step keeps one size of type: `steady` characters
    const longest = this.steady ?? Math.max(1, ...Array.from(this.values, (value) => fit(value, this.chars).length));
    const font = Math.max(least, Math.min(wanted, inner / (longest * 0.6)));
    this.element.style.setProperty("--cell", `${cell}px`);
    this.element.style.fontSize = `${font}px`;
    this.element.classList.toggle("roomy", cell >= 44);
    for (const [name, element] of this.cells) this.paint(element, ...name.split(",").map(Number));
  }

  mark(name, cells) {
    for (const cell of this.marks.get(name) ?? []) cell.classList.remove(name);
    const marked = cells.map(([r, c]) => this.at(r, c)).filter(Boolean);
    for (const cell of marked) cell.classList.add(name);
    this.marks.set(name, marked);
  }

  // The weight under each cell of the window; none clears them.
  setWeights(cells, weights) {
    for (const cell of this.weighted ?? []) cell.querySelector(".weight").textContent = "";
    this.weighted = cells.map(([r, c]) => this.at(r, c)).filter(Boolean);
    cells.forEach(([r, c], j) => {
      const cell = this.at(r, c);
      if (cell) cell.querySelector(".weight").textContent = `×${fit(weights[j], 4)}`;
    });
  }

  listen() {
    const where = (event) => event.target.closest?.("[data-at]")?.dataset.at.split(",").map(Number);
    this.element.addEventListener("pointerover", (event) => {
      if (where(event)) this.onHover?.(where(event));
    });
    this.element.addEventListener("pointerleave", () => this.onHover?.(null));
    this.element.addEventListener("mousedown", (event) => {
      this.wasFocused = event.target.closest("[data-at]") === this.element.getRootNode().activeElement;
    });
    this.element.addEventListener("click", (event) => {
      const cell = where(event);
      if (!cell || event.target.matches("input")) return;
      this.focus(...cell);
      if (this.canEdit(...cell) && this.wasFocused) this.edit(...cell);
      else this.onPick?.(cell);
    });
    this.element.addEventListener("keydown", (event) => this.key(event, where(event)));
  }

  canEdit(r, c) {
    return this.editable && this.inside(r, c);
  }

  focus(r, c) {
    const cell = this.at(r, c);
    if (!cell) return false;
    for (const other of this.element.querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    return true;
  }

  // Editable grids move their focus by arrows, as a spreadsheet does; typing starts an edit.
  key(event, cell) {
    if (!cell || !this.editable || event.target.matches("input")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [r, c] = cell;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const move = moves[event.key];
    if (move) {
      this.focus(r + move[0], c + move[1]);
    } else if (this.canEdit(r, c) && (event.key === "Enter" || event.key === "F2")) {
      this.edit(r, c);
    } else if (this.canEdit(r, c) && /^[-\u2212.\d]$/.test(event.key)) {
      this.edit(r, c, event.key);
    } else if (event.key === "Enter") {
      this.onPick?.(cell);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  edit(r, c, typed) {
    const cell = this.at(r, c);
    const input = document.createElement("input");
    input.value = typed ?? String(Number(this.valueAt(r, c).toPrecision(7)));
    input.setAttribute("aria-label", cell.getAttribute("aria-label"));
    input.maxLength = 24;
    cell.append(input);
    input.focus();
    if (typed === undefined) input.select();
    let open = true; // removing the field blurs it, which would close it again
    const close = (keep, next) => {
      if (!open) return;
      open = false;
      const text = input.value;
      input.remove();
      if (next) this.focus(...next) || this.focus(r, c);
      if (keep) this.commit(r, c, text);
    };
    input.addEventListener("blur", () => close(true));
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") close(true, [r + 1, c]);
      else if (event.key === "Escape") close(false, [r, c]);
      else if (event.key === "Tab") {
        event.preventDefault();
        close(true, [r, c + (event.shiftKey ? -1 : 1)]);
      }
    });
  }

  commit(r, c, text) {
    const value = Number(text.trim().replace(MINUS, "-").replace(",", "."));
    if (text.trim() === "" || value === this.valueAt(r, c)) return;
    this.onEdit([r, c], value, text);
  }
}
