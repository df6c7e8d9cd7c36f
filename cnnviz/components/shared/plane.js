// What number grids and pixel canvases have in common: a grid of values with padding around it,
// whose cells can be reached by pointer and keyboard and, if allowed, edited.

class Plane {
  // spec: {role, rows, cols, pad, label, editable, strings, onHover, onPick, onEdit, ...}
  // Cells are named by input coordinates: padding has negative ones or ones past the end. `pad` is
  // [[above, below], [left, right]] in cells; `outside(r, c)` says what the padding holds, NaN for
  // nothing; with `copies` these are values of the input, to be seen.
  constructor(spec) {
    this.pad = [[0, 0], [0, 0]];
    this.outside = () => 0;
    Object.assign(this, spec);
    this.element = document.createElement("div");
    this.element.className = `plane ${this.role}`;
    this.marks = new Map();
  }

  get fullRows() {
    return this.rows + this.pad[0][0] + this.pad[0][1];
  }

  get fullCols() {
    return this.cols + this.pad[1][0] + this.pad[1][1];
  }

  inside(r, c) {
    return r >= 0 && r < this.rows && c >= 0 && c < this.cols;
  }

  exists(r, c) {
    const [[above, below], [left, right]] = this.pad;
    return r >= -above && r < this.rows + below && c >= -left && c < this.cols + right;
  }

  valueAt(r, c) {
    return this.inside(r, c) ? this.values[r * this.cols + c] : this.outside(r, c);
  }

  nameOf(r, c) {
    const name = this.inside(r, c) ? this.strings.cell : this.strings.padding_cell;
    return fill(name, { row: r + 1, column: c + 1 });
  }

  canEdit(r, c) {
    return this.editable && this.inside(r, c);
  }

  // A first click focuses the cell and picks it, a second one edits it.
  click(r, c, again) {
    this.focus(r, c);
    if (again && this.canEdit(r, c)) this.edit(r, c);
    else this.onPick?.([r, c]);
  }

  // Editable grids move their focus by arrows, as a spreadsheet does; typing starts an edit.
  key(event, [r, c]) {
    if (!this.editable || event.target.matches("input")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const move = moves[event.key];
    if (move) {
      this.focus(r + move[0], c + move[1]);
    } else if (this.canEdit(r, c) && (event.key === "Enter" || event.key === "F2")) {
      this.edit(r, c);
    } else if (this.canEdit(r, c) && /^[-\u2212.\d]$/.test(event.key)) {
      this.edit(r, c, event.key);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // A field over the cell. Enter and Tab keep and go on, Escape gives up, leaving it keeps.
  edit(r, c, typed) {
    const input = document.createElement("input");
    const before = String(Number(this.valueAt(r, c).toPrecision(9))); // as many as float32 needs
    const shown = this.shown?.(); // of several grids that take turns here, the one that is edited
    input.value = typed ?? before;
    input.setAttribute("aria-label", this.nameOf(r, c));
    input.maxLength = 24;
    this.place(input, r, c);
    input.focus({ preventScroll: true });
    if (typed === undefined) input.select();
    let open = true; // removing the field blurs it, which would close it again
    const close = (keep, next) => {
      if (!open) return;
      open = false;
      const text = input.value;
      input.remove();
      if (next) this.focus(...next) || this.focus(r, c);
      if (keep && text.trim() && text !== before) this.commit(r, c, text, shown);
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

  commit(r, c, text, shown) {
    const value = Number(text.trim().replace(MINUS, "-").replace(",", "."));
    const same = shown === this.shown?.() && value === this.valueAt(r, c);
    if (!same) this.onEdit([r, c], value, text, shown);
  }
}
