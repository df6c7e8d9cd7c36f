// A kernel finding its way by gradient descent: kernel, gradient, and the loss as a curve.

const places = (window.cnnvizLearning ??= new Map()); // key → update, while another tab is open
const WIDTH = 480;
const HEIGHT = 190;
const EDGE = { left: 56, right: 12, top: 10, bottom: 26 };

class Learning {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    const bar = this.find(".transport");
    bar.innerHTML = Transport.markup();
    this.transport = new Transport(bar, { onStep: () => this.render(), onRest: () => this.render(), first: 0 });
    // only with the focus inside: the stage has the keys otherwise
    this.find(".learning").addEventListener("keydown", (event) => {
      this.transport.key(event);
      event.stopPropagation();
    });
  }

  update(data) {
    const { meta } = data;
    this.meta = meta;
    this.kernels = decodeFloats(data.kernels);
    this.gradients = decodeFloats(data.gradients);
    this.losses = decodeFloats(data.losses);
    const { strings, rows, cols } = meta;
    this.find(".learning").setAttribute("aria-label", strings.learning);
    this.find(".transport").setAttribute("aria-label", strings.transport);
    for (const name of ["kernel", "gradient", "loss"]) this.find(`.${name} h3 b`).textContent = strings[name];
    this.transport.setStrings(strings);
    this.transport.restart(this.losses.length, this.made ? this.transport.index : (places.get(meta.key) ?? 0));
    if (this.made !== `${rows}×${cols}`) this.build(rows, cols);
    for (const plane of [this.kernel, this.gradient]) plane.strings = strings;
    this.drawAxes();
    this.render();
  }

  build(rows, cols) {
    this.made = `${rows}×${cols}`;
    for (const name of ["kernel", "gradient"]) {
      this[name] = new NumberPlane({ role: name, rows, cols, steady: 6, strings: this.meta.strings });
      this.find(`.${name} .holder`).replaceChildren(this[name].element);
    }
  }

  frame(values, index) {
    const size = this.meta.rows * this.meta.cols;
    return values.slice(index * size, (index + 1) * size);
  }

  render() {
    const { index } = this.transport;
    const cell = Math.min(72, Math.floor(220 / Math.max(this.meta.rows, this.meta.cols)));
    for (const [plane, values] of [[this.kernel, this.kernels], [this.gradient, this.gradients]]) {
      const now = this.frame(values, index);
      const { most } = rangeOf(now);
      plane.setValues(now, (value) => {
        const share = (42 * Math.abs(value)) / most;
        return `color-mix(in srgb, var(${value < 0 ? "--negative" : "--positive"}) ${share.toFixed(1)}%, transparent)`;
      });
      plane.setSize(cell, this.meta.classroom && cell >= 50 ? 28 : 9);
    }
    this.find(".loss .value").textContent = short(this.losses[index]);
    this.drawHere(index);
    this.say(index);
  }

  say(index) {
    const { strings, lr } = this.meta;
    const weight = this.frame(this.kernels, index)[0];
    const slope = this.frame(this.gradients, index)[0];
    const next = index + 1 < this.losses.length ? this.frame(this.kernels, index + 1)[0] : null;
    this.find(".equation").textContent =
      next === null
        ? strings.learned
        : `K₁₁ ← K₁₁ ${MINUS} η·∂L/∂K₁₁ = ${short(weight)} ${MINUS} ${short(lr)}·${inProduct(slope)} = ${short(next)}`;
    if (this.transport.playing && this.transport.rate() > 2) return;
    this.find(".live").textContent = fill(strings.learning_sentence, {
      i: index,
      n: this.losses.length - 1,
      loss: short(this.losses[index]),
      kernel: Array.from(this.frame(this.kernels, index), (value) => short(value)).join(", "),
    });
  }

  // The loss falls or explodes by orders of magnitude: a logarithmic axis.
  x(index) {
    const last = Math.max(1, this.losses.length - 1);
    return EDGE.left + (index / last) * (WIDTH - EDGE.left - EDGE.right);
  }

  y(loss) {
    const share = (Math.log10(Math.max(loss, this.low)) - Math.log10(this.low)) / (Math.log10(this.high) - Math.log10(this.low));
    return HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
  }

  points(from, to) {
    const points = [];
    for (let i = from; i <= to; i++) points.push(`${this.x(i).toFixed(1)},${this.y(this.losses[i]).toFixed(1)}`);
    return points.join(" ");
  }

  drawAxes() {
    const positive = this.losses.filter((loss) => loss > 0);
    this.high = Math.max(...positive, 1e-12);
    // a loss that falls to nothing, beyond what float32 can tell, would stretch the axis
    this.low = Math.max(Math.min(...positive, this.high / 10), this.losses[0] * 1e-9);
    const svg = this.find("svg");
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.setAttribute("aria-label", this.meta.strings.loss_curve);
    const label = (x, y, text, anchor) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
    const last = this.losses.length - 1;
    svg.innerHTML =
      `<line class="axis" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${HEIGHT - EDGE.bottom}" y2="${HEIGHT - EDGE.bottom}"/>` +
      `<line class="axis" x1="${EDGE.left}" x2="${EDGE.left}" y1="${EDGE.top}" y2="${HEIGHT - EDGE.bottom}"/>` +
      label(EDGE.left - 6, this.y(this.high) + 6, short(this.high, 2), "end") +
      label(EDGE.left - 6, this.y(this.low) + 5, short(this.low, 2), "end") +
      label(EDGE.left, HEIGHT - 7, "0", "middle") +
      label(WIDTH - EDGE.right, HEIGHT - 7, String(last), "end") +
      `<polyline class="path" points="${this.points(0, last)}"/><polyline class="done"/><circle class="here" r="5"/>`;
  }

  drawHere(index) {
    this.find("svg .done").setAttribute("points", this.points(0, index));
    this.find("svg .here").setAttribute("cx", this.x(index));
    this.find("svg .here").setAttribute("cy", this.y(this.losses[index]));
  }

  destroy() {
    this.transport.pause();
    places.set(this.meta.key, this.transport.index);
  }
}

export default mount((root) => new Learning(root));
