// A walk as Python sent it: which numbers a step reads, without knowing how they are drawn.

class WalkModel {
  constructor(data) {
    this.meta = data.meta;
    this.values = {};
    for (const name of ["input", "kernel", "output"]) this.values[name] = decodeFloats(data[name]);
    const { kernel_size, stride, padding, dilation } = this.meta.window;
    this.axes = [0, 1].map((i) => ({ k: kernel_size[i], s: stride[i], p: padding[i], d: dilation[i] }));
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

  kernelPlane(channel, p) {
    return this.plane("kernel", channel * this.meta.kernel.planes + p);
  }

  valueAt(p, [r, c]) {
    const { rows, cols } = this.meta.input;
    if (r < 0 || r >= rows || c < 0 || c >= cols) return 0; // padding
    return this.values.input[(p * rows + r) * cols + c];
  }

  // The arithmetic of one step: cells row by row, and for every plane of the kernel the values
  // there and the weights. `first` is the first input plane of the step's group.
  reading(index) {
    const [row, col] = this.cellOf(index);
    const channel = this.channelOf(index);
    const { planes } = this.meta.kernel;
    const first = Math.floor(channel / (this.meta.output.planes / this.meta.groups)) * planes;
    const cells = cross(taps(this.axes[0], row), taps(this.axes[1], col));
    const values = [];
    const weights = [];
    for (let p = 0; p < planes; p++) {
      for (const cell of cells) values.push(this.valueAt(first + p, cell));
      weights.push(...this.kernelPlane(channel, p));
    }
    const bias = this.meta.bias?.[channel] ?? 0;
    return { index, channel, first, cells, values, weights, bias, total: this.values.output[index] };
  }

  // The output cells that an input cell feeds.
  fed([r, c]) {
    const { rows, cols } = this.meta.input;
    return cross(feeds(this.axes[0], r, rows), feeds(this.axes[1], c, cols));
  }

  // The input cells that a kernel cell is ever multiplied with.
  everRead([row, col]) {
    const { rows, cols } = this.meta.input;
    return cross(everRead(this.axes[0], row, rows), everRead(this.axes[1], col, cols));
  }

  // The kernel cells that lie on an input cell at a step.
  tapsOn([r, c], index) {
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
