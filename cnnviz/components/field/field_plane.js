// One layer's map with a field on it: framed, what lies outside of it veiled, and what it has of
// padding hatched.

const VEIL = 0.62;

class FieldPlane extends PixelPlane {
  constructor(spec) {
    super(spec);
    this.element.tabIndex = 0;
    this.field = null;
  }

  // `field`: [rows, columns] or null; `ink`: the frame's; `veiled`: whether all else is faint
  // where there is no field either.
  setField(field, ink, veiled) {
    Object.assign(this, { field, ink, veiled });
    this.draw();
  }

  drawPadding() {} // only what a field has of it, and that is drawn over the picture

  draw() {
    if (!this.pixel || !this.values) return;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.drawImage(this.picture, 0, 0);
    if (this.field || this.veiled) this.drawVeil(context);
    if (!this.field) return;
    this.drawBeyond(context);
    this.drawFrame(context, this.ink, this.frameBox());
  }

  // Over every cell that does not count.
  drawVeil(context) {
    context.save();
    context.globalAlpha = VEIL;
    context.fillStyle = this.inks.halo;
    context.beginPath();
    context.rect(...this.box(0, 0, this.rows, this.cols));
    const [rows, cols] = this.field ? this.field.map(({ cells }) => runs(cells)) : [[], []];
    for (const [r, h] of rows) for (const [c, w] of cols) context.rect(...this.box(r, c, h, w));
    context.fill("evenodd");
    context.restore();
  }

  // What the field has beyond the picture's border.
  drawBeyond(context) {
    context.save();
    context.beginPath();
    context.rect(0, 0, this.canvas.width, this.canvas.height);
    context.rect(...this.box(0, 0, this.rows, this.cols));
    context.clip("evenodd");
    context.fillStyle = hatch(context, this.inks.leftover, 6 * this.scale);
    context.fillRect(...this.frameBox());
    context.restore();
  }

  frameBox() {
    const [rows, cols] = this.field;
    return this.box(rows.first, cols.first, lengthOf(rows), lengthOf(cols));
  }

  // Where the frame stands on the page beside its canvas: [left, top, right, bottom], cut off at
  // the canvas as the drawn one is.
  frameEdges() {
    const [x, y, w, h] = this.frameBox().map((length) => length / this.scale);
    const [width, height] = [this.fullCols * this.pixel, this.fullRows * this.pixel];
    const cut = (value, most) => Math.max(0, Math.min(most, value));
    return [cut(x, width), cut(y, height), cut(x + w, width), cut(y + h, height)];
  }

  // Arrows look at the next cell, Enter or space takes it.
  key(event, [r, c]) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const move = moves[event.key];
    if (move) this.focus(r + move[0], c + move[1]);
    else if (event.key === "Enter" || event.key === " ") this.onPick([r, c]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  exists(r, c) {
    return this.inside(r, c);
  }
}
