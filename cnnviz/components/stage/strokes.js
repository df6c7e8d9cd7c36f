// A transposed convolution: each input cell paints a window of the output. It steps over the input,
// and the output grows; what the padding crops off stands around it, hatched.

class PaintModel extends WalkModel {
  constructor(data) {
    super(data);
    this.partials = decodeFloats(data.partials); // the whole canvas after each stroke
    const { rows, cols, pad } = this.meta.output;
    this.canvas = [rows + pad[0][0] + pad[0][1], cols + pad[1][0] + pad[1][1]];
    // the window's geometry is that of the convolution which leads back
    this.axes.forEach((axis, i) => (axis.o = [this.meta.input.rows, this.meta.input.cols][i]));
  }

  get stepsOver() {
    return "input";
  }

  get pools() {
    return false;
  }

  get steps() {
    return this.values.input.length;
  }

  cellOf(index) {
    const { cols } = this.meta.input;
    return [Math.floor(index / cols), index % cols];
  }

  indexOf(_, [r, c]) {
    return r * this.meta.input.cols + c;
  }

  indexLike(other, index) {
    const { rows, cols } = this.meta.input;
    const [r, c] = other.cellOf(index);
    return this.indexOf(0, [Math.min(r, rows - 1), Math.min(c, cols - 1)]);
  }

  channelOf() {
    return 0;
  }

  painted(index, [r, c]) {
    const [rows, cols] = this.canvas;
    const [[above], [left]] = this.meta.output.pad;
    return this.partials[(index * rows + r + above) * cols + c + left];
  }

  // The output without its margin after so many strokes.
  after(index) {
    const { rows, cols } = this.meta.output;
    return Float32Array.from({ length: rows * cols }, (_, i) => this.painted(index, [Math.floor(i / cols), i % cols]));
  }

  reading(index) {
    const [row, col] = this.cellOf(index);
    const cells = cross(taps(this.axes[0], row), taps(this.axes[1], col));
    const weights = [...this.kernelPlane(0, 0)];
    const values = weights.map(() => this.values.input[index]);
    return { index, channel: 0, reads: [0], cells, values, weights, bias: 0, mode: "paint" };
  }

  // The input cells that paint an output cell.
  paints([r, c]) {
    return cross(feeds(this.axes[0], r), feeds(this.axes[1], c));
  }
}

class PaintPicture extends Picture {
  showInput({ index }, look) {
    const [plane] = this.planes.input;
    plane.mark("now", [this.walk.cellOf(index)]);
    plane.mark("fed", look?.column === "output" ? this.walk.paints(look.cell) : []);
    plane.mark("picked", look?.column === "input" ? [look.cell] : []);
    plane.draw?.();
  }

  showMiddle({ index, cells }, look) {
    const [plane] = this.planes.kernel;
    const under = look?.column === "output" ? cells.findIndex((cell) => String(cell) === String(look.cell)) : -1;
    const { cols } = this.meta.kernel;
    plane.mark("used", under < 0 ? [] : [[Math.floor(under / cols), under % cols]]);
    plane.mark("picked", look?.column === "kernel" ? [look.cell] : []);
    for (const lens of this.planes.lens) lens.setValues(cells.map((cell) => this.walk.painted(index, cell)), lens.tints);
  }

  showOutput({ index, cells, values, weights }, _, look) {
    const [plane] = this.planes.output;
    plane.outside = (r, c) => this.walk.painted(index, [r, c]);
    plane.copies = true;
    plane.setValues(this.walk.after(index), plane.tints ?? plane.colours);
    plane.mark("window", cells);
    plane.setWeights(cells, values.map((value, j) => Math.fround(value * weights[j])), "+");
    plane.mark("used", look?.column === "kernel" ? this.walk.everRead(look, 0, 0) : []);
    plane.mark("picked", look?.column === "output" ? [look.cell] : []);
    plane.draw?.();
  }
}
