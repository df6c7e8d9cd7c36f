// A walk as Python sent it: which numbers a step reads, without knowing how they are drawn.
//
// `meta.mode` is "sum" for a correlation, and "max", "min" or "avg" for pooling, whose weights are
// found at each place. Several planes are channels, or, with `meta.depth`, the slices of a volume.

class WalkModel {
  constructor(data) {
    this.meta = data.meta;
    this.values = {};
    for (const name of ["input", "kernel", "output"]) this.values[name] = decodeFloats(data[name]);
    for (const name of ["padded", "sums", "winners", "counts"]) {
      if (data[name]) this[name] = decodeFloats(data[name]);
    }
    const { kernel_size, stride, padding, dilation } = this.meta.window;
    const sizes = [this.meta.output.rows, this.meta.output.cols];
    this.axes = sizes.map((o, i) => ({ k: kernel_size[i], s: stride[i], p: padding[i], d: dilation[i], o }));
  }

  // Which plane's cells the steps go over, one by one.
  get stepsOver() {
    return "output";
  }

  get pools() {
    return this.meta.mode !== "sum";
  }

  // Whether one cell of the window is taken, as a mean does not.
  get takes() {
    return this.meta.mode === "max" || this.meta.mode === "min";
  }

  get steps() {
    return this.values.output.length;
  }

  channelOf(index) {
    return Math.floor(index / (this.meta.output.rows * this.meta.output.cols));
  }

  // [row, column] in the output plane of the step's channel.
  cellOf(index) {
    const { rows, cols } = this.meta.output;
    return [Math.floor((index % (rows * cols)) / cols), index % cols];
  }

  indexOf(p, [r, c]) {
    return (p * this.meta.output.rows + r) * this.meta.output.cols + c;
  }

  // The same output cell as in another walk, or the nearest one that exists.
  indexLike(other, index) {
    const { planes, rows, cols } = this.meta.output;
    const [r, c] = other.cellOf(index);
    const p = Math.min(other.channelOf(index), planes - 1);
    return this.indexOf(p, [Math.min(r, rows - 1), Math.min(c, cols - 1)]);
  }

  plane(name, p) {
    const size = this.meta[name].rows * this.meta[name].cols;
    return this.values[name].slice(p * size, (p + 1) * size);
  }

  // The kernel planes of an output plane: each channel has its own, slices of a volume share them.
  kernelPlane(channel, p) {
    return this.plane("kernel", this.meta.depth ? p : channel * this.meta.kernel.planes + p);
  }

  // The input plane under each kernel plane, for this output plane.
  readsOf(channel) {
    if (this.meta.depth) return taps(this.meta.depth, channel);
    const { planes } = this.meta.kernel;
    const group = Math.floor(channel / (this.meta.output.planes / this.meta.groups));
    return Array.from({ length: planes }, (_, p) => group * planes + p);
  }

  valueAt(p, [r, c]) {
    const { rows, cols } = this.meta.input;
    const inside = r >= 0 && r < rows && c >= 0 && c < cols;
    return inside ? this.values.input[(p * rows + r) * cols + c] : this.outside(p, r, c);
  }

  // What the padding holds: a number of the input's, −∞ under a maximum, 0; NaN where a mean does
  // not count it, and past the padding, where only a window in ceil mode reaches.
  outside(p, r, c) {
    const { mode, input, count_include_pad } = this.meta;
    const [[above, below], [left, right]] = input.pad;
    if (this.padded) {
      const [rows, cols] = [input.rows + above + below, input.cols + left + right];
      return this.padded[(p * rows + r + above) * cols + c + left];
    }
    if (mode === "max") return -Infinity;
    if (mode === "min") return Infinity;
    const [h, w] = this.meta.window.padding;
    const past = r >= input.rows + h || c >= input.cols + w;
    return mode === "avg" && (past || !count_include_pad) ? NaN : 0;
  }

  // The arithmetic of one step: cells row by row, and for every plane of the kernel the values
  // there and the weights. `reads` are the input planes under the kernel's.
  reading(index) {
    const [row, col] = this.cellOf(index);
    const channel = this.channelOf(index);
    const reads = this.readsOf(channel);
    const cells = cross(taps(this.axes[0], row), taps(this.axes[1], col));
    const values = reads.flatMap((p) => cells.map((cell) => this.valueAt(p, cell)));
    const weights = this.pools ? this.found(index, values) : reads.flatMap((_, p) => [...this.kernelPlane(channel, p)]);
    const bias = this.meta.bias?.[channel] ?? 0;
    const sums = this.sums && reads.map((_, p) => this.sums[this.sumAt(index, channel, p, reads.length)]);
    const { mode } = this.meta;
    const count = this.counts?.[index];
    return { index, channel, reads, cells, values, weights, bias, sums, mode, count, total: this.values.output[index] };
  }

  // Python sends, for each output channel and each kernel plane, what it adds to every cell.
  sumAt(index, channel, p, planes) {
    const size = this.meta.output.rows * this.meta.output.cols;
    return (channel * planes + p) * size + (index % size);
  }

  // What pooling weighs a cell with: 1 at the winner, or 1/n in a mean of n.
  found(index, values) {
    if (this.meta.mode === "avg") {
      return values.map((value) => (Number.isNaN(value) ? 0 : 1 / this.counts[index]));
    }
    return values.map((_, j) => Number(j === this.winners[index]));
  }

  // The cells of an output plane that an input cell feeds.
  fed({ p, cell: [r, c] }, channel) {
    return this.readsOf(channel).includes(p) ? cross(feeds(this.axes[0], r), feeds(this.axes[1], c)) : [];
  }

  // The cells of input plane `q` that a kernel cell is ever multiplied with, in this channel.
  everRead({ p, cell: [row, col] }, channel, q) {
    const { depth } = this.meta;
    const planes = depth ? everRead(depth, p) : [this.readsOf(channel)[p]];
    return planes.includes(q) ? cross(everRead(this.axes[0], row), everRead(this.axes[1], col)) : [];
  }

  // The cells of kernel plane `q` that lie on an input cell at a step.
  tapsOn({ p, cell: [r, c] }, index, q) {
    if (this.readsOf(this.channelOf(index))[q] !== p) return [];
    const [row, col] = this.cellOf(index);
    return cross(indexes(taps(this.axes[0], row), r), indexes(taps(this.axes[1], col), c));
  }

  // How many characters its numbers need at two digits: what a cell has to hold at least.
  characters() {
    const { input, output } = this.values;
    return [...input, ...output].reduce((most, value) => Math.max(most, fit(value, 3).length), 1);
  }
}

const indexes = (numbers, wanted) => numbers.flatMap((number, i) => (number === wanted ? [i] : []));
