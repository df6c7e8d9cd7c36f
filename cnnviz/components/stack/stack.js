// A kernel stack: a row of planes for each output channel. It follows the stage, and leads it.

const LARGEST_CELL = 44; // pixels
const SMALLEST_CELL = 9;
const CHARACTER = 5.4; // width of the smallest type, in pixels
const NAMES = 136; // pixels: what the names of the rows take
const BIASES = 70;
const BETWEEN = 14; // planes, with their frames
const MOST_HEIGHT = 700; // of all planes together, unless cells would become too small

class KernelStack {
  constructor(root) {
    this.section = root.querySelector(".kernels");
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("cnnviz:step", ({ detail }) => this.follow(detail.channel), { signal });
    this.observer = new ResizeObserver(() => this.fitIn());
    this.observer.observe(this.section);
    this.section.addEventListener("click", (event) => {
      const row = event.target.closest("[data-channel]");
      if (row) this.lead(Number(row.dataset.channel));
    });
  }

  destroy() {
    this.stop.abort();
    this.observer.disconnect();
  }

  update({ meta, stack }) {
    this.meta = meta;
    this.values = decodeFloats(stack);
    this.most = rangeOf(this.values).most;
    const characters = this.values.reduce((most, value) => Math.max(most, fit(value, 3).length), 1);
    this.needed = 4 + CHARACTER * characters; // pixels of a cell with a number; in smaller ones are colours
    this.cell = 0;
    this.build();
    this.fitIn();
    document.dispatchEvent(new CustomEvent("cnnviz:ask-step"));
  }

  build() {
    const { c_out, inputs, strings } = this.meta;
    this.section.setAttribute("aria-label", strings.label);
    this.planes = [];
    const head = element("div", "row head");
    head.append(element("span", "name", strings.inputs));
    for (const name of inputs) head.append(element("span", "input", name));
    const rows = Array.from({ length: c_out }, (_, o) => this.row(o));
    this.section.replaceChildren(head, ...rows);
    if (this.channel !== undefined) this.follow(this.channel);
  }

  row(o) {
    const { c_in, bias, mine, outputs, strings } = this.meta;
    const row = element("div", "row");
    row.dataset.channel = o;
    const name = element("button", "name", fill(strings.output, { name: outputs[o] }));
    name.type = "button";
    name.title = fill(strings.go, { name: outputs[o] });
    row.append(name);
    for (let c = 0; c < c_in; c++) row.append(mine[o][c] ? this.plane(o, c) : element("span", "absent"));
    if (bias) row.append(element("span", "bias", `${bias[o] < 0 ? MINUS : "+"} ${short(Math.abs(bias[o]))}`));
    return row;
  }

  plane(o, c) {
    const { rows, cols, c_in, inputs, outputs, strings } = this.meta;
    const plane = new NumberPlane({ role: "kernel", rows, cols, strings });
    plane.label = fill(strings.plane, { output: outputs[o], input: inputs[c] });
    plane.element.setAttribute("aria-label", plane.label);
    const size = rows * cols;
    const first = (o * c_in + c) * size;
    plane.setValues(this.values.slice(first, first + size), (value) => this.tint(value));
    this.planes.push(plane);
    return plane.element;
  }

  tint(value) {
    const share = ((Math.abs(value) / this.most) * (this.cell < this.needed ? 100 : 42)).toFixed(1);
    return share > 0 ? `color-mix(in srgb, var(${value < 0 ? "--negative" : "--positive"}) ${share}%, transparent)` : "";
  }

  fitIn() {
    const width = this.section.clientWidth;
    if (!this.meta || !(width >= 50)) return;
    const { c_in, c_out, rows, cols, bias } = this.meta;
    const wide = (width - NAMES - (bias ? BIASES : 0) - BETWEEN * c_in) / (c_in * cols);
    const tall = Math.max((MOST_HEIGHT - BETWEEN * c_out) / (c_out * rows), this.needed);
    const cell = Math.max(SMALLEST_CELL, Math.floor(Math.min(wide, tall, LARGEST_CELL)));
    if (cell === this.cell) return;
    this.cell = cell;
    this.section.classList.toggle("colours", cell < this.needed);
    this.section.style.setProperty("--wide", `${cell * cols + 2}px`);
    this.section.style.setProperty("--tall", `${cell * rows + 2}px`);
    for (const plane of this.planes) plane.setSize(cell, 9);
  }

  follow(channel) {
    this.channel = channel;
    for (const row of this.section.querySelectorAll("[data-channel]")) {
      const now = Number(row.dataset.channel) === channel;
      row.classList.toggle("now", now);
      row.querySelector("button").setAttribute("aria-current", now);
    }
  }

  lead(channel) {
    document.dispatchEvent(new CustomEvent("cnnviz:go-channel", { detail: { channel } }));
  }
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

export default mount((root) => new KernelStack(root));
