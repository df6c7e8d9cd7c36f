// One network, or two side by side: diagram, table and bars light each other up. Python sends
// finished geometry and texts; pointing asks nobody, a click and an opened block are told to Python.

const SIDE_BY_SIDE = 1040; // pixels that two networks need
const CLASSROOM_SIDE_BY_SIDE = 1500;
const ROOMY = 1250; // with fewer, their tables are set closer
const WIDE = 960; // that a table needs to have its bars beside it
const NARROW_NETWORK = 560;
const SCALES = [0.94, 1.3]; // of a diagram: keeps labels legible, and what is wider scrolls
const CLASSROOM_SCALES = [1.25, 1.6];
const BETWEEN = 12; // pixels between two networks, as in network.css

class Networks {
  constructor(root) {
    this.section = root.querySelector(".networks");
    this.pair = this.section.querySelector(".pair");
    this.live = this.section.querySelector(".live");
    this.views = [];
    this.look = null; // what is pointed at or focused: {t, rows, line, from}
    this.lit = [];
    this.outbox = new Outbox();
    this.tools = new Tools(this.section.querySelector(".tools"), (kind) => this.outbox.post({ kind }), () => {});
    this.stop = new AbortController();
    const { signal } = this.stop;
    const observer = new ResizeObserver(() => this.fitIn(this.section.clientWidth));
    observer.observe(this.section);
    signal.addEventListener("abort", () => observer.disconnect());
    this.pair.addEventListener("pointerover", (event) => this.setLook(this.lookAt(event.target)));
    this.pair.addEventListener("pointerleave", () => this.setLook(null));
    this.pair.addEventListener("click", (event) => this.onClick(event));
    this.pair.addEventListener("focusin", (event) => this.setLook(this.lookAt(event.target)));
    this.pair.addEventListener("focusout", () => this.setLook(null));
    this.pair.addEventListener("keydown", (event) => this.onTableKey(event));
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  destroy() {
    this.stop.abort();
  }

  // ---- what Python sent

  update({ meta, tables }, setState) {
    this.outbox.settle(meta, setState);
    this.meta = meta;
    this.section.classList.toggle("classroom", meta.classroom);
    this.section.setAttribute("aria-label", meta.strings.label);
    this.section.querySelector(".tools").setAttribute("aria-label", meta.strings.tools);
    this.section.querySelector(".hint").textContent = meta.strings.hint;
    this.tools.setUp({ ...meta, draw: false, brush: false });
    if (!this.outbox.holds("pick")) this.chosen = meta.chosen;
    const sent = JSON.stringify([tables, meta.columns, meta.strings]);
    if (sent !== this.sent) this.build(tables);
    this.sent = sent;
    this.fitIn();
    this.render();
  }

  build(tables) {
    const focused = this.focused();
    const opened = this.views.map(({ diagram }) => diagram.openPaths());
    const scrolled = this.views.map(({ picture, sheet }) => [picture.scrollLeft, sheet.scrollLeft, sheet.scrollTop]);
    this.look = null;
    this.lit = [];
    this.views = tables.map((table, t) => this.view(table, t, tables.length));
    this.fitted = null;
    this.fitIn(); // before they are on the page: it is laid out once
    this.pair.replaceChildren(...this.views.map((view) => view.article));
    this.views.forEach(({ picture, sheet }, t) => {
      [picture.scrollLeft, sheet.scrollLeft, sheet.scrollTop] = scrolled[t] ?? [0, 0, 0];
    });
    opened.forEach((before, t) => this.revealOpened(t, before));
    if (focused) this.refocus(focused);
  }

  // A block that was just opened comes into view.
  revealOpened(t, before) {
    const { diagram, picture } = this.views[t] ?? {};
    const path = diagram?.openPaths().find((now) => !before.includes(now));
    if (path !== undefined) this.reveal(picture, diagram.frameOf(path));
  }

  view(sent, t, count) {
    const { strings, columns } = this.meta;
    const view = { sent, t, diagram: new DiagramView(), table: new TableView(), costs: new CostView() };
    view.article = html("article", "network");
    view.article.dataset.table = t;
    const name = html("h2", "", sent.name);
    name.hidden = !sent.name || count === 1; // alone, it is what the page is about
    view.picture = html("div", "picture");
    view.picture.append(view.diagram.draw(sent.diagram, strings));
    view.diagram.setLabel(fill(strings.picture, { name: sent.name }));
    view.sheet = html("div", "sheet");
    view.sheet.append(view.table.draw(sent, columns, strings));
    view.table.element.setAttribute("aria-label", fill(strings.table, { name: sent.name }));
    const below = html("div", "below");
    below.append(view.sheet, view.costs.draw(sent, strings));
    view.article.append(name, view.picture, below);
    return view;
  }

  fitIn(width = this.width) {
    this.width = width ?? this.section.clientWidth;
    if (!this.meta || !(this.width >= 50)) return;
    const now = `${this.width} ${this.meta.classroom}`;
    if (now === this.fitted) return;
    this.fitted = now;
    const least = this.meta.classroom ? CLASSROOM_SIDE_BY_SIDE : SIDE_BY_SIDE;
    const two = this.views.length > 1 && this.width >= least;
    this.section.classList.toggle("two", two);
    this.section.classList.toggle("tight", two && this.width < ROOMY);
    this.section.classList.toggle("narrow", this.width < NARROW_NETWORK);
    const each = two ? (this.width - BETWEEN) / 2 : this.width;
    const range = this.meta.classroom ? CLASSROOM_SCALES : SCALES;
    const scale = Math.min(...this.views.map(({ diagram }) => diagram.scaleFor(each - 4, range)));
    for (const view of this.views) {
      view.article.classList.toggle("wide", each >= WIDE);
      view.diagram.setScale(scale);
    }
  }

  // ---- what is pointed at

  // {t, rows, line, from} of an element in a view, or null: its rows, the number of its line.
  lookAt(target) {
    const view = this.views[target.closest("article")?.dataset.table];
    if (!view) return null;
    const { t, sent, table } = view;
    const node = target.closest(".node");
    if (node) {
      const { rows, pick } = sent.diagram.nodes[node.dataset.node];
      return rows.length ? { t, rows, line: Number(table.ofRow.get(pick).dataset.line), pick, from: "diagram" } : null;
    }
    const frame = target.closest(".frame");
    const element = target.closest("[data-line]");
    if (!frame && !element) return null;
    const line = frame ? sent.lines.findIndex((l) => l.kind === "block" && l.path === frame.dataset.path) : Number(element.dataset.line);
    const [from, to] = sent.lines[line].rows;
    const rows = Array.from({ length: to - from }, (_, i) => from + i);
    return { t, rows, line, pick: from, from: frame ? "diagram" : element.tagName === "TR" ? "table" : "bars" };
  }

  setLook(look) {
    const same = (name) => look?.[name] === this.look?.[name];
    if (["t", "line", "pick", "from"].every(same)) return;
    this.look = look;
    this.render();
    if (!look) return;
    const view = this.views[look.t];
    const node = view.diagram.ofRow.get(look.pick);
    if (look.from !== "table") this.reveal(view.sheet, view.table.elements[look.line]);
    if (look.from !== "diagram" && node) this.reveal(view.picture, node.querySelector(".glow"));
  }

  // Scrolls the box alone, never the page, and only as far as needed.
  reveal(box, element) {
    const [outer, inner] = [box.getBoundingClientRect(), element.getBoundingClientRect()];
    if (element.tagName !== "TR") {
      const [start, end] = [inner.left - outer.left - 20, inner.right - outer.right + 20];
      if (inner.left < outer.left) box.scrollLeft += start;
      else if (inner.right > outer.right) box.scrollLeft += Math.min(start, end); // its start, if too wide
      return;
    }
    const [head, foot] = ["thead", "tfoot"].map((tag) => box.querySelector(tag).getBoundingClientRect().height);
    if (inner.top < outer.top + head) box.scrollTop += inner.top - outer.top - head;
    else if (inner.bottom > outer.bottom - foot) box.scrollTop += inner.bottom - outer.bottom + foot;
  }

  elementsOf({ t, rows, line }) {
    const { diagram, table, costs } = this.views[t];
    const found = new Set(line === undefined ? [] : [table.elements[line]]);
    for (const row of rows) {
      if (diagram.ofRow.has(row)) found.add(diagram.ofRow.get(row));
      const element = table.ofRow.get(row);
      if (!element) continue;
      found.add(element);
      for (const bar of costs.ofLine.get(Number(element.dataset.line)) ?? []) found.add(bar);
    }
    return found;
  }

  render() {
    for (const [element, name] of this.lit) element.classList.remove(name);
    this.lit = [];
    const light = (look, name) => {
      for (const element of look ? this.elementsOf(look) : []) {
        element.classList.add(name);
        this.lit.push([element, name]);
      }
    };
    const pinned = this.pinned();
    light(pinned, "chosen");
    light(this.look, "lit");
    for (const view of this.views) {
      const look = [this.look, pinned].find((l) => l?.t === view.t);
      view.costs.say(look ? this.sentence(view, look) : this.meta.strings.said_hint);
      view.table.select(pinned?.t === view.t ? pinned.line : null);
    }
  }

  // What is chosen, as far as it is there.
  pinned() {
    const [t, row] = this.chosen ?? [];
    const element = this.views[t]?.table.ofRow.get(row);
    return element ? { t, rows: [row], line: Number(element.dataset.line) } : null;
  }

  sentence({ table, sent }, { line }) {
    const found = sent.lines[line];
    if (found.problem) return found.problem;
    return found.shares ? costSentence(table.title(found), found.shares, this.meta.strings) : table.title(found);
  }

  // ---- what the reader does

  onClick(event) {
    const look = this.lookAt(event.target);
    if (look) this.act(look, event.target.closest(".frame, .folded")?.dataset);
  }

  // A block opens or folds, a layer is pinned.
  act(look, block) {
    const line = this.views[look.t].sent.lines[look.line];
    if (block) this.open(look.t, block.path, block.on === "true");
    else if (line.kind === "block") this.open(look.t, line.path, !line.open);
    else if (line.kind === "row") this.pick(look.t, look.pick);
  }

  open(table, group, on) {
    this.outbox.post({ kind: "open", table, group, on });
  }

  pick(t, row) {
    const again = this.chosen?.[0] === t && this.chosen?.[1] === row;
    this.chosen = again ? null : [t, row];
    this.outbox.post({ kind: "pick", table: t, row: again ? -1 : row });
    this.render();
    const pinned = this.pinned();
    this.live.textContent = pinned ? this.sentence(this.views[t], pinned) : "";
  }

  onTableKey(event) {
    const cell = event.target.closest("[role=gridcell], [role=rowheader]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = this.views[cell.closest("article").dataset.table];
    const to = view.table.move(event.key, cell);
    if (to) {
      view.table.rove(...to);
      this.reveal(view.sheet, view.table.elements[to[0]]);
    } else if (event.key === "Enter" || event.key === " ") this.act(this.lookAt(cell));
    else return;
    event.preventDefault();
  }

  onKey(event) {
    const mine = event.composedPath().includes(this.section) || event.target === document.body;
    if (!mine || !this.meta) return;
    if (event.key === "Escape" && this.chosen) this.pick(...this.chosen);
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    const kind = event.shiftKey ? "redo" : "undo";
    if (!this.meta[kind]) return;
    event.preventDefault();
    this.outbox.post({ kind });
  }

  // ---- focus outlives a table that is made anew

  focused() {
    const cell = this.section.getRootNode().activeElement?.closest?.("tr[data-line] > *");
    if (!cell) return null;
    const t = Number(cell.closest("article").dataset.table);
    const l = Number(cell.parentElement.dataset.line);
    return { t, l, c: [...cell.parentElement.children].indexOf(cell), identity: this.views[t].table.identity(l) };
  }

  refocus({ t, l, c, identity }) {
    const table = this.views[t]?.table;
    if (!table) return;
    const found = table.find(identity);
    table.rove(found < 0 ? Math.min(l, table.lines.length - 1) : found, c);
  }
}

export default mount((root) => new Networks(root));
