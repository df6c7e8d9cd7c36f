// A network's shape table: a grid for the keyboard, with blocks that open.

const HEADINGS = {
  layer: "col_layer",
  output: "col_output",
  parameters: "col_parameters",
  how: "col_how",
  macs: "col_macs",
  memory: "col_memory",
  field: "col_field",
  jump: "col_jump",
  path: "col_path",
  branch: "col_branch",
};
const FORM_NAMES = {
  residual: "block_residual",
  bottleneck: "block_bottleneck",
  inception: "block_inception",
  dense: "block_dense",
  chain: "block_chain",
};
const MARK_SIGNS = { added: "+", removed: "−", changed: "~" };
const MARK_NAMES = { added: "mark_added", removed: "mark_removed", changed: "mark_changed" };
const TEXT_COLUMNS = ["layer", "path", "branch"];

function html(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

class TableView {
  draw({ lines, totals }, columns, strings) {
    Object.assign(this, { lines, columns, strings, current: null, selected: null });
    this.ofRow = new Map(); // row → the line that shows it
    this.elements = lines.map((line, l) => this.line(line, l));
    lines.forEach((line, l) => {
      if (line.kind === "copy" || line.open) return;
      for (let row = line.rows[0]; row < line.rows[1]; row++) this.ofRow.set(row, this.elements[l]);
    });
    const head = html("thead");
    head.append(this.row(columns.map((name) => this.heading(name))));
    const body = html("tbody");
    body.append(...this.elements);
    const foot = html("tfoot");
    foot.append(this.row(columns.map((name) => this.cell(name, name === "layer" ? strings.total : (totals[name] ?? "")))));
    this.element = html("table");
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-rowcount", lines.length + 2);
    this.element.append(head, body, foot);
    this.rove(0, 0, false);
    return this.element;
  }

  row(cells) {
    const row = html("tr");
    row.append(...cells);
    return row;
  }

  heading(name) {
    const cell = html("th", TEXT_COLUMNS.includes(name) ? `col-${name}` : `number col-${name}`, this.strings[HEADINGS[name]]);
    cell.scope = "col";
    return cell;
  }

  cell(name, text) {
    const cell = html(name === "layer" ? "th" : "td", TEXT_COLUMNS.includes(name) ? `col-${name}` : `number col-${name}`, text);
    if (name === "layer") cell.scope = "row";
    return cell;
  }

  line(line, l) {
    const cells = this.columns.map((name) => (name === "layer" ? this.name(line) : this.cell(name, line.cells?.[name] ?? "")));
    if (line.problem) cells.splice(1, cells.length, this.problem(line.problem));
    for (const cell of cells) {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "gridcell");
      cell.tabIndex = -1;
    }
    const row = this.row(cells);
    row.className = `${line.kind} ${line.role}`;
    row.classList.toggle("inside", line.depth > 0);
    row.classList.toggle("problem", Boolean(line.problem));
    if (line.mark) row.classList.add(line.mark);
    if (line.kind === "block") row.setAttribute("aria-expanded", line.open);
    row.dataset.line = l;
    return row;
  }

  problem(sentence) {
    const cell = html("td", "sentence", sentence);
    cell.colSpan = Math.max(1, this.columns.length - 1);
    return cell;
  }

  name(line) {
    const cell = this.cell("layer", "");
    if (line.mark) {
      const sign = html("span", "mark", MARK_SIGNS[line.mark]);
      sign.title = this.strings[MARK_NAMES[line.mark]];
      sign.setAttribute("aria-label", sign.title);
      sign.setAttribute("role", "img");
      cell.append(sign);
    }
    if (line.kind === "block") {
      const triangle = html("span", "triangle", line.open ? "▾" : "▸");
      triangle.setAttribute("aria-hidden", "true");
      cell.append(triangle);
    } else cell.append(html("span", "swatch"));
    // a line may end after a comma, and within what stands before the first
    const [first, ...rest] = this.title(line).split(", ");
    cell.append(first, ...rest.flatMap((part) => [", ", html("span", "whole", part)]));
    return cell;
  }

  title(line) {
    if (line.kind !== "block") return line.title;
    const kind = (line.form === "chain" && line.name) || this.strings[FORM_NAMES[line.form]];
    return `${kind} ${times(line.title, line.copies)}`;
  }

  select(l) {
    this.selected?.removeAttribute("aria-selected");
    this.selected = l === null ? null : this.elements[l];
    this.selected?.setAttribute("aria-selected", "true");
  }

  // ---- the keyboard

  at(l, c) {
    return this.elements[l]?.children[Math.min(c, this.elements[l].children.length - 1)];
  }

  // One cell of the grid is reached by Tab; the arrows move it.
  rove(l, c, focus = true) {
    const cell = this.at(l, c);
    if (!cell) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = cell;
    cell.tabIndex = 0;
    if (focus) cell.focus({ preventScroll: true });
  }

  // Where the key leads from this cell, or null for a key that leads nowhere.
  move(key, cell) {
    const l = Number(cell.parentElement.dataset.line);
    const c = [...cell.parentElement.children].indexOf(cell);
    const last = this.lines.length - 1;
    const to = {
      ArrowUp: [Math.max(0, l - 1), c],
      ArrowDown: [Math.min(last, l + 1), c],
      ArrowLeft: [l, Math.max(0, c - 1)],
      ArrowRight: [l, Math.min(this.columns.length - 1, c + 1)],
      PageUp: [Math.max(0, l - 10), c],
      PageDown: [Math.min(last, l + 10), c],
      Home: [0, c],
      End: [last, c],
    }[key];
    return to ?? null;
  }

  // What a line is, to find it again in another state of the table.
  identity(l) {
    const line = this.lines[l];
    return line && (line.kind === "row" ? `row ${line.rows[0]}` : `${line.kind} ${line.path} ${line.rows[0]}`);
  }

  find(identity) {
    return this.lines.findIndex((_, l) => this.identity(l) === identity);
  }
}
