// A field that grows backwards through a stack of layers. Python sends the maps once; stepping,
// playing and pointing happen here and send nothing. A click tells Python which cell it is.

class Field extends SteppedPicture {
  constructor(root) {
    super(root.querySelector(".field"));
    this.picture = new StackPicture(this.section, {
      onHover: (look) => this.setHover(look),
      onPick: (look) => this.pick(look),
      onPaint: (phase, point) => this.paintOn(this.picture.planes[0], phase, point),
      paints: () => this.tools.paints,
    });
    this.transport.speed = 1; // there are few steps, each worth a look
  }

  // ---- what Python sent

  update(data, setState) {
    const before = this.meta;
    const { meta } = data;
    this.meta = meta;
    this.values = data.planes.map(decodeFloats);
    this.outbox.settle(meta, setState);
    this.keepInk(this.picture.planes[0]?.values, this.values[0]);
    const picked = this.outbox.edits.findLast((edit) => edit.kind === "pick");
    this.at = picked && this.exists(picked) ? picked : meta.at;
    this.hover = this.hover && this.exists(this.hover) ? this.hover : null;
    this.label("field");
    this.transport.restart(this.steps, this.startAt(before));
    this.tools.setUp(meta);
    this.picture.setStack(this);
    this.fitIn();
    this.tell();
    this.address.write();
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

  // The end, where all of the field is on view, needs no mention.
  stepWritten() {
    return this.transport.index < this.steps - 1 ? this.transport.index + 1 : null;
  }
}

const sameLook = (a, b) => a?.layer === b?.layer && String(a?.cell) === String(b?.cell);

export default mount((root) => new Field(root));
