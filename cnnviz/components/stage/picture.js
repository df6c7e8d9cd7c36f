// The planes of a walk and what is lit on them: input, kernel, output, and the lens.

class Picture {
  // `handlers`: onHover(look), onPick(look), onEdit(look, value, text, channel), onPaint(phase, point,
  // p), paints(), shownChannel(): the output channel whose kernels are on view. A look is
  // {column, p, cell}.
  constructor(root, handlers) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".stage");
    this.handlers = handlers;
    this.planes = { input: [], kernel: [], output: [], lens: [] };
  }

  setWalk(walk) {
    this.walk = walk;
    this.meta = walk.meta;
    this.laidOut = null;
    const colour = (name) => rgb(cssColour(this.section, name));
    this.colours = { zero: colour("--zero"), negative: colour("--negative"), positive: colour("--positive") };
    this.find(".times").textContent = this.meta.sign;
    for (const name of ["input", "kernel", "output"]) {
      this.title(this.find(`.${name} h3`), this.meta[name].title, this.meta[name].shape);
    }
    this.section.classList.toggle("pooling", walk.pools);
    this.title(this.find(".lens h3"), walk.pools ? this.meta.kernel.title : this.meta.strings.lens, walk.pools ? this.meta.kernel.shape : "");
  }

  title(heading, words, shape) {
    heading.innerHTML = "<b></b> <small></small>";
    heading.firstChild.textContent = words;
    heading.lastChild.textContent = shape;
  }

  // Says whether anything was laid out anew.
  layOut() {
    const space = this.space();
    if (!(space.width >= 50)) return false; // not on the page, where a width may be NaN
    const now = JSON.stringify(space);
    if (now === this.laidOut) return false;
    this.laidOut = now;
    const size = layOut({ ...this.meta, lens: this.walk.pools }, space, () => this.walk.characters());
    this.section.classList.toggle("narrow", space.narrow);
    this.section.classList.toggle("flat", space.flat);
    this.section.classList.toggle("stacked", Boolean(size.stacked));
    this.find(".picture").style.minHeight = space.narrow ? "" : `${space.height}px`;
    this.find(".lens").hidden = !size.lens;
    const Plane = size.numbers ? NumberPlane : PixelPlane;
    const { input, kernel, output } = size.across;
    this.build("input", Plane, size.input, input);
    this.build("kernel", NumberPlane, size.kernel, kernel);
    this.build("output", Plane, size.output, output);
    this.build("lens", NumberPlane, size.lens, kernel);
    this.markLeftover();
    return true;
  }

  space() {
    const style = getComputedStyle(this.section);
    const width = this.section.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const narrow = width < 560;
    const scroller = document.querySelector("[data-testid=stMain]");
    const top = this.section.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const around = this.section.clientHeight - this.find(".picture").clientHeight;
    const below = this.meta.classroom ? 12 : 28;
    // on a phone the planes stand one above the other and the page may scroll
    const free = narrow ? 0.38 * window.innerHeight : window.innerHeight - top - around - below;
    const height = Math.max(220, Math.min(this.meta.height ?? 900, Math.floor(free)));
    // `most` of a cell, and what the heading in the middle takes
    const [most, middle] = this.meta.classroom ? [120, 190] : [64, 125];
    return { width: Math.floor(width), height, narrow, flat: this.meta.flat && !narrow, most, middle };
  }

  // The planes of one column: kept while their shape stays, made anew when it changes.
  build(column, Kind, size, across) {
    const spec = column === "lens" ? { ...this.meta.kernel, editable: false } : this.meta[column];
    const made = JSON.stringify([Kind.name, spec.rows, spec.cols, spec.pad, spec.planes, spec.editable]);
    const stack = this.find(`.${column} .stack`);
    if (stack.dataset.made !== made) {
      stack.dataset.made = made;
      this.planes[column] = Array.from({ length: spec.planes }, (_, p) => this.plane(column, Kind, spec, p));
      stack.replaceChildren(...this.planes[column].map((plane) => this.tagged(plane, spec.planes)));
    }
    stack.style.gridTemplateColumns = `repeat(${across}, auto)`;
    const { strings, leftover, classroom } = this.meta;
    this.planes[column].forEach((plane, p) => {
      plane.strings = strings;
      const tag = this.tagOf(column, p);
      plane.label = (column === "lens" ? [strings.lens, tag] : [spec.title, tag, spec.shape]).filter(Boolean).join(", ");
      if (spec.planes > 1) plane.element.parentElement.firstChild.textContent = tag;
      plane.element.setAttribute("aria-label", plane.label);
      plane.leftover = column === "input" ? leftover : undefined;
      if (column === "input") plane.outside = (r, c) => this.walk.outside(p, r, c);
      plane.copies = column === "input" && this.walk.padded !== undefined;
      plane.setValues(this.firstValues(column, p), this.painter(column, Kind, p));
      plane.setSize(size, classroom && size >= 40 && column !== "lens" ? 28 : 9);
    });
  }

  // Several planes have each a small name above it.
  tagged(plane, planes) {
    if (planes === 1) return plane.element;
    const holder = document.createElement("div");
    holder.className = "tagged";
    holder.append(document.createElement("small"), plane.element);
    return holder;
  }

  tagOf(column, p) {
    const { tags, planes } = this.meta[column === "lens" ? "kernel" : column];
    return planes > 1 ? (tags?.[p] ?? String(p + 1)) : "";
  }

  plane(column, Kind, spec, p) {
    const { onHover, onPick, onEdit, onPaint, paints, shownChannel } = this.handlers;
    const { strings } = this.meta;
    if (column === "lens") return new Kind({ role: column, rows: spec.rows, cols: spec.cols, steady: 5, strings });
    return new Kind({
      role: column,
      rows: spec.rows,
      cols: spec.cols,
      pad: spec.pad,
      editable: spec.editable,
      strings,
      onHover: (cell) => onHover(cell && { column, p, cell }),
      onPick: (cell) => onPick({ column, p, cell }),
      onEdit: (cell, value, text, channel) => onEdit({ column, p, cell }, value, text, channel),
      shown: column === "kernel" ? shownChannel : undefined,
      onPaint: column === "input" ? (phase, point) => onPaint(phase, point, p) : undefined,
      paints: () => column === "input" && paints(),
    });
  }

  // Kernel and lens change with the step; `show` puts the right values in.
  firstValues(column, p) {
    if (column === "lens") return new Float32Array(this.meta.kernel.rows * this.meta.kernel.cols);
    return this.walk.plane(column, p);
  }

  // Each output channel of a picture has a scale of its own. Signed planes are diverging around the page's own ground; pictures without a sign are grey, or
  // the shades of their plane's ink.
  painter(column, Kind, p) {
    const channel = column === "output" && Kind === PixelPlane && !this.walk.pools && !this.meta.depth;
    const { low, most } = rangeOf(channel ? this.walk.plane(column, p) : this.walk.values[column === "lens" ? "input" : column]);
    const signed = low < 0 || column === "kernel";
    if (Kind === NumberPlane) return numberTints(column, signed, most);
    const ink = this.meta[column]?.inks?.[p] ?? [255, 255, 255];
    if (!signed) return (value) => ink.map((level) => Math.round((level * value) / most));
    const { zero, negative, positive } = this.colours;
    return (value) => mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / most));
  }

  markLeftover() {
    const [rows, cols] = this.meta.leftover;
    for (const plane of this.planes.input) {
      if (!(plane instanceof NumberPlane)) continue; // a PixelPlane draws its own
      const cells = [...plane.cells.keys()].map((at) => at.split(",").map(Number));
      plane.mark("leftover", cells.filter(([r, c]) => rows.includes(r) || cols.includes(c)));
    }
  }

  // `reading`: the step on view; `known`: the last step whose output is known; `look`: what is
  // pointed at or pinned.
  show(reading, known, look) {
    if (!this.laidOut) return;
    this.showInput(reading, look);
    this.showMiddle(reading, look);
    this.showOutput(reading, known, look);
  }

  showInput({ cells, weights, reads, channel }, look) {
    const size = cells.length;
    this.planes.input.forEach((plane, p) => {
      const at = reads.indexOf(p);
      const covered = at < 0 ? [] : cells;
      plane.mark("window", covered);
      plane.mark("winner", this.walk.takes ? covered.filter((_, j) => weights[at * size + j] === 1) : []);
      if (!this.walk.pools) plane.setWeights(covered, weights.slice(at * size, (at + 1) * size));
      plane.mark("used", look?.column === "kernel" ? this.walk.everRead(look, channel, p) : []);
      plane.mark("picked", look?.column === "input" && look.p === p ? [look.cell] : []);
      plane.draw?.();
    });
  }

  showMiddle({ index, values, weights, reads }, look) {
    const size = this.meta.kernel.rows * this.meta.kernel.cols;
    if (this.meta.groups > 1 && reads.length > 1) this.tagMiddle(reads);
    this.planes.kernel.forEach((plane, p) => {
      const now = weights.slice(p * size, (p + 1) * size);
      if (!sameNumbers(plane.values, now)) plane.setValues(now, plane.tints);
      plane.mark("picked", look?.column === "kernel" && look.p === p ? [look.cell] : []);
      plane.mark("used", look?.column === "input" ? this.walk.tapsOn(look, index, p) : []);
    });
    if (this.find(".lens").hidden) return;
    this.planes.lens.forEach((plane, p) => {
      plane.setValues(values.slice(p * size, (p + 1) * size), plane.tints);
      plane.mark("winner", this.walk.takes ? this.winners(weights.slice(p * size, (p + 1) * size)) : []);
    });
  }

  // Kernels of another group lie on other input planes.
  tagMiddle(reads) {
    for (const column of ["kernel", "lens"]) {
      this.planes[column].forEach((plane, p) => {
        plane.element.parentElement.firstChild.textContent = this.tagOf("input", reads[p]);
      });
    }
  }

  // The cell of the window that pooling took.
  winners(weights) {
    const { cols } = this.meta.kernel;
    return indexes([...weights], 1).map((j) => [Math.floor(j / cols), j % cols]);
  }

  showOutput({ index, channel }, known, look) {
    const { rows, cols } = this.meta.output;
    this.planes.output.forEach((plane, p) => {
      plane.setKnown(known - p * rows * cols);
      plane.mark("fed", look?.column === "input" ? this.walk.fed(look, p) : []);
      plane.mark("now", channel === p ? [this.walk.cellOf(index)] : []);
      plane.draw?.();
    });
  }
}

const sameNumbers = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
