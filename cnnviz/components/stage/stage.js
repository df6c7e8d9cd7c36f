// The stage: one window sliding over planes of numbers. Python sends finished arrays once;
// stepping, playing and hovering happen here and send nothing.

const stages = new WeakMap(); // one Stage for each place it is mounted in
// Key → step and speed, kept while another page is shown. On the window, because Streamlit loads
// this file anew each time the component is mounted.
const memory = (window.cnnvizStages ??= new Map());

class Stage {
  constructor(root, key) {
    this.root = root;
    this.key = key;
    this.section = root.querySelector(".stage");
    this.find = (selector) => root.querySelector(selector);
    this.planes = { input: [], kernel: [], output: [], lens: [] };
    this.hover = null;
    this.pin = null;
    this.stop = new AbortController();
    const bar = this.find(".transport");
    bar.innerHTML = Transport.markup();
    this.transport = new Transport(bar, { onStep: () => this.stepped(), onRest: () => this.rested() });
    this.tools = new Tools(this.find(".tools"), (kind) => this.send(kind), () => this.hint());
    this.listen();
  }

  listen() {
    const { signal } = this.stop;
    const observer = new ResizeObserver(() => this.layOut());
    observer.observe(this.section);
    signal.addEventListener("abort", () => observer.disconnect());
    this.section.addEventListener("pointerdown", (event) => this.takeFocus(event));
    window.addEventListener("resize", () => this.layOut(), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("cnnviz:ask-step", () => this.tell(), { signal });
    document.addEventListener("cnnviz:write-address", () => this.writeAddress(), { signal });
  }

  // A click anywhere on the stage gives it the keyboard.
  takeFocus(event) {
    if (!event.target.closest("button, input, select, [data-at]")) this.section.focus({ preventScroll: true });
  }

  // Keys count when the stage, or nothing at all, has the focus.
  onKey(event) {
    const mine = event.composedPath().includes(this.section);
    if (!mine && event.target !== document.body) return;
    if (event.key === "Escape") this.setPin(null);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && this.meta.undo !== null) {
      if (event.composedPath()[0].matches("input")) return;
      event.preventDefault();
      const kind = event.shiftKey ? "redo" : "undo";
      if (this.meta[kind]) this.send(kind);
      return;
    }
    this.transport.key(event);
  }

  destroy() {
    this.stop.abort();
    this.transport.pause();
    memory.set(this.key, { index: this.transport.index, speed: this.transport.speed, link: this.meta.link });
  }

  // ---- what Python sent

  update(data, setState) {
    this.setState = setState;
    const first = !this.meta;
    const before = this.meta;
    this.meta = data.meta;
    this.values = {};
    for (const name of ["input", "kernel", "output"]) this.values[name] = decodeFloats(data[name]);
    this.axes = [0, 1].map((i) => ({
      k: this.meta.window.kernel_size[i],
      s: this.meta.window.stride[i],
      p: this.meta.window.padding[i],
      d: this.meta.window.dilation[i],
    }));
    this.section.classList.toggle("classroom", this.meta.classroom);
    this.readColours();
    this.layoutMade = null;
    this.setWords();
    this.tools.setUp({ ...this.meta, strings: this.meta.strings });
    if (first) this.recall();
    this.transport.setCount(this.values.output.length);
    if (before && before.link !== this.meta.link) this.transport.index = this.meta.step;
    else if (before) this.transport.index = sameCell(before.output, this.meta.output, this.transport.index);
    this.transport.setCount(this.values.output.length);
    this.layOut();
    if (first && this.meta.autoplay && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.transport.toggle();
    }
  }

  recall() {
    const kept = memory.get(this.key);
    this.transport.speed = kept?.speed ?? null;
    this.transport.index = kept && kept.link === this.meta.link ? kept.index : this.meta.step;
    this.transport.count = Infinity;
  }

  setWords() {
    const { strings } = this.meta;
    this.section.setAttribute("aria-label", strings.stage);
    this.find(".transport").setAttribute("aria-label", strings.transport);
    this.find(".tools").setAttribute("aria-label", strings.tools);
    this.find(".times").textContent = this.meta.sign;
    this.transport.setStrings(strings);
    for (const name of ["input", "kernel", "output"]) {
      const { title, shape } = this.meta[name];
      this.title(this.find(`.${name} h3`), title, shape);
    }
    this.title(this.find(".lens h3"), strings.lens, "");
  }

  title(heading, words, shape) {
    heading.innerHTML = "<b></b> <small></small>";
    heading.firstChild.textContent = words;
    heading.lastChild.textContent = shape;
  }

  hint(refusal) {
    const { strings } = this.meta;
    this.find(".hint").textContent = refusal ?? (this.tools.paints ? strings.hint_draw : strings.hint);
    this.find(".hint").classList.toggle("bad", refusal !== undefined);
  }

  readColours() {
    const colour = (name) => rgb(cssColour(this.section, name));
    this.colours = { zero: colour("--zero"), negative: colour("--negative"), positive: colour("--positive") };
  }

  // ---- planes

  layOut() {
    if (!this.meta) return;
    const space = this.space();
    if (!(space.width >= 50)) return; // not on the page, where a width may be NaN
    const made = JSON.stringify([space, this.meta.input, this.meta.kernel, this.meta.output]);
    if (made === this.layoutMade) return;
    this.layoutMade = made;
    const size = layOut(this.meta, space);
    this.section.classList.toggle("narrow", space.narrow);
    this.find(".picture").style.minHeight = space.narrow ? "" : `${space.height}px`;
    this.find(".lens").hidden = size.numbers;
    this.build("input", size.numbers ? NumberPlane : PixelPlane, size.input);
    this.build("kernel", NumberPlane, size.kernel);
    this.build("output", size.numbers ? NumberPlane : PixelPlane, size.output);
    this.build("lens", NumberPlane, size.lens);
    this.render();
  }

  space() {
    const style = getComputedStyle(this.section);
    const width = this.section.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const narrow = width < 560;
    const scroller = document.querySelector("[data-testid=stMain]");
    const top = this.section.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const around = this.section.clientHeight - this.find(".picture").clientHeight;
    const below = this.meta.classroom ? 12 : 28;
    const free = window.innerHeight - top - around - below;
    // on a phone the planes stand one above the other and the page may scroll
    const most = narrow ? 0.42 * window.innerHeight : free;
    const height = Math.max(220, Math.min(this.meta.height ?? 900, Math.floor(most)));
    return { width: Math.floor(width), height, narrow, most: this.meta.classroom ? 120 : 64 };
  }

  // The planes of one column: kept while their shape stays, made anew when it changes.
  build(column, Plane, size) {
    const spec = column === "lens" ? { ...this.meta.kernel, editable: false } : this.meta[column];
    const made = JSON.stringify([Plane.name, spec.rows, spec.cols, spec.pad, spec.planes, spec.editable]);
    const stack = this.find(`.${column} .stack`);
    if (stack.dataset.made !== made) {
      stack.dataset.made = made;
      this.planes[column] = Array.from({ length: spec.planes }, (_, p) => this.plane(column, Plane, spec, p));
      stack.replaceChildren(...this.planes[column].map((plane) => plane.element));
    }
    this.planes[column].forEach((plane, p) => {
      plane.strings = this.meta.strings;
      plane.label = `${spec.title}, ${spec.shape}`;
      plane.element.setAttribute("aria-label", plane.label);
      plane.leftover = column === "input" ? this.meta.leftover : undefined;
      plane.setValues(this.slice(column, p), this.painter(column, Plane));
      plane.setSize(Math.max(1, size), this.meta.classroom && size >= 40 ? 28 : 9);
    });
    if (column === "input") this.markLeftover();
  }

  plane(column, Plane, spec, p) {
    return new Plane({
      role: column,
      rows: spec.rows,
      cols: spec.cols,
      pad: spec.pad,
      editable: spec.editable,
      steady: column === "lens" ? 5 : undefined,
      strings: this.meta.strings,
      onHover: column === "lens" ? undefined : (cell) => this.setHover(cell && { column, p, cell }),
      onPick: column === "lens" ? undefined : (cell) => this.pick({ column, p, cell }),
      onEdit: ([r, c], value, text) => this.edit(column, p, r, c, value, text),
      onPaint: column === "input" ? (phase, point) => this.paint(phase, point, p) : undefined,
      paints: () => column === "input" && this.tools.paints,
    });
  }

  slice(column, p) {
    if (column === "lens") return new Float32Array(this.axes[0].k * this.axes[1].k);
    const { rows, cols } = this.meta[column];
    const first = column === "kernel" ? this.outputChannel() * this.meta.kernel.planes + p : p;
    return this.values[column].slice(first * rows * cols, (first + 1) * rows * cols);
  }

  // Signed planes are diverging around the page's own ground; pictures without a sign are grey.
  painter(column, Plane) {
    const { low, most } = rangeOf(this.values[column === "lens" ? "input" : column]);
    const signed = low < 0 || column === "kernel";
    if (Plane === NumberPlane) return numberTints(column, signed, most);
    if (!signed) return (value) => Array(3).fill(Math.round((255 * value) / most));
    const { zero, negative, positive } = this.colours;
    return (value) => mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / most));
  }

  markLeftover() {
    const [input] = this.planes.input;
    if (!(input instanceof NumberPlane)) return;
    const [rows, cols] = this.meta.leftover;
    for (const plane of this.planes.input) {
      const unread = [...plane.cells.keys()].map((at) => at.split(",").map(Number));
      plane.mark("leftover", unread.filter(([r, c]) => rows.includes(r) || cols.includes(c)));
    }
  }

  // ---- what is shown now

  cellOf(index) {
    const { rows, cols } = this.meta.output;
    return [Math.floor((index % (rows * cols)) / cols), index % cols];
  }

  // The step on view: the one under the pointer or the pin on the output, else the current one.
  shownIndex() {
    const look = this.hover ?? this.pin;
    if (look?.column !== "output") return this.transport.index;
    const { rows, cols } = this.meta.output;
    return look.p * rows * cols + look.cell[0] * cols + look.cell[1];
  }

  outputChannel() {
    return Math.floor(this.shownIndex() / (this.meta.output.rows * this.meta.output.cols));
  }

  // The arithmetic of one step: cells by plane, row by row, with their weights.
  reading(index) {
    const [row, col] = this.cellOf(index);
    const cells = cross(taps(this.axes[0], row), taps(this.axes[1], col));
    const { planes, rows, cols } = this.meta.kernel;
    const channel = Math.floor(index / (this.meta.output.rows * this.meta.output.cols));
    const size = rows * cols;
    const group = Math.floor(channel / (this.meta.output.planes / this.meta.groups)) * planes;
    const values = [];
    const weights = [];
    for (let p = 0; p < planes; p++) {
      for (const [r, c] of cells) values.push(this.planes.input[group + p].valueAt(r, c));
      weights.push(...this.values.kernel.slice((channel * planes + p) * size, (channel * planes + p + 1) * size));
    }
    return { cells, values, weights, group, channel, bias: this.meta.bias?.[channel] ?? 0, total: this.values.output[index] };
  }

  render() {
    if (!this.planes.output.length || !this.layoutMade) return;
    const index = this.shownIndex();
    const reading = this.reading(index);
    const look = this.hover ?? this.pin;
    this.renderInput(reading, look);
    this.renderMiddle(reading, look);
    this.renderOutput(index, look);
    this.renderEquation(index, reading);
  }

  renderInput({ cells, weights, group }, look) {
    const size = cells.length;
    this.planes.input.forEach((plane, p) => {
      const read = p >= group && p < group + this.meta.kernel.planes;
      plane.mark("window", read ? cells : []);
      plane.setWeights(read ? cells : [], weights.slice((p - group) * size, (p - group + 1) * size));
      plane.mark("used", look?.column === "kernel" && read ? this.everRead(look.cell) : []);
      plane.mark("picked", look?.column === "input" && look.p === p ? [look.cell] : []);
      plane.draw?.();
    });
  }

  everRead([row, col]) {
    const { rows, cols } = this.meta.input;
    return cross(everRead(this.axes[0], row, rows), everRead(this.axes[1], col, cols));
  }

  renderMiddle({ values, weights }, look) {
    const { rows, cols } = this.meta.kernel;
    const size = rows * cols;
    this.planes.kernel.forEach((plane, p) => {
      const now = weights.slice(p * size, (p + 1) * size);
      if (!sameNumbers(plane.values, now)) plane.setValues(now, plane.tints);
      plane.mark("picked", look?.column === "kernel" && look.p === p ? [look.cell] : []);
      plane.mark("used", look?.column === "input" ? this.tapsOn(look.cell) : []);
    });
    if (this.find(".lens").hidden) return;
    this.planes.lens.forEach((plane, p) => {
      plane.setValues(values.slice(p * size, (p + 1) * size), plane.tints);
    });
  }

  // The kernel cells that lie on an input cell while the window stands where it stands.
  tapsOn([r, c]) {
    const [row, col] = this.cellOf(this.shownIndex());
    return cross(indexes(taps(this.axes[0], row), r), indexes(taps(this.axes[1], col), c));
  }

  renderOutput(index, look) {
    const { rows, cols } = this.meta.output;
    const [row, col] = this.cellOf(index);
    const fed = look?.column === "input" ? this.fed(look.cell) : [];
    this.planes.output.forEach((plane, p) => {
      plane.setKnown(this.transport.index - p * rows * cols);
      plane.mark("fed", fed);
      plane.mark("now", Math.floor(index / (rows * cols)) === p ? [[row, col]] : []);
      plane.draw?.();
    });
  }

  fed([r, c]) {
    const { rows, cols } = this.meta.input;
    return cross(feeds(this.axes[0], r, rows), feeds(this.axes[1], c, cols));
  }

  renderEquation(index, { values, weights, bias, total }) {
    const terms = values.map((value, j) => [inProduct(value), inProduct(weights[j])]);
    const shown = terms.slice(0, this.termsThatFit(terms, total, bias));
    const left = terms.length - shown.length;
    const colour = ([x, k]) => `<span class="x">${x}</span>·<span class="k">${k}</span>`;
    const more = left ? [fill(this.meta.strings.more_terms, { n: left })] : [];
    const last = bias ? [`<span class="k">${inProduct(bias)}</span>`] : [];
    const sum = [...shown.map(colour), ...more, ...last].join(" + ");
    this.find(".equation").innerHTML = `<span>${sum} = <b class="y">${short(total)}</b></span>`;
    this.say(index, values, weights, bias, total);
  }

  // In a monospaced face the characters say what fits on the line; the total always does.
  termsThatFit(terms, total, bias) {
    const line = this.find(".equation");
    const room = line.clientWidth / (parseFloat(getComputedStyle(line).fontSize) * 0.605);
    const tail = ` = ${short(total)}`.length + (bias ? ` + ${inProduct(bias)}`.length : 0);
    const more = fill(this.meta.strings.more_terms, { n: terms.length }).length * 1.4 + 3; // Korean is wide
    let used = tail;
    for (const [i, [x, k]] of terms.entries()) {
      used += x.length + k.length + 1 + (i ? 3 : 0);
      if (used + (i < terms.length - 1 ? more : 0) > room) {
        return used <= room && i === terms.length - 1 ? terms.length : i;
      }
    }
    return terms.length;
  }

  // While playing fast a screen reader could not follow: then only where the walk rests.
  say(index, values, weights, bias, total) {
    if (this.transport.playing && this.transport.rate() > 2) return;
    const { strings } = this.meta;
    const terms = values.slice(0, 25).map((value, j) => `${inProduct(value)}·${inProduct(weights[j])}`);
    if (values.length > terms.length) terms.push(fill(strings.more_terms, { n: values.length - terms.length }));
    if (bias) terms.push(inProduct(bias));
    const sentence = fill(strings.sentence, {
      i: index + 1,
      n: this.transport.count,
      terms: terms.join(" + "),
      total: short(total),
    });
    if (this.find(".live").textContent !== sentence) this.find(".live").textContent = sentence;
  }

  // ---- what the reader does

  setHover(look) {
    if (sameLook(look, this.hover)) return;
    this.hover = look;
    this.render();
    this.tell();
  }

  setPin(look) {
    this.pin = look;
    this.render();
    this.tell();
  }

  // A click on the output goes to that step; on the input or kernel it pins what is lit.
  pick(look) {
    if (look.column !== "output") return this.setPin(sameLook(look, this.pin) ? null : look);
    this.pin = null;
    const { rows, cols } = this.meta.output;
    this.transport.go(look.p * rows * cols + look.cell[0] * cols + look.cell[1]);
  }

  stepped() {
    if (this.transport.playing) this.hover = null;
    if (this.pin?.column === "output") this.pin = null;
    this.render();
    this.tell();
  }

  // At rest the step goes into the address, so that a copied or reloaded link shows it again.
  rested() {
    this.render();
    if (!this.meta.linked) return;
    clearTimeout(this.addressing);
    this.addressing = setTimeout(() => this.writeAddress(), 250);
  }

  writeAddress() {
    clearTimeout(this.addressing);
    const url = new URL(location.href);
    if (this.transport.index) url.searchParams.set("step", this.transport.index + 1);
    else url.searchParams.delete("step");
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  // Other components (the table of products) follow the step without asking the server.
  tell() {
    const index = this.shownIndex();
    const { values, weights, bias, total } = this.reading(index);
    const { planes, rows, cols } = this.meta.kernel;
    const detail = { key: this.key, index, count: this.transport.count, planes, rows, cols, values, weights, bias, total };
    document.dispatchEvent(new CustomEvent("cnnviz:step", { detail }));
  }

  edit(column, p, r, c, value, text) {
    if (!Number.isFinite(value) || Math.abs(value) > this.meta.largest) {
      return this.hint(fill(this.meta.strings.bad_number, { text, largest: this.meta.largest }));
    }
    this.send("cell", { plane: column, at: [p, r, c], value });
  }

  paint(phase, point, p) {
    const plane = this.planes.input[p];
    if (phase === "start") {
      if (!this.tools.paints) return false;
      this.setHover(null);
      this.last = point;
    }
    if (phase === "end") {
      this.send("draw", { values: Array.from(plane.values, (value) => Math.round(value * 255)) });
      return true;
    }
    this.tools.stroke(plane.values, plane.rows, plane.cols, this.last, point);
    this.last = point;
    cancelAnimationFrame(this.inking);
    this.inking = requestAnimationFrame(() => plane.drawPicture());
    return true;
  }

  send(kind, detail = {}) {
    this.setState("event", { kind, ...detail, stamp: Date.now() });
  }
}

// Backgrounds of numbers, weak enough for the text on them.
function numberTints(column, signed, most) {
  const hue = column === "output" ? "--output" : "--ink";
  const strongest = signed ? 42 : column === "output" ? 30 : 14;
  return (value) => {
    const share = ((Math.min(1, Math.abs(value) / most)) * strongest).toFixed(1);
    const tint = signed ? (value < 0 ? "--negative" : "--positive") : hue;
    return share > 0 ? `color-mix(in srgb, var(${tint}) ${share}%, transparent)` : "";
  };
}

const indexes = (numbers, wanted) => numbers.flatMap((number, i) => (number === wanted ? [i] : []));

const sameNumbers = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

const sameLook = (a, b) => a?.column === b?.column && a?.p === b?.p && String(a?.cell) === String(b?.cell);

// The same output cell after a change of shape, or the nearest one that still exists.
function sameCell(before, after, index) {
  const size = before.rows * before.cols;
  const [p, r, c] = [Math.floor(index / size), Math.floor((index % size) / before.cols), index % before.cols];
  const keep = (i, n) => Math.min(i, n - 1);
  return (keep(p, after.planes) * after.rows + keep(r, after.rows)) * after.cols + keep(c, after.cols);
}

export default function ({ data, key, parentElement, setStateValue }) {
  let stage = stages.get(parentElement);
  if (!stage) stages.set(parentElement, (stage = new Stage(parentElement, key)));
  stage.update(data, setStateValue);
  return () => {
    stage.destroy();
    stages.delete(parentElement);
  };
}
