// A block of a network, revealed point by point. Python sends the maps once; stepping, playing and
// pointing happen here and send nothing. A click on a map with a kernel asks for the stage.

const BENCH_SHARE = 0.4; // of the picture's height
const BENCH = [150, 330]; // pixels, least and most
const SLOWEST_ALOUD = 2; // steps a second that a screen reader can follow

class Block extends SteppedPicture {
  constructor(root) {
    super(root.querySelector(".block"));
    this.graph = new BlockGraph(this.find(".graph"), {
      onHover: (look) => this.setHover(look),
      onPick: (look) => this.pick(look),
    });
    this.bench = new Bench(this.find(".bench"), {
      onHover: (look) => this.setHover(look && this.carried(look)),
      onPick: (look) => this.pin(this.carried(look)),
    });
    this.transport.speed = 1; // there are few steps, each worth a look
    this.find(".open").addEventListener("click", () => this.open(this.look));
  }

  find(selector) {
    return this.section.querySelector(selector);
  }

  onOtherKey(event) {
    if (event.key === "Enter" && event.composedPath()[0] === this.section) this.open(this.look);
    else super.onOtherKey(event);
  }

  // ---- what Python sent

  update(data, setState) {
    const before = this.model;
    this.model = new BlockModel(data);
    const { meta } = data;
    const { strings } = meta;
    this.meta = meta;
    this.outbox.settle(meta, setState);
    const pinned = this.outbox.edits.findLast((edit) => edit.kind === "pin");
    this.at = { tap: 0, ...(pinned ?? meta.at) };
    this.hover = null;
    this.label("block");
    this.find(".bench").setAttribute("aria-label", strings.bench);
    this.find(".open").textContent = strings.open;
    this.transport.restart(meta.steps.length, this.startAt(before));
    this.tools.setUp(meta);
    const painters = this.painters();
    this.graph.setModel(this.model, painters);
    this.bench.setModel(this.model, painters);
    this.spaced = null;
    this.fitIn();
    this.tell();
    this.address.write();
  }

  // The step: the link's where one is followed; else the same, or the end where it was the end.
  startAt(before) {
    const { steps, step, link } = this.meta;
    const last = steps.length - 1;
    if (!before || before.meta.link !== link) return step === null ? last : Math.min(step, last);
    const { index, count } = this.transport;
    return index === count - 1 ? last : Math.min(index, last);
  }

  // Signed maps around the page's own ground, others from black to white or to their ink; one
  // scale for all channels of a point.
  painters() {
    const colour = (name) => rgb(cssColour(this.section, name));
    const [zero, negative, positive] = ["--zero", "--negative", "--positive"].map(colour);
    return this.model.ranges.map(({ low, most }, t) => {
      if (low < 0) return (value) => mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / most));
      const inks = t ? [] : this.meta.inks;
      return (value, map) => (inks[map] ?? [255, 255, 255]).map((level) => Math.round(level * Math.min(1, value / most)));
    });
  }

  fitIn() {
    const space = this.model && this.space();
    if (!space || !(space.width >= 50)) return; // not on the page, where a width may be NaN
    const now = JSON.stringify(space);
    if (now === this.spaced) return;
    this.spaced = now;
    this.section.classList.toggle("narrow", space.narrow);
    this.graph.layOut({ width: space.width - 8, height: space.height, narrow: space.narrow });
    this.bench.setSpace({ width: space.width, height: space.bench });
    this.render();
  }

  space() {
    const style = getComputedStyle(this.section);
    const width = Math.floor(this.section.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
    const scroller = document.querySelector("[data-testid=stMain]");
    const top = this.section.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const pictures = this.find(".graph").offsetHeight + this.find(".bench").offsetHeight;
    const around = this.section.offsetHeight - pictures;
    const free = Math.max(420, Math.min(1100, window.innerHeight - top - around - (this.meta.classroom ? 12 : 28)));
    const bench = Math.floor(Math.max(BENCH[0], Math.min(BENCH[1], BENCH_SHARE * free)));
    return { width, bench, height: Math.floor(free - bench), narrow: width < 560 };
  }

  // ---- what is shown now

  // What is pointed at wins over the step's own point.
  get look() {
    if (this.hover) return this.hover;
    const [tap, channel] = this.meta.steps[this.transport.index];
    const map = channel >= 0 ? channel : Math.min(this.at.map, this.model.taps[tap].channels - 1);
    return { tap, map, cell: this.model.placeAt(this.at, tap) };
  }

  // A cell of what the point in hand reads, as the cell of that point at the same place.
  carried(look) {
    const { tap, map } = this.benched ?? this.look;
    if (this.model.taps[tap].kind === "input") return look;
    return { tap, map, cell: this.model.placeAt(look, tap) };
  }

  render() {
    const { look } = this;
    const { index } = this.transport;
    this.benched = look;
    this.graph.show(index, look, this.model.originsOf(look));
    this.bench.show(look, index);
    this.find(".open").classList.toggle("out", !hasWindow(this.model.taps[look.tap]));
    const words = sentenceOf(this.model, look);
    this.find(".sentence").textContent = words;
    const live = this.find(".live");
    const aloud = !this.transport.playing || this.transport.rate() <= SLOWEST_ALOUD;
    if (aloud && live.textContent !== words) live.textContent = words;
  }

  // ---- what the reader does

  setHover(look) {
    const found = look && { ...look, cell: look.cell ?? this.model.placeAt(this.at, look.tap) };
    if (JSON.stringify(found) === JSON.stringify(this.hover)) return;
    this.hover = found;
    this.render();
  }

  // A map with a kernel opens the stage, any other becomes the one in hand.
  pick(look) {
    const found = { ...look, cell: look.cell ?? this.model.placeAt(this.at, look.tap) };
    if (hasWindow(this.model.taps[found.tap])) this.open(found);
    else this.pin(found);
  }

  open(look) {
    if (!hasWindow(this.model.taps[look.tap])) return;
    this.transport.pause();
    this.send("open", { tap: look.tap, map: look.map, at: look.cell, cell: this.model.placeAt(look, 0) });
  }

  pin(look) {
    this.at = { tap: 0, map: look.map, cell: this.model.placeAt(look, 0) };
    this.transport.go(this.stepTo(look));
    this.send("pin", { map: look.map, cell: this.at.cell });
  }

  // The step that shows a channel of a point.
  stepTo({ tap, map }) {
    return this.meta.steps.findIndex(([t, channel]) => t === tap && (channel < 0 || channel === map));
  }

  hint() {
    this.find(".hint").textContent = this.meta.strings.hint_block;
  }

  stepped() {
    super.stepped();
    if (this.transport.rate() <= SLOWEST_ALOUD) this.graph.fly(this.transport.index);
  }

  rested() {
    super.rested();
    this.tell();
  }

  // The end, where everything is on view, needs no mention.
  stepWritten() {
    return this.transport.index < this.meta.steps.length - 1 ? this.transport.index + 1 : null;
  }
}

export default mount((root) => new Block(root));
