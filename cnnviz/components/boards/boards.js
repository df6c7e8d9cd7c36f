// Linked boards: Python sends their numbers and their terms once; pointing at a cell lights what
// belongs to it everywhere, and sends nothing.

const NARROW = 560; // pixels, below which boards stand one under another
const SIDE_BY_SIDE = 640; // that views side by side need together
const LEAST_HEIGHT = 400; // of all cells; a lower window scrolls
const BELOW_BOARDS = 60; // pixels for what a page says of its boards

class Boards {
  constructor(root) {
    this.root = root;
    this.section = root.querySelector(".boards");
    this.views = [];
    this.hover = null;
    this.pin = null;
    this.outbox = new Outbox();
    this.words = new Words(this.section.querySelector(".said"), this.section.querySelector(".live"));
    this.tools = new Tools(root.querySelector(".tools"), (kind) => this.outbox.post({ kind }), () => {});
    this.stop = new AbortController();
    const { signal } = this.stop;
    const observer = new ResizeObserver(() => this.fitIn());
    observer.observe(this.section);
    signal.addEventListener("abort", () => observer.disconnect());
    window.addEventListener("resize", () => this.fitIn(), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("cnnviz:ask-step", () => this.tell(), { signal });
  }

  onKey(event) {
    const mine = event.composedPath().includes(this.section) || event.target === document.body;
    if (!mine || event.composedPath()[0].matches("input")) return;
    if (event.key === "Escape") this.unpin();
    const kind = undoAsked(event, this.meta);
    if (!kind) return;
    event.preventDefault();
    this.outbox.post({ kind });
  }

  destroy() {
    this.stop.abort();
    this.words.stop();
  }

  // ---- what Python sent

  update({ meta, views }, setState) {
    this.outbox.settle(meta, setState);
    if (this.meta && this.meta.link !== meta.link) this.pin = null;
    this.meta = meta;
    this.section.classList.toggle("classroom", meta.classroom);
    this.section.setAttribute("aria-label", meta.strings.boards);
    this.section.querySelector(".tools").setAttribute("aria-label", meta.strings.tools);
    this.tools.setUp({ ...meta, draw: false, brush: false });
    const ground = rgb(cssColour(this.section, "--zero"));
    this.dark = ground[0] + ground[1] + ground[2] < 384;
    const made = views.map((view) => view.map(({ name, before, below }) => [name, before, below]));
    if (JSON.stringify(made) !== this.made) this.build(views);
    this.made = JSON.stringify(made);
    this.views.forEach((view, v) => view.forEach((board, b) => this.take(board, views[v][b])));
    this.showHeadings();
    this.hover = this.stillThere(this.hover);
    this.pin = this.stillThere(this.pin);
    this.laidOut = null;
    this.fitIn();
    this.tell();
  }

  // The elements of views and boards; the planes come when their size is known.
  build(views) {
    const holder = this.section.querySelector(".views");
    this.views = views.map((view) => view.map(() => ({ figure: figure() })));
    holder.replaceChildren(
      ...this.views.map((view, v) => {
        const element = document.createElement("div");
        element.className = "view";
        element.setAttribute("role", "group");
        element.innerHTML = `<h2></h2><div class="row"></div>`;
        view.forEach((board, b) => {
          const { before, below } = views[v][b];
          board.figure.classList.toggle("below", below && b > 0);
          if (below && b) board.figure.querySelector(".before").textContent = before;
          else element.lastChild.append(...(b ? [sign(before)] : []), stack());
          element.lastChild.lastChild.append(board.figure);
        });
        return element;
      }),
    );
  }

  take(board, sent) {
    Object.assign(board, sent);
    board.values = decodeFloats(sent.values);
    for (const name of ["of", "blank", "hue", "padding"]) board[name] = decodeWhole(sent[name]);
    board.terms = new TermsOfCells(board.of, board.rows * board.cols);
    board.code = board.lines.length > 0;
    board.chars = board.values.reduce((most, value, i) => (board.blank?.[i] ? most : Math.max(most, fit(value, 3).length)), 1);
    board.figure.classList.remove("input", "kernel", "output", "weights", "dense");
    board.figure.classList.add("board", board.role);
    const [name, shape] = board.figure.querySelectorAll("b, small");
    name.textContent = board.title;
    shape.textContent = board.code ? "" : `${board.rows} × ${board.cols}`;
    Object.assign(board, paintsOf(board, this.section, this.dark));
  }

  showHeadings() {
    [...this.section.querySelectorAll(".view")].forEach((element, v) => {
      const heading = this.meta.headings[v] ?? "";
      element.firstChild.textContent = heading;
      element.firstChild.hidden = !heading;
      element.setAttribute("aria-label", heading || this.views[v].map((board) => board.title).join(", "));
    });
  }

  // ---- its size

  fitIn() {
    if (!this.meta) return;
    const space = this.space();
    if (!(space.width >= 50)) return; // not on the page, where a width may be NaN
    const now = JSON.stringify(space);
    if (now === this.laidOut) return;
    this.laidOut = now;
    for (const board of this.views.flat()) {
      board.titleWidth = Math.ceil(board.figure.querySelector("h3").getBoundingClientRect().width);
    }
    layOut(this.views, space);
    for (const board of this.views.flat()) this.show(board, space);
    this.render();
  }

  space() {
    const { columns, classroom, headings } = this.meta;
    const style = getComputedStyle(this.section);
    const width = this.section.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const narrow = width < NARROW;
    const side = width < SIDE_BY_SIDE ? 1 : Math.min(columns, this.views.length);
    this.section.classList.toggle("narrow", narrow);
    this.section.style.setProperty("--columns", side);
    this.rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const stacked = Math.ceil(this.views.length / side);
    const around = this.rem * ((headings.length ? 6.7 : 4.8) * stacked + 2.5);
    const scroller = document.querySelector("[data-testid=stMain]");
    const top = this.section.getBoundingClientRect().top + (scroller?.scrollTop ?? 0);
    const free = narrow ? 0.6 * window.innerHeight * stacked : window.innerHeight - top - around - BELOW_BOARDS;
    return {
      width: Math.floor((width - (side - 1) * 0.75 * this.rem) / side - 2 * this.rem * (narrow ? 0.5 : 0.7) - 4),
      height: Math.max(LEAST_HEIGHT, Math.floor(free)),
      columns: side,
      most: classroom ? 96 : 56,
      narrow,
      line: (classroom ? 2.1 : 1.7) * this.rem,
      even: this.meta.pointwise,
    };
  }

  // Kept while its shape and kind stay, made anew when they change.
  show(board, { width }) {
    const Kind = board.numbers || board.code ? NumberBoard : PixelBoard;
    const { name, role, rows, cols, editable, lines } = board;
    const { blank, padding, hue } = board;
    const made = JSON.stringify([Kind.name, role, rows, cols, editable, lines, [blank, padding].map((mask) => mask?.join(""))]);
    const holder = board.figure.querySelector(".holder");
    if (board.made !== made) {
      board.made = made;
      board.plane = new Kind({
        role,
        rows,
        cols,
        editable,
        strings: this.meta.strings,
        lines: board.code ? lines : null,
        blanks: blank,
        paddings: padding,
        onHover: (cell) => this.setHover(cell && { name, cell }),
        onPick: (cell) => this.pick({ name, cell }),
        onEdit: (cell, value, text) => this.edit({ name, cell }, value, text),
      });
      holder.replaceChildren(board.plane.element);
    }
    const { plane } = board;
    Object.assign(plane, { strings: this.meta.strings, hues: hue, dark: this.dark });
    plane.label = board.code ? board.title : `${board.title}, ${rows} × ${cols}`;
    plane.element.setAttribute("aria-label", plane.label);
    plane.setValues(board.values, board.numbers || board.code ? board.tints : board.colours);
    const { classroom } = this.meta;
    if (board.code) plane.setSize(width - 0.9 * this.rem, (classroom ? 1.35 : 1) * this.rem);
    else plane.setSize(board.cell, classroom && board.cell >= 40 ? 24 : 9);
    plane.svg.classList.toggle("fine", !board.code && board.cell < 6);
    holder.style.maxHeight = board.code ? `${board.height}px` : "";
  }

  // ---- what is lit

  find(look) {
    return this.views.flat().find((board) => board.name === look?.name);
  }

  stillThere(look) {
    const board = this.find(look);
    return board && look.cell[0] < board.rows && look.cell[1] < board.cols ? look : null;
  }

  // What is pointed at wins over what is pinned.
  render() {
    const look = this.hover ?? this.pin;
    const board = this.find(look);
    const flat = board && look.cell[0] * board.cols + look.cell[1];
    const terms = board ? board.terms.at(flat) : [];
    for (const other of this.views.flat()) {
      const cells = other === board ? [flat] : cellsOf(terms, other.of);
      const pin = this.pin?.name === other.name ? this.pin.cell[0] * other.cols + this.pin.cell[1] : null;
      other.plane.light(cells, pin);
      if (other.code && other !== board) this.scrollTo(other, cells[0]);
    }
    const { strings, factors } = this.meta;
    const named = factors?.map((name) => this.find({ name }));
    const tell = () =>
      this.meta.pointwise ? pointwise(board, flat, this.views.flat()) : sentence(board, flat, terms, strings, named);
    this.words.say(board ? tell() : null, strings.hint);
  }

  // Moves the list of lines only, never the page.
  scrollTo(board, cell) {
    const line = cell !== undefined && board.plane.at(cell, 0);
    if (!line) return;
    const holder = board.figure.querySelector(".holder");
    const top = line.offsetTop;
    if (top < holder.scrollTop) holder.scrollTop = top;
    const bottom = top + line.offsetHeight - holder.clientHeight;
    if (bottom > holder.scrollTop) holder.scrollTop = bottom;
  }

  // ---- what the reader does

  setHover(look) {
    if (sameLook(look, this.hover)) return;
    this.hover = look;
    this.render();
  }

  setPin(look) {
    if (sameLook(look, this.pin)) return;
    this.pin = look;
    this.render();
  }

  pick(look) {
    this.setPin(sameLook(look, this.pin) ? null : look);
    this.tell();
  }

  unpin() {
    this.setPin(null);
    this.tell();
  }

  // Other components (what is taken along) hear of the first term that is pinned.
  tell() {
    if (!this.meta.leads) return;
    const board = this.find(this.pin);
    const current = board?.terms.at(this.pin.cell[0] * board.cols + this.pin.cell[1])[0] ?? 0;
    document.dispatchEvent(new CustomEvent("cnnviz:step", { detail: { current } }));
  }

  edit({ name, cell }, value, text) {
    const { strings, largest } = this.meta;
    if (!Number.isFinite(value) || Math.abs(value) > largest) {
      return this.words.refuse(fill(strings.bad_number, { text, largest }));
    }
    this.outbox.post({ kind: "cell", plane: name, at: [0, ...cell], value });
  }
}

const sameLook = (a, b) => a?.name === b?.name && String(a?.cell) === String(b?.cell);

function figure() {
  const element = document.createElement("figure");
  element.innerHTML = `<h3><span class="before" aria-hidden="true"></span><b></b><small></small></h3><div class="holder"></div>`;
  return element;
}

function stack() {
  const element = document.createElement("div");
  element.className = "stack";
  return element;
}

function sign(text) {
  const element = document.createElement("span");
  element.className = text ? "sign" : "gap";
  element.setAttribute("aria-hidden", "true");
  element.textContent = text;
  return element;
}

export default mount((root) => new Boards(root));
