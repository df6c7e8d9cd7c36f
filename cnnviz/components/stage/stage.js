// The stage: one window sliding over planes of numbers. Python sends finished arrays once;
// stepping, playing and hovering happen here and send nothing.

const FASTEST_ALOUD = 2; // steps a second that a screen reader can follow

// Key → step, speed, tool and pin, kept while another page is shown. On the window, because
// Streamlit loads this file anew each time the component is mounted.
const memory = (window.cnnvizStages ??= new Map());

class Stage extends SteppedPicture {
  // `paints`: whether it shows a transposed convolution.
  constructor(root, paints) {
    super(root.querySelector(".stage"));
    this.pin = null;
    this.Model = paints ? PaintModel : WalkModel;
    this.picture = new (paints ? PaintPicture : Picture)(root, {
      onHover: (look) => this.setHover(look),
      onPick: (look) => this.pick(look),
      onEdit: (look, value, text, channel) => this.edit(look, value, text, channel),
      onPaint: (phase, point, p) => this.paintOn(this.picture.planes.input[p], phase, point),
      paints: () => this.tools.paints,
      shownChannel: () => this.reading().channel,
    });
    this.words = new Words(this.section.querySelector(".equation"), this.section.querySelector(".live"));
  }

  get meta() {
    return this.walk?.meta;
  }

  listen() {
    super.listen();
    const { signal } = this.stop;
    document.addEventListener("cnnviz:go-channel", ({ detail }) => this.goTo(detail.channel), { signal });
    this.section.addEventListener("pointerdown", (event) => this.takeFocus(event));
  }

  // A click anywhere on the stage gives it the keyboard.
  takeFocus(event) {
    if (!event.target.closest("button, input, select, [data-at], .pixels[tabindex='0']")) {
      this.section.focus({ preventScroll: true });
    }
  }

  // What is typed into a cell is the cell's.
  onKey(event) {
    if (event.composedPath()[0].matches?.("input:not([type=range])")) return;
    super.onKey(event);
  }

  onOtherKey(event) {
    if (event.key === "Escape") this.setPin(null);
    super.onOtherKey(event);
  }

  destroy() {
    super.destroy();
    const { index, speed } = this.transport;
    const { key, link } = this.walk.meta;
    memory.set(key, { index, speed, link, tool: this.tools.tool, pin: this.pin });
  }

  // ---- what Python sent

  update(data, setState) {
    const before = this.walk;
    this.walk = new this.Model(data);
    const { meta } = this.walk;
    this.outbox.settle(meta, setState);
    this.keepInk(this.picture.planes.input[0]?.values, this.walk.values.input);
    this.label("stage");
    this.transport.restart(this.walk.steps, before ? this.follow(before) : this.recall());
    this.tools.setUp(meta);
    if (!before) this.recallTools();
    this.hover = this.stillThere(this.hover);
    this.pin = this.stillThere(this.pin);
    this.picture.setWalk(this.walk);
    this.fitIn();
    this.tell();
    this.address.write();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!before && meta.autoplay && !still) this.transport.toggle();
  }

  stillThere(look) {
    const plane = look && this.walk.meta[look.column];
    if (!plane || look.p >= plane.planes) return null;
    const [[above, below], [left, right]] = plane.pad;
    const [r, c] = look.cell;
    return r >= -above && r < plane.rows + below && c >= -left && c < plane.cols + right ? look : null;
  }

  // The step after a change of the walk: a link's own, or the same output cell.
  follow(before) {
    const { meta } = this.walk;
    return before.meta.link === meta.link ? this.walk.indexLike(before, this.transport.index) : meta.step;
  }

  // The step when the page is opened: the link's, or where the reader left it.
  recall() {
    const kept = memory.get(this.walk.meta.key);
    this.transport.speed = kept?.speed ?? null;
    return kept && kept.link === this.walk.meta.link ? kept.index : this.walk.meta.step;
  }

  recallTools() {
    const kept = memory.get(this.walk.meta.key);
    if (!kept) return;
    this.pin = kept.pin;
    this.tools.take(kept.tool);
  }

  fitIn() {
    if (!this.walk || !this.picture.layOut()) return;
    this.words.resized();
    this.render();
  }

  // ---- what is shown now

  // What is pointed at wins over what is pinned.
  get look() {
    return this.hover ?? this.pin;
  }

  // The step on view: the one under the pointer on the output, else the current one.
  reading() {
    const { look } = this;
    const pointed = look?.column === this.walk.stepsOver && this.walk.indexOf(look.p, look.cell);
    return this.walk.reading(pointed === false ? this.transport.index : pointed);
  }

  render() {
    const reading = this.reading();
    this.picture.show(reading, this.transport.index, this.look);
    const aloud = !this.transport.playing || this.transport.rate() <= FASTEST_ALOUD;
    this.words.say(reading, this.walk.steps, this.walk.meta.strings, aloud);
  }

  // Other components (the table of products) follow the step without asking the server.
  tell() {
    const { rows, cols, planes } = this.walk.meta.kernel;
    const current = this.transport.index;
    const reading = this.reading();
    const tags = reading.reads.map((p) => this.walk.meta.input.tags[p] ?? p + 1);
    const detail = { ...reading, current, steps: this.walk.steps, planes, rows, cols, tags };
    document.dispatchEvent(new CustomEvent("cnnviz:step", { detail }));
  }

  hint(refusal) {
    const { strings } = this.walk.meta;
    const hint = this.section.querySelector(".hint");
    hint.textContent = refusal ?? (this.tools.paints ? strings.hint_draw : strings.hint);
    hint.classList.toggle("bad", refusal !== undefined);
    hint.setAttribute("role", refusal === undefined ? "note" : "alert");
    this.section.classList.toggle("painting", this.tools.paints);
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

  // A click on what is stepped over, the output, goes to that step; elsewhere it pins what is lit.
  pick(look) {
    if (look.column !== this.walk.stepsOver) return this.setPin(sameLook(look, this.pin) ? null : look);
    this.pin = null;
    this.transport.go(this.walk.indexOf(look.p, look.cell));
  }

  // To the same cell of another output channel.
  goTo(channel) {
    if (!(channel < this.walk.meta.output.planes)) return;
    this.pin = null;
    this.transport.go(this.walk.indexOf(channel, this.walk.cellOf(this.transport.index)));
  }

  stepWritten() {
    if (!this.walk.meta.linked) return undefined;
    return this.transport.index ? this.transport.index + 1 : null;
  }

  edit({ column, p, cell }, value, text, channel) {
    const { strings, largest } = this.walk.meta;
    if (!Number.isFinite(value) || Math.abs(value) > largest) {
      return this.hint(fill(strings.bad_number, { text, largest }));
    }
    this.hint();
    this.send("cell", { plane: column, at: [p, ...cell], value, channel });
  }
}

const sameLook = (a, b) => a?.column === b?.column && a?.p === b?.p && String(a?.cell) === String(b?.cell);

export default mount((root, { meta }) => new Stage(root, meta.mode === "paint"));
