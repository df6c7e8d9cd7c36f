// A picture with steps: its transport and tools, the keys and strokes, the step in the address, and
// what it tells Python. What extends it has `meta`, `render`, `fitIn`, `hint` and `stepWritten`.

class SteppedPicture {
  // `section` has a .transport and .tools, empty.
  constructor(section) {
    this.section = section;
    this.hover = null;
    this.outbox = new Outbox();
    const bar = section.querySelector(".transport");
    bar.innerHTML = Transport.markup();
    this.transport = new Transport(bar, { onStep: () => this.stepped(), onRest: () => this.rested() });
    this.tools = new Tools(section.querySelector(".tools"), (kind) => this.send(kind), () => this.hint());
    this.listen();
  }

  listen() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    const fitIn = () => this.fitIn();
    const observer = new ResizeObserver(fitIn);
    observer.observe(this.section);
    signal.addEventListener("abort", () => observer.disconnect());
    window.addEventListener("resize", fitIn, { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("cnnviz:ask-step", () => this.tell(), { signal });
    this.address = new StepAddress(() => this.stepWritten(), signal);
  }

  // Keys count when the picture, or nothing at all, has the focus.
  onKey(event) {
    if (!event.composedPath().includes(this.section) && event.target !== document.body) return;
    const kind = undoAsked(event, this.meta);
    if (kind) {
      event.preventDefault();
      this.send(kind);
    } else {
      this.onOtherKey(event);
    }
  }

  onOtherKey(event) {
    this.transport.key(event);
  }

  destroy() {
    this.stop.abort();
    this.transport.pause();
  }

  // ---- what Python sent

  // What it is called, for who hears it; `name` is the picture's among the strings.
  label(name) {
    const { strings, classroom } = this.meta;
    this.section.classList.toggle("classroom", classroom);
    this.section.setAttribute("aria-label", strings[name]);
    for (const part of ["transport", "tools"]) {
      this.section.querySelector(`.${part}`).setAttribute("aria-label", strings[part]);
    }
    this.transport.setStrings(strings);
  }

  // Ink that Python's values do not contain yet stays on view.
  keepInk(ink, values) {
    const inking = this.painting || this.outbox.holds("draw");
    if (inking && ink?.length === values.length) values.set(ink);
  }

  // ---- what the reader does

  stepped() {
    this.hover = null;
    this.render();
    this.tell();
  }

  rested() {
    this.render();
    this.address.soon();
  }

  // The take-along buttons follow the step without asking the server.
  tell() {
    document.dispatchEvent(new CustomEvent("cnnviz:step", { detail: { current: this.transport.index } }));
  }

  // Says whether the stroke is wanted. What is drawn shows at once; Python hears of it at the end.
  paintOn(plane, phase, point) {
    if (phase === "start" && !this.tools.paints) return false;
    this.painting = phase !== "end";
    if (phase === "end") {
      this.send("draw", { values: Array.from(plane.values, (value) => Math.round(value * 255)) });
      return true;
    }
    if (phase === "start") this.setHover(null);
    this.tools.stroke(plane.values, plane.rows, plane.cols, phase === "start" ? point : this.last, point);
    this.last = point;
    cancelAnimationFrame(this.inking);
    this.inking = requestAnimationFrame(() => plane.drawPicture());
    return true;
  }

  send(kind, detail = {}) {
    this.outbox.post({ kind, ...detail });
  }
}
