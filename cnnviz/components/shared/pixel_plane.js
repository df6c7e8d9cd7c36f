// A grid too large for numbers: pixels on a canvas, with marks drawn over them.

const INKS = {
  window: "--kernel",
  used: "--kernel",
  winner: "--output",
  fed: "--output",
  now: "--output",
  picked: "--st-primary-color",
  leftover: "--leftover",
  halo: "--st-background-color",
};

class PixelPlane extends Plane {
  // spec: see Plane; `onPaint(phase, point)` takes a stroke and says whether it wants it.
  constructor(spec) {
    super(spec);
    this.element.classList.add("pixels");
    this.element.tabIndex = this.editable ? 0 : -1;
    this.element.setAttribute("role", "group");
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.picture = document.createElement("canvas"); // the values at the size they are shown
    this.element.append(this.canvas);
    this.cell = [0, 0]; // has the keyboard
    this.listen();
  }

  // `colours(value, i)` gives [r, g, b].
  setValues(values, colours) {
    this.values = values;
    this.colours = colours;
    this.canvas.setAttribute("aria-label", this.label);
    if (this.pixel) this.drawPicture();
  }

  setKnown(index) {
    this.known = index;
  }

  setSize(pixel) {
    this.pixel = pixel;
    this.scale = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.picture]) {
      canvas.width = Math.round(this.fullCols * pixel * this.scale);
      canvas.height = Math.round(this.fullRows * pixel * this.scale);
    }
    this.canvas.style.width = `${this.fullCols * pixel}px`;
    this.canvas.style.height = `${this.fullRows * pixel}px`;
    this.drawPicture();
  }

  mark(name, cells) {
    this.marks.set(name, cells);
  }

  setWeights() {} // the lens shows them

  drawPicture() {
    const { rows, cols } = this;
    // looked up here, not at every step: asking for a style costs more than drawing
    const inks = Object.entries(INKS).map(([name, variable]) => [name, cssColour(this.element, variable)]);
    this.inks = Object.fromEntries(inks);
    const image = new ImageData(cols, rows);
    const negative = new ImageData(cols, rows);
    this.values.forEach((value, i) => {
      const [red, green, blue] = this.colours(value, i);
      image.data[4 * i] = red;
      image.data[4 * i + 1] = green;
      image.data[4 * i + 2] = blue;
      image.data[4 * i + 3] = 255;
      if (value < 0) negative.data[4 * i + 3] = 255;
    });
    const context = this.picture.getContext("2d");
    context.clearRect(0, 0, this.picture.width, this.picture.height);
    context.imageSmoothingEnabled = false;
    this.drawPadding(context);
    const box = this.box(0, 0, rows, cols);
    context.drawImage(this.asCanvas(image), ...box);
    context.drawImage(this.striped(this.asCanvas(negative), box), box[0], box[1]);
    this.draw();
  }

  asCanvas(image) {
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  // Negative pixels carry stripes, so that the sign is seen without colour.
  striped(mask, [, , width, height]) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width));
    canvas.height = Math.max(1, Math.round(height));
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(mask, 0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = hatch(context, cssColour(this.element, "--stripe"), 4 * this.scale);
    context.fillRect(0, 0, canvas.width, canvas.height);
    return canvas;
  }

  drawPadding(context) {
    if (!this.pad.flat().some(Boolean)) return;
    if (this.copies) this.drawOutside(context);
    context.fillStyle = hatch(context, cssColour(this.element, "--hatch"), 6 * this.scale);
    context.fillRect(0, 0, this.picture.width, this.picture.height);
  }

  // What the padding copies from the input (reflect, ...), paler than the input itself.
  drawOutside(context) {
    const image = new ImageData(this.fullCols, this.fullRows);
    const [[above], [left]] = this.pad;
    for (let i = 0; i < this.fullRows * this.fullCols; i++) {
      const [r, c] = [Math.floor(i / this.fullCols) - above, (i % this.fullCols) - left];
      if (!this.inside(r, c)) image.data.set([...this.colours(this.outside(r, c)), 140], 4 * i);
    }
    context.drawImage(this.asCanvas(image), 0, 0, this.picture.width, this.picture.height);
  }

  // Device pixels of a block of cells: [x, y, width, height].
  box(r, c, rows = 1, cols = 1) {
    const side = this.pixel * this.scale;
    return [(c + this.pad[1][0]) * side, (r + this.pad[0][0]) * side, cols * side, rows * side];
  }

  draw() {
    if (!this.pixel || !this.values) return;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.known === undefined) context.drawImage(this.picture, 0, 0);
    else this.drawKnown(context);
    this.drawLeftover(context);
    for (const [name, cells] of this.marks) this.drawMark(context, name, cells);
  }

  // What the walk has not reached yet is there, but faint.
  drawKnown(context) {
    const [row, col] = [Math.floor(this.known / this.cols), (this.known % this.cols) + 1];
    context.globalAlpha = 0.22;
    context.drawImage(this.picture, 0, 0);
    context.globalAlpha = 1;
    context.save();
    context.beginPath();
    context.rect(...this.box(0, 0, row, this.cols));
    context.rect(...this.box(row, 0, 1, col));
    context.clip();
    context.drawImage(this.picture, 0, 0);
    context.restore();
  }

  drawLeftover(context) {
    if (!this.leftover?.some((unread) => unread.length)) return;
    context.fillStyle = hatch(context, this.inks.leftover, 5 * this.scale);
    for (const r of this.leftover[0]) {
      context.fillRect(...this.box(r, -this.pad[1][0], 1, this.fullCols));
    }
    for (const c of this.leftover[1]) {
      context.fillRect(...this.box(-this.pad[0][0], c, this.fullRows, 1));
    }
  }

  // A block of neighbours gets one frame, scattered cells (dilation) one each.
  drawMark(context, name, cells) {
    if (!cells.length) return;
    const rows = cells.map(([r]) => r);
    const cols = cells.map(([, c]) => c);
    const [top, left] = [Math.min(...rows), Math.min(...cols)];
    const [height, width] = [Math.max(...rows) - top + 1, Math.max(...cols) - left + 1];
    const blocks =
      height * width === cells.length
        ? [this.box(top, left, height, width)]
        : cells.map(([r, c]) => this.box(r, c));
    for (const block of blocks) this.drawFrame(context, this.inks[name], block);
  }

  drawFrame(context, ink, [x, y, w, h]) {
    const line = Math.max(2, Math.min(3, this.pixel / 3)) * this.scale;
    const room = Math.max(w, h) > 3 * line ? line / 2 : -line / 4;
    const frame = [x + room, y + room, w - 2 * room, h - 2 * room];
    // a halo sets the frame off from pixels of its own colour
    context.strokeStyle = this.inks.halo;
    context.lineWidth = line + 2 * this.scale;
    context.strokeRect(...frame);
    context.strokeStyle = ink;
    context.lineWidth = line;
    context.strokeRect(...frame);
  }

  cellAt(event) {
    const frame = this.canvas.getBoundingClientRect();
    const c = Math.floor((event.clientX - frame.left) / this.pixel) - this.pad[1][0];
    const r = Math.floor((event.clientY - frame.top) / this.pixel) - this.pad[0][0];
    const clip = (i, n, [before, after]) => Math.max(-before, Math.min(n + after - 1, i));
    return [clip(r, this.rows, this.pad[0]), clip(c, this.cols, this.pad[1])];
  }

  focus(r, c) {
    if (!this.exists(r, c)) return false;
    this.cell = [r, c];
    this.element.focus({ preventScroll: true });
    this.onHover?.(this.cell);
    return true;
  }

  place(input, r, c) {
    input.style.left = `${(c + this.pad[1][0] + 0.5) * this.pixel}px`;
    input.style.top = `${(r + this.pad[0][0] + 0.5) * this.pixel}px`;
    this.element.append(input);
  }

  // Where the pointer is, in cells with fractions: for the brush.
  pointAt(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [
      (event.clientY - frame.top) / this.pixel - this.pad[0][0],
      (event.clientX - frame.left) / this.pixel - this.pad[1][0],
    ];
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener("pointermove", (event) => {
      if (this.painting) {
        // browsers bundle fast moves; a stroke needs them all
        const points = event.getCoalescedEvents?.() ?? [];
        for (const point of points.length ? points : [event]) this.onPaint("move", this.pointAt(point));
      } else {
        this.onHover?.(this.cellAt(event));
      }
    });
    canvas.addEventListener("pointerleave", () => this.painting || this.onHover?.(null));
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !this.onPaint?.("start", this.pointAt(event))) return;
      this.painting = true;
      canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (!this.painting) return;
        this.painting = false;
        this.onPaint("end");
      });
    }
    canvas.addEventListener("click", (event) => {
      if (this.paints?.()) return;
      const cell = this.cellAt(event);
      this.click(...cell, String(cell) === this.clicked);
      this.clicked = String(cell);
    });
    this.element.addEventListener("keydown", (event) => this.key(event, this.cell));
  }
}

const hatches = new Map();

// A pattern of diagonal lines, made once for each colour and pitch.
function hatch(context, colour, pitch) {
  const size = Math.max(3, Math.round(pitch));
  const name = `${colour}/${size}`;
  if (hatches.has(name)) return hatches.get(name);
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(1, size / 5);
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
  }
  pen.stroke();
  hatches.set(name, context.createPattern(tile, "repeat"));
  return hatches.get(name);
}
