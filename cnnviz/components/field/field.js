// A field that grows backwards through a stack of layers. Python sends the maps once; stepping,
// playing and pointing happen here and send nothing. A click tells Python which cell it is.

const fields = new WeakMap(); // one Field for each place it is mounted in

class Field {
  constructor(root) {
    this.section = root.querySelector(".field");
    this.hover = null;
    this.outbox = new Outbox();
    this.picture = new StackPicture(this.section, {
      onHover: (look) => this.setHover(look),
      onPick: (look) => this.pick(look),
      onPaint: (phase, point) => this.paint(phase, point),
      paints: () => this.tools.paints,
    });
    const bar = this.section.querySelector(".transport");
    bar.innerHTML = Transport.markup();
    this.transport = new Transport(bar, { onStep: () => this.stepped(), onRest: () => this.rested() });
    this.transport.speed = 1; // there are few steps, each worth a look
    this.tools = new Tools(this.section.querySelector(".tools"), (kind) => this.send(kind), () => this.hint());
    this.listen();
  }

  listen() {
    this.stop = attend(this.section, {
      fitIn: () => this.fitIn(),
      onKey: (event) => this.onKey(event),
      tell: () => this.tell(),
    });
    this.address = new StepAddress(() => this.stepWritten(), this.stop.signal);
  }

  // Keys count when the field, or nothing at all, has the focus.
  onKey(event) {
    if (!isMine(event, this.section)) return;
    const kind = undoAsked(event, this.meta);
    if (kind) {
      event.preventDefault();
      this.send(kind);
    } else {
      this.transport.key(event);
    }
  }

  destroy() {
    this.stop.abort();
    this.transport.pause();
  }

  // ---- what Python sent

  update(data, setState) {
    const before = this.meta;
    const { meta } = data;
    this.meta = meta;
    this.values = data.planes.map(decodeFloats);
    this.outbox.settle(meta, setState);
    this.keepInk();
    const picked = this.outbox.edits.findLast((edit) => edit.kind === "pick");
    this.at = picked && this.exists(picked) ? picked : meta.at;
    this.hover = this.hover && this.exists(this.hover) ? this.hover : null;
    this.section.classList.toggle("classroom", meta.classroom);
    this.section.setAttribute("aria-label", meta.strings.field);
    this.section.querySelector(".transport").setAttribute("aria-label", meta.strings.transport);
    this.section.querySelector(".tools").setAttribute("aria-label", meta.strings.tools);
    this.transport.setStrings(meta.strings);
    this.transport.restart(this.steps, this.startAt(before));
    this.tools.setUp(meta);
    this.picture.setStack(this);
    this.fitIn();
    this.tell();
    this.address.write();
  }

  // Ink that the planes do not contain yet stays on view.
  keepInk() {
    const inking = this.painting || this.outbox.holds("draw");
    const ink = this.picture.planes[0]?.values;
    if (inking && ink?.length === this.values[0].length) this.values[0].set(ink);
  }

  exists({ layer, cell: [r, c] }) {
    const plane = this.meta.planes[layer];
    return Boolean(plane) && r < plane.rows && c < plane.cols;
  }

  // The step: the link's where one is followed; else as many from the end as before.
  startAt(before) {
    const { step, link } = this.meta;
    if (!before || before.link !== link) return step === null ? this.steps - 1 : Math.min(step, this.steps - 1);
    const left = this.transport.count - 1 - this.transport.index;
    return Math.max(0, this.steps - 1 - left);
  }

  // The cell itself, then one layer after the other back to the input.
  get steps() {
    return this.at.layer + 1;
  }

  // ---- what is shown now

  fitIn() {
    if (this.meta && this.picture.layOut()) this.render();
  }

  render() {
    const look = this.hover ?? this.at;
    const found = fieldsOf(this.meta.layers, this.meta.planes, look);
    // what is pointed at shows all of its field
    const reached = this.hover ? 0 : look.layer - this.transport.index;
    this.picture.show(found, reached);
    const words = this.sentence(look, found[reached], reached);
    this.section.querySelector(".sentence").textContent = words;
    const live = this.section.querySelector(".live");
    if (live.textContent !== words) live.textContent = words;
  }

  // "Conv 3 × 3, row 4, column 5, sees 7 × 7 cells of Input: rows 2 to 8, columns 3 to 9."
  sentence({ layer, cell }, field, reached) {
    const { strings, planes } = this.meta;
    const who = { layer: planes[layer].title, row: cell[0] + 1, column: cell[1] + 1 };
    if (reached === layer) return fill(strings.alone, who);
    const [rows, cols] = field;
    const { all, within, counting } = countCells(field, planes[reached]);
    const said = fill(strings.sees, {
      ...who,
      plane: planes[reached].title,
      height: lengthOf(rows),
      width: lengthOf(cols),
      top: short(rows.first + 1),
      bottom: short(rows.last + 1),
      left: short(cols.first + 1),
      right: short(cols.last + 1),
    });
    const beyond = all > within ? fill(strings.beyond, { n: all - within, all }) : "";
    const gaps = within > counting ? fill(strings.gaps, { n: counting, all: within }) : "";
    return [said, beyond, gaps].filter(Boolean).join(" ");
  }

  // The take-along buttons follow the step without asking the server.
  tell() {
    document.dispatchEvent(new CustomEvent("cnnviz:step", { detail: { current: this.transport.index } }));
  }

  hint() {
    const { strings } = this.meta;
    this.section.querySelector(".hint").textContent = this.tools.paints ? strings.hint_draw : strings.hint_field;
    this.section.classList.toggle("painting", this.tools.paints);
  }

  // ---- what the reader does

  setHover(look) {
    if (sameLook(look, this.hover)) return;
    this.hover = look;
    this.render();
  }

  // The cell stays chosen, with all of its field on view.
  pick(look) {
    this.at = look;
    this.hover = null;
    this.transport.pause();
    this.transport.restart(this.steps, this.steps - 1);
    this.rested();
    this.tell();
    this.send("pick", look);
  }

  stepped() {
    this.hover = null;
    this.render();
    this.tell();
  }

  rested() {
    this.render();
    this.address.soon();
  }

  // The end, where all of the field is on view, needs no mention.
  stepWritten() {
    return this.transport.index < this.steps - 1 ? this.transport.index + 1 : null;
  }

  // Says whether the stroke is wanted. What is drawn shows at once; Python hears of it at the end.
  paint(phase, point) {
    if (phase === "start" && !this.tools.paints) return false;
    const plane = this.picture.planes[0];
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

const sameLook = (a, b) => a?.layer === b?.layer && String(a?.cell) === String(b?.cell);

export default function ({ data, parentElement, setStateValue }) {
  let field = fields.get(parentElement);
  if (!field) fields.set(parentElement, (field = new Field(parentElement)));
  field.update(data, setStateValue);
  return () => {
    field.destroy();
    fields.delete(parentElement);
  };
}
