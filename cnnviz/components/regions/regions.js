// Classes as discs and a star to drag: each class's nearest point, and how far it is, at once.

const SVG = "http://www.w3.org/2000/svg";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const ROUND = 100; // steps to a unit
const STEP = 0.1; // of an arrow key; with Shift ten of them
const TOLD_AFTER = 500; // milliseconds after the last arrow key
const MARGINAL = 1e-9; // more than rounding

const nameOf = (i) => `F${SUBSCRIPTS[i + 1]}`;

class Regions {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".regions");
    this.svg = this.find("svg");
    this.outbox = new Outbox();
    this.tools = new Tools(this.find(".tools"), (kind) => this.send({ kind }), () => {});
    this.stop = new AbortController();
    const { signal } = this.stop;
    const observer = new ResizeObserver(() => this.fitIn());
    observer.observe(this.svg);
    signal.addEventListener("abort", () => observer.disconnect());
    this.svg.addEventListener("pointerdown", (event) => this.take(event), { signal });
    this.svg.addEventListener("pointermove", (event) => this.drag(event), { signal });
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, () => this.drop(), { signal });
    this.svg.addEventListener("click", (event) => this.tap(event), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
  }

  destroy() {
    this.stop.abort();
    clearTimeout(this.telling);
  }

  // ---- what Python sent

  update({ meta, discs, truth, found }, setState) {
    this.outbox.settle(meta, setState);
    this.meta = meta;
    const { strings } = meta;
    this.section.classList.toggle("classroom", meta.classroom);
    this.section.setAttribute("aria-label", strings.label);
    this.find(".tools").setAttribute("aria-label", strings.tools);
    this.tools.setUp({ ...meta, draw: false, brush: false });
    this.find(".hint").textContent = strings.hint;
    this.find("h3").textContent = strings.distances;
    if (JSON.stringify(discs) !== JSON.stringify(this.discs)) this.build(discs);
    // the star stays in the reader's hand until Python knows where it went
    if (this.held || this.telling || this.outbox.holds("move")) return this.show(this.truth);
    this.show(truth, found);
  }

  build(discs) {
    const { width, height } = this.meta;
    this.discs = discs;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren();
    const order = discs.map((disc, i) => ({ disc, i })).sort((a, b) => b.disc.radius - a.disc.radius);
    for (const { disc, i } of order) {
      const circle = this.add("circle", `disc level${i + 1}`, { cx: disc.x, cy: height - disc.y, r: disc.radius });
      circle.dataset.level = i + 1;
    }
    this.lowest = discs.map((disc) => height - disc.y + disc.radius);
    this.names = discs.map((disc, i) => {
      const text = this.add("text", "name", { x: disc.x });
      text.textContent = nameOf(i);
      return text;
    });
    this.lines = discs.map(() => this.add("line", "way"));
    this.dots = discs.map((_, i) => {
      const dot = this.add("circle", "dot");
      dot.dataset.level = i + 1;
      return dot;
    });
    this.star = this.add("g", "star", { tabindex: 0, role: "button" });
    this.star.innerHTML = `<g><circle class="grip" r="22"/><path d="${star(12)}"/><text x="13" y="-9">f*</text></g>`;
    this.buildList();
    this.fitIn();
  }

  add(tag, name, attributes = {}) {
    const made = document.createElementNS(SVG, tag);
    made.setAttribute("class", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    this.svg.append(made);
    return made;
  }

  // Words, the star and the dots keep their size in pixels while the picture grows and shrinks.
  fitIn() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (!this.meta || !(width >= 50)) return;
    const pixels = Math.min(width / this.meta.width, height / this.meta.height);
    const size = this.meta.classroom ? 24 : 15;
    this.svg.style.setProperty("--type", `${size / pixels}px`);
    for (const dot of this.dots) dot.setAttribute("r", size / 3 / pixels);
    this.star.firstChild.setAttribute("transform", `scale(${size / 15 / pixels})`);
    this.names.forEach((name, i) => name.setAttribute("y", this.lowest[i] - (0.4 * size) / pixels));
  }

  buildList() {
    this.rows = this.discs.map((_, i) => {
      const row = document.createElement("li");
      row.dataset.level = i + 1;
      row.innerHTML = `<b></b><span class="track"><span class="bar"></span></span><span class="number"></span><span class="rise"></span>`;
      row.firstChild.textContent = nameOf(i);
      row.addEventListener("pointerenter", () => this.point(i));
      row.addEventListener("pointerleave", () => this.point(null));
      return row;
    });
    this.find("ol").replaceChildren(...this.rows);
  }

  point(level) {
    for (const element of this.svg.querySelectorAll(".disc, .dot, .way")) element.classList.remove("lit");
    if (level === null) return;
    for (const element of [this.svg.querySelector(`.level${level + 1}`), this.lines[level], this.dots[level]]) {
      element.classList.add("lit");
    }
  }

  // ---- what is shown

  show(truth, found = this.discs.map((disc) => nearest(disc, truth))) {
    this.truth = truth;
    const { height, width, strings } = this.meta;
    const [x, y] = truth;
    this.star.setAttribute("transform", `translate(${x} ${height - y})`);
    this.star.setAttribute("aria-label", fill(strings.star, { x: short(x), y: short(y) }));
    const distances = found.map(({ distance }) => distance);
    const best = distances.indexOf(Math.min(...distances));
    found.forEach(({ nearest: [nx, ny], distance }, i) => {
      const risen = i > 0 && distance > distances[i - 1] + MARGINAL;
      place(this.lines[i], { x1: x, y1: height - y, x2: nx, y2: height - ny });
      place(this.dots[i], { cx: nx, cy: height - ny });
      for (const element of [this.lines[i], this.dots[i], this.rows[i]]) {
        element.classList.toggle("best", i === best);
        element.classList.toggle("risen", risen);
      }
      const row = this.rows[i];
      row.querySelector(".bar").style.width = `${(100 * distance) / width}%`;
      row.querySelector(".number").textContent = distance.toFixed(2);
      row.querySelector(".rise").textContent = risen ? strings.farther : "";
    });
    this.say(distances, best);
  }

  say(distances, best) {
    const { strings } = this.meta;
    const rise = distances.findIndex((distance, i) => i > 0 && distance > distances[i - 1] + MARGINAL);
    const text =
      rise < 0
        ? strings.never_farther
        : fill(strings.is_farther, { larger: nameOf(rise), smaller: nameOf(rise - 1), best: nameOf(best) });
    this.find(".said").textContent = text;
    this.find(".said").classList.toggle("risen", rise >= 0);
    if (!this.held) {
      const list = distances.map((distance, i) => `${nameOf(i)} ${distance.toFixed(2)}`).join(", ");
      this.find(".live").textContent = `${strings.distances}: ${list}. ${text}`;
    }
  }

  // ---- what the reader does

  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [point.x, this.meta.height - point.y];
  }

  within(point) {
    return point.map((value, axis) => {
      const [low, high] = this.meta.limits[axis];
      return Math.round(Math.min(high, Math.max(low, value)) * ROUND) / ROUND;
    });
  }

  take(event) {
    const onStar = this.star.contains(event.target);
    // elsewhere a finger may want to scroll the page: see `tap`
    if (event.button || !event.isPrimary || (event.pointerType === "touch" && !onStar)) return;
    const [x, y] = this.at(event);
    const [from, grip] = [this.truth, onStar ? [this.truth[0] - x, this.truth[1] - y] : [0, 0]];
    this.held = { from, grip };
    this.svg.classList.add("held");
    this.svg.setPointerCapture(event.pointerId);
    this.star.focus({ preventScroll: true });
    this.drag(event);
    event.preventDefault();
  }

  drag(event) {
    if (!this.held) return;
    const { grip } = this.held;
    this.show(this.within(this.at(event).map((value, axis) => value + grip[axis])));
  }

  drop() {
    if (!this.held) return;
    const { from } = this.held;
    this.held = null;
    this.svg.classList.remove("held");
    this.show(this.truth);
    if (String(from) !== String(this.truth)) this.tell();
  }

  // A finger that does not drag the star but puts it somewhere.
  tap(event) {
    if (event.pointerType !== "touch" || this.star.contains(event.target)) return;
    this.show(this.within(this.at(event)));
    this.tell();
  }

  key(event) {
    const mine = event.composedPath().includes(this.section);
    if (!mine && event.target !== document.body) return;
    const kind = undoAsked(event, { undo: this.telling || this.meta.undo, redo: this.meta.redo });
    if (kind) {
      event.preventDefault();
      this.send({ kind });
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const move = moves[event.key];
    if (!move || event.composedPath()[0] !== this.star) return;
    event.preventDefault();
    const far = STEP * (event.shiftKey ? 10 : 1);
    this.show(this.within(this.truth.map((value, axis) => value + far * move[axis])));
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tell(), TOLD_AFTER);
  }

  // Moves that nobody was told of yet come before anything else.
  send(edit) {
    if (this.telling) this.tell();
    this.outbox.post(edit);
  }

  tell() {
    clearTimeout(this.telling);
    this.telling = null;
    const [x, y] = this.truth;
    this.outbox.post({ kind: "move", x, y });
  }
}

function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function star(radius) {
  const corners = Array.from({ length: 10 }, (_, i) => {
    const reach = i % 2 ? 0.42 * radius : radius;
    return `${(reach * Math.sin((Math.PI * i) / 5)).toFixed(3)} ${(-reach * Math.cos((Math.PI * i) / 5)).toFixed(3)}`;
  });
  return `M${corners.join("L")}Z`;
}

export default mount((root) => new Regions(root));
