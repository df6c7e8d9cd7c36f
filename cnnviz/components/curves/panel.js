// A panel: axes, a curve for each run, and the line at which values are read.

const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 54, right: 14, top: 10, bottom: 48 };
const TICK_WIDTH = 64; // pixels that a number on an axis needs
const TICK_HEIGHT = 34;
const MOST_DOTS = 40; // tests of a run that are marked by a dot each

class Panel {
  // `label(value)` is a number on the vertical axis.
  constructor(svg, column, label) {
    Object.assign(this, { svg, column, label });
    this.axes = this.add("g", "axes", svg);
    this.lines = this.add("g", "lines", svg);
    this.cursor = this.add("g", "cursor", svg);
  }

  add(tag, name, parent, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    if (name) made.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  text(words, x, y, anchor) {
    this.add("text", "", this.axes, { x, y, "text-anchor": anchor }).textContent = words;
  }

  // false while it has no size
  measure() {
    const { width, height } = this.svg.getBoundingClientRect();
    [this.width, this.height] = [width, height];
    this.type = parseFloat(getComputedStyle(this.svg).fontSize) / 15;
    this.left = EDGE.left * this.type;
    this.bottom = EDGE.bottom * this.type;
    return width > 60;
  }

  x(epoch) {
    return this.left + (epoch / this.epochs) * (this.width - this.left - EDGE.right);
  }

  epochAt(pixels) {
    return ((pixels - this.left) / (this.width - this.left - EDGE.right)) * this.epochs;
  }

  y(value) {
    const share = Math.min(1, Math.max(0, this.axis.share(value)));
    return this.height - this.bottom - share * (this.height - this.bottom - EDGE.top);
  }

  // `known`: whether the number of epochs is.
  drawAxes(axis, epochs, known, title) {
    Object.assign(this, { axis, epochs });
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.axes.replaceChildren();
    const [right, floor] = [this.width - EDGE.right, this.height - this.bottom];
    for (const tick of axis.ticks(Math.max(2, Math.floor(floor / (TICK_HEIGHT * this.type))))) {
      const y = this.y(tick);
      this.add("line", "grid", this.axes, { x1: this.left, x2: right, y1: y, y2: y });
      this.text(this.label(tick), this.left - 8, y + 5 * this.type, "end");
    }
    this.add("line", "axis", this.axes, { x1: this.left, x2: right, y1: floor, y2: floor });
    const most = Math.max(2, Math.floor((right - this.left) / (TICK_WIDTH * this.type)));
    for (const tick of known ? linearTicks(0, epochs, most, epochs >= most - 1) : []) {
      const x = this.x(tick);
      this.add("line", "axis", this.axes, { x1: x, x2: x, y1: floor, y2: floor + 5 });
      this.text(short(tick), x, floor + 21 * this.type, "middle");
    }
    this.text(title, (this.left + right) / 2, this.height - 5, "middle");
  }

  drawLines(runs, show, keep) {
    this.lines.replaceChildren();
    runs.forEach((run, i) => {
      const group = this.add("g", `run${i}`, this.lines);
      if (show.training) {
        if (keep) this.curve(group, "training raw", run.training, run.training.column(this.column));
        this.curve(group, "training", run.training, run.training.smoothed(this.column, keep));
      }
      if (!show.validation) return;
      const values = run.validation.column(this.column);
      this.curve(group, "validation", run.validation, values);
      if (values.length > MOST_DOTS) return;
      values.forEach((value, j) => this.dot(group, "validation", run.validation.epoch(j), value, 3));
    });
  }

  curve(group, name, points, values) {
    let path = "";
    values.forEach((value, i) => {
      path += `${i ? "L" : "M"}${this.x(points.epoch(i)).toFixed(1)} ${this.y(value).toFixed(1)}`;
    });
    if (values.length === 1) path += "h0.01"; // a lone point is a dot
    this.add("path", name, group, { d: path });
  }

  dot(parent, kind, epoch, value, radius) {
    this.add("circle", `dot ${kind}`, parent, { cx: this.x(epoch).toFixed(1), cy: this.y(value).toFixed(1), r: radius });
  }

  // `marks`: of each run the points that are read.
  drawCursor(epoch, marks) {
    this.cursor.replaceChildren();
    if (epoch === null) return;
    const x = this.x(epoch);
    this.add("line", "here", this.cursor, { x1: x, x2: x, y1: EDGE.top, y2: this.height - this.bottom });
    marks.forEach((found, i) => {
      const group = this.add("g", `run${i}`, this.cursor);
      for (const { kind, points, at } of found) this.dot(group, kind, points.epoch(at), points.value(at, this.column), 5);
    });
  }
}
