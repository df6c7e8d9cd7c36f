// The planes side by side, and the lines that lead from a field to the cells that it belongs to.

const LOWEST = 260; // pixels of the picture: a stack that is changed seldom moves what is below

class StackPicture {
  // `handlers`: onHover(look), onPick(look), onPaint(phase, point), paints(). A look is
  // {layer, cell}.
  constructor(section, handlers) {
    this.section = section;
    this.element = section.querySelector(".picture");
    this.handlers = handlers;
    this.planes = [];
  }

  setStack(stack) {
    this.stack = stack;
    this.laidOut = null;
    const colour = (name) => rgb(cssColour(this.section, name));
    this.colours = { zero: colour("--zero"), negative: colour("--negative"), positive: colour("--positive") };
    this.build();
    stack.meta.planes.forEach(({ title, rows, cols }, layer) => {
      const plane = this.planes[layer];
      plane.strings = stack.meta.strings;
      plane.label = `${title}, ${rows} × ${cols}`;
      plane.element.setAttribute("aria-label", plane.label);
      this.columns[layer].querySelector("b").textContent = title;
      this.columns[layer].querySelector("small").textContent = `${rows} × ${cols}`;
      plane.setValues(stack.values[layer], this.painter(stack.values[layer]));
    });
  }

  // Planes are kept while their shapes stay.
  build() {
    const { planes } = this.stack.meta;
    const made = JSON.stringify(planes.map(({ rows, cols, margin }) => [rows, cols, margin]));
    if (this.made === made) return;
    this.made = made;
    this.planes = planes.map((spec, layer) => this.plane(spec, layer));
    this.columns = this.planes.map((plane, layer) => {
      const column = document.createElement("div");
      column.className = `column ${layer ? "layer" : "input"}`;
      column.innerHTML = "<h3><b></b><small></small></h3>";
      column.append(plane.element);
      return column;
    });
    this.lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.lines.setAttribute("aria-hidden", "true");
  }

  plane({ rows, cols, margin }, layer) {
    const { onHover, onPick, onPaint, paints } = this.handlers;
    const inside = (cell) => cell && cell[0] >= 0 && cell[0] < rows && cell[1] >= 0 && cell[1] < cols;
    return new FieldPlane({
      role: layer ? "layer" : "input",
      rows,
      cols,
      pad: [[margin, margin], [margin, margin]],
      onHover: (cell) => onHover(inside(cell) ? { layer, cell } : null),
      onPick: (cell) => inside(cell) && onPick({ layer, cell }),
      onPaint: layer ? undefined : onPaint,
      paints: () => !layer && paints(),
    });
  }

  // As on the stage: signed maps around the page's own ground, others from black to white.
  painter(values) {
    const { low, most } = rangeOf(values);
    if (low >= 0) return (value) => Array(3).fill(Math.round((255 * value) / most));
    const { zero, negative, positive } = this.colours;
    return (value) => mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / most));
  }

  // Says whether anything was laid out anew.
  layOut() {
    const space = this.space();
    if (!(space.width >= 50)) return false; // not on the page, where a width may be NaN
    const now = JSON.stringify(space);
    if (now === this.laidOut) return false;
    this.laidOut = now;
    this.section.classList.toggle("narrow", space.narrow);
    const { planes } = this.stack.meta;
    const { pixels, rows } = layOutPlanes(planes, space);
    // as high as the planes, so that the effective field below is in sight where there is room
    this.element.style.minHeight = `${Math.max(LOWEST, heightOfRows(planes, pixels, rows))}px`;
    this.place(rows); // first: a plane looks up its colours where it stands
    this.planes.forEach((plane, layer) => plane.setSize(pixels[layer]));
    return true;
  }

  // Columns are put into their rows, and stay where they are if nothing changes: moving one takes
  // the keyboard's focus away.
  place(rows) {
    const places = JSON.stringify([this.made, rows]);
    if (places === this.places) return;
    this.places = places;
    const elements = rows.map((row) => {
      const element = document.createElement("div");
      element.className = "row";
      element.append(...row.map((layer) => this.columns[layer]));
      return element;
    });
    this.element.replaceChildren(this.lines, ...elements);
  }

  space() {
    const style = getComputedStyle(this.section);
    const width = this.section.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const narrow = width < 560;
    const scroller = document.querySelector("[data-testid=stMain]");
    const top = this.section.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const around = this.section.clientHeight - this.element.clientHeight;
    const below = this.stack.meta.classroom ? 12 : 28;
    // on a phone the page scrolls, and two planes beside each other are large enough
    if (narrow) return { width: Math.floor(width), height: Infinity, most: (width - GAP) / 2, narrow };
    const height = Math.floor(Math.max(240, Math.min(900, window.innerHeight - top - around - below)));
    return { width: Math.floor(width), height, most: height, narrow };
  }

  // `fields`: of every layer up to the cell's own; `reached`: the first that has its frame.
  show(fields, reached) {
    if (!this.laidOut) return;
    const own = fields.length - 1;
    this.planes.forEach((plane, layer) => {
      const shown = layer <= own && layer >= reached;
      plane.setField(shown ? fields[layer] : null, plane.inks[layer === own ? "now" : "window"], layer > own);
    });
    this.drawLines(own, reached);
  }

  // Lines from a frame's corners to the frame that it feeds, where the two planes stand in a row.
  drawLines(own, reached) {
    const origin = this.element.getBoundingClientRect();
    const lines = [];
    for (let layer = reached; layer < own; layer++) {
      const [from, to] = [this.planes[layer], this.planes[layer + 1]];
      const [a, b] = [from, to].map((plane) => plane.canvas.getBoundingClientRect());
      if (b.left < a.right) continue; // the next row
      const [, top, right, bottom] = from.frameEdges();
      const [left, upper, , lower] = to.frameEdges();
      const [x1, x2] = [a.left - origin.left + right, b.left - origin.left + left];
      const [y1, y2] = [a.top - origin.top, b.top - origin.top];
      lines.push([x1, y1 + top, x2, y2 + upper], [x1, y1 + bottom, x2, y2 + lower]);
    }
    const line = ([x1, y1, x2, y2]) => `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
    this.lines.innerHTML = lines.map(line).join("");
  }
}
