// The point in hand, large: what one of its channels is made of, and what comes of it.

const BENCH_HEAD = 26; // a line of type above each plane, and one below
const SLOT = 34; // a channel of a concatenation
const BENCH_GAP = 14; // between its parts
const PLANE_GAP = 10; // between planes of a group
const LETTER = 10.5; // width of a sign's
const NAME_ROOM = 78; // of a plane's name; without that its number has to do

class Bench {
  // `handlers`: onHover(cell of the point in hand, or null), onPick(cell).
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
  }

  setModel(model, painters) {
    this.model = model;
    this.painters = painters;
    this.made = null;
  }

  setSpace(space) {
    this.space = space;
    this.made = null;
    this.element.style.minHeight = `${space.height}px`;
  }

  // `index`: the step, for a concatenation that is being filled.
  show(look, index) {
    const { tap, map } = look;
    const point = this.model.taps[tap];
    const known = this.model.known(tap, index);
    const made = `${tap}/${map}/${point.kind === "concat" ? known : ""}`;
    if (this.made !== made) {
      this.made = made;
      this.build(tap, map, known);
    }
    this.mark(look);
  }

  // ---- what stands on it

  // Groups of planes, with signs between them.
  parts(tap, map) {
    const point = this.model.taps[tap];
    if (point.kind === "input") {
      return [this.model.values[tap].map((_, m) => ({ tap, map: m }))];
    }
    const reads = this.model.readsOf(tap, map);
    const sources = reads.map(({ tap: t, maps }) => maps.map((m) => ({ tap: t, map: m })));
    if (point.kind === "add") return [sources[0], "+", sources[1], "=", [{ tap, map }]];
    const sign = { relu: "max(0, ·)", bn: "γ · x̂ + β" }[point.kind];
    const size = point.window?.map(({ k }) => k).join(" × ");
    const arrow = sign ?? (point.kind === "conv" ? `⋆ ${size}` : point.kind === "pool" ? `max ${size}` : "");
    if (point.kind === "concat") return [sources[0], "→", "slots"];
    return [sources[0], `${arrow} →`, [{ tap, map }]];
  }

  build(tap, map, known) {
    const parts = this.parts(tap, map);
    this.planes = [];
    const size = this.pixelSize(parts);
    this.element.replaceChildren(
      ...parts.map((part) => {
        if (part === "slots") return this.slots(tap, map, known);
        return typeof part === "string" ? this.sign(part) : this.group(part, size(part));
      }),
    );
    // a plane looks up its colours where it stands
    for (const { plane, pixel } of this.planes) plane.setSize(pixel);
  }

  // Pixels of a cell in each group: all as high as the bench, a larger group in two rows, and
  // none wider together than the bench.
  pixelSize(parts) {
    const groups = parts.filter((part) => Array.isArray(part));
    const down = (group) => (group.length > 3 ? 2 : 1);
    const natural = (group) => {
      const { rows } = this.model.taps[group[0].tap];
      return (this.space.height / down(group) - 2 * BENCH_HEAD) / rows;
    };
    const wide = groups.reduce((sum, group) => {
      const across = Math.ceil(group.length / down(group));
      return sum + across * this.model.taps[group[0].tap].cols * natural(group);
    }, 0);
    const gaps = groups.reduce((sum, group) => sum + PLANE_GAP * (Math.ceil(group.length / down(group)) - 1), 0);
    const signs = parts.filter((part) => typeof part === "string" && part !== "slots");
    const letters = signs.reduce((sum, sign) => sum + LETTER * sign.length, 0);
    const slots = parts.includes("slots") ? 0.5 * this.space.width : 0;
    const free = this.space.width - slots - letters - gaps - BENCH_GAP * (parts.length - 1);
    const share = Math.min(1, free / wide);
    return (group) => {
      const pixel = natural(group) * share;
      return pixel >= 2 ? Math.floor(pixel) : Math.max(0.5, pixel);
    };
  }

  sign(text) {
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.textContent = text;
    return sign;
  }

  group(looks, pixel) {
    const group = document.createElement("div");
    group.className = "group";
    group.style.gridTemplateColumns = `repeat(${Math.ceil(looks.length / (looks.length > 3 ? 2 : 1))}, auto)`;
    group.append(...looks.map((look) => this.figure(look, pixel, looks.length > 1)));
    return group;
  }

  figure({ tap, map }, pixel, siblings) {
    const point = this.model.taps[tap];
    const figure = document.createElement("figure");
    const name = document.createElement("span");
    name.className = "name";
    const roomy = pixel * point.cols >= NAME_ROOM || !siblings;
    const number = document.createElement("output");
    name.textContent = roomy ? `${point.name} · ${map + 1}` : map + 1;
    const plane = new PixelPlane({
      role: tap ? "layer" : "input",
      rows: point.rows,
      cols: point.cols,
      onHover: (cell) => this.handlers.onHover(cell && { tap, map, cell }),
      onPick: (cell) => this.handlers.onPick({ tap, map, cell }),
    });
    plane.label = `${point.name}, ${map + 1}`;
    plane.element.setAttribute("aria-label", plane.label);
    plane.strings = this.model.meta.strings;
    figure.append(name, plane.element, number);
    plane.setValues(this.model.values[tap][map], (value) => this.painters[tap](value, map));
    this.planes.push({ plane, tap, map, number, pixel });
    return figure;
  }

  // Every channel of a concatenation with its running number; those to come are empty.
  slots(tap, map, known) {
    const { channels, rows, cols } = this.model.taps[tap];
    const holder = document.createElement("div");
    holder.className = "slots";
    const share = SLOT / Math.max(rows, cols);
    for (let c = 0; c < channels; c++) {
      const slot = document.createElement("div");
      slot.className = `slot${c < known ? "" : " ahead"}${c === map ? " held" : ""}`;
      slot.innerHTML = `<canvas width="${cols}" height="${rows}"></canvas><span></span>`;
      Object.assign(slot.firstChild.style, { width: `${cols * share}px`, height: `${rows * share}px` });
      slot.lastChild.textContent = c + 1;
      BlockGraph.prototype.paint(slot.firstChild, this.model.values[tap][c], this.painters[tap], c);
      holder.append(slot);
    }
    return holder;
  }

  // ---- the cell in hand

  mark(look) {
    const point = this.model.taps[look.tap];
    const spans = this.model.spansBefore(point, look.cell.map((i) => [i, i]));
    for (const { plane, tap, map, number } of this.planes) {
      const own = tap === look.tap;
      const [rows, cols] = own ? look.cell.map((i) => [i]) : spans.map(([first, last]) => upTo(first, last));
      const cells = cross(rows, cols).filter(([r, c]) => plane.inside(r, c));
      plane.mark(own ? "now" : "window", cells);
      plane.draw();
      const single = cells.length === 1 && this.model.readsOf(look.tap, look.map)[0]?.maps.length === 1;
      const value = own || single ? this.model.values[tap][map][cells[0][0] * plane.cols + cells[0][1]] : NaN;
      number.textContent = Number.isNaN(value) ? "\u00a0" : short(value);
    }
  }
}

const upTo = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
