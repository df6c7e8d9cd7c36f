// A network's diagram as SVG, from the geometry that Python laid out.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const TURN = 10; // radius of an edge's corner
const NODE_WORDS = {
  input: "word_input",
  conv: "word_conv",
  pool: "word_pool",
  linear: "word_linear",
  concat: "word_concat",
  residual: "form_residual",
  bottleneck: "form_bottleneck",
  inception: "form_inception",
  dense: "form_dense",
  chain: "form_chain",
};

function svg(tag, attributes = {}, text = "") {
  const made = document.createElementNS(SVG_NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.textContent = text;
  return made;
}

const times = (title, copies) => (copies > 1 ? `${title} × ${copies}` : title);

class DiagramView {
  // `strings` are the catalogue's.
  draw(sent, strings) {
    this.size = [sent.width, sent.height];
    Object.assign(this, { strings, line: sent.line }); // `line`: height of a label's
    this.ofRow = new Map(); // row → its node's element
    this.element = svg("svg", { class: "diagram", viewBox: `0 0 ${sent.width} ${sent.height}`, role: "img" });
    this.element.append(
      ...sent.frames.map((frame) => this.frame(frame)),
      ...sent.edges.map((edge) => this.edge(edge)),
      ...sent.nodes.map((node, n) => this.node(node, n, sent.step)),
    );
    return this.element;
  }

  openPaths() {
    return [...this.element.querySelectorAll(".frame")].map((frame) => frame.dataset.path);
  }

  frameOf(path) {
    return this.element.querySelector(`.frame[data-path="${CSS.escape(path)}"] .around`);
  }

  setLabel(label) {
    this.element.setAttribute("aria-label", label);
  }

  // What fits it into the width, where that is not far from the size it was laid out for.
  scaleFor(width, [least, most]) {
    return Math.max(least, Math.min(most, width / this.size[0]));
  }

  setScale(scale) {
    this.element.setAttribute("width", (this.size[0] * scale).toFixed(1));
    this.element.setAttribute("height", (this.size[1] * scale).toFixed(1));
  }

  frame({ box: [x, y, width, height], title, path, copies }) {
    const group = svg("g", { class: "frame" });
    group.dataset.path = path;
    group.dataset.on = "false";
    group.append(
      svg("rect", { class: "around", x, y, width, height, rx: 12 }),
      svg("rect", { class: "catch", x, y, width, height: this.line + 14 }),
      blockTitle("▾", times(title, copies), x + 12, y + 22),
    );
    return group;
  }

  edge({ points, shortcut, failed }) {
    const kind = failed ? "edge failed" : shortcut ? "edge shortcut" : "edge";
    return svg("path", { class: kind, d: roundedPath(points) });
  }

  node(sent, n, step) {
    const group = svg("g", { class: `node ${sent.role} ${sent.figure}` });
    group.dataset.node = n;
    if (sent.mark) group.classList.add(sent.mark);
    if (sent.path) {
      group.classList.add("folded");
      group.dataset.path = sent.path;
      group.dataset.on = "true";
    }
    const [left, top, right, bottom] = sent.room;
    group.append(
      svg("rect", { class: "glow", x: left - 4, y: top - 3, width: right - left + 8, height: bottom - top + 2, rx: 8 }),
      ...this.figure(sent, step),
      ...this.labels(sent),
    );
    for (const row of sent.rows) this.ofRow.set(row, group);
    return group;
  }

  figure({ figure, word, box: [x, y, width, height], sheet, sheets }, step) {
    if (figure === "sheets") {
      return Array.from({ length: sheets }, (_, k) =>
        svg("rect", {
          class: "shape",
          x: x + (sheets - 1 - k) * step[0],
          y: y + k * step[1],
          width: sheet[0],
          height: sheet[1],
          rx: 2,
        }),
      );
    }
    if (figure !== "sum") {
      const round = { fork: width / 2, bar: 3, concat: 2, failed: 6 }[figure];
      return [svg("rect", { class: "shape", x, y, width, height, rx: round })];
    }
    const [cx, cy, reach] = [x + width / 2, y + height / 2, width / 4];
    const turn = word === "multiply" ? ` rotate(45 ${cx} ${cy})` : "";
    const d = `M${cx - reach} ${cy}h${2 * reach}M${cx} ${cy - reach}v${2 * reach}`;
    return [svg("circle", { class: "shape", cx, cy, r: width / 2 }), svg("path", { class: "sign", d, transform: turn.trim() })];
  }

  labels({ figure, word, label, title, copies, box: [x, y, width, height] }) {
    if (figure === "sum" || figure === "fork") return [];
    const middle = x + width / 2;
    const texts = [];
    let baseline = y + height + this.line;
    if (title) texts.push(blockTitle("▸", times(title, copies), middle, y - 8));
    if (label) texts.push(svg("text", { class: "shape-label", x: middle, y: baseline }, label));
    if (label) baseline += this.line;
    texts.push(svg("text", { class: "word", x: middle, y: baseline }, this.strings[NODE_WORDS[word]] ?? word));
    return texts;
  }
}

function blockTitle(triangle, title, x, y) {
  const made = svg("text", { class: "title", x, y });
  made.append(svg("tspan", { class: "triangle" }, `${triangle} `), title);
  return made;
}

function roundedPath(points) {
  const [start, ...rest] = points;
  const parts = [`M${start[0]} ${start[1]}`];
  rest.forEach((corner, i) => {
    const after = rest[i + 1];
    if (!after) return parts.push(`L${corner[0]} ${corner[1]}`);
    const [a, b] = [towards(corner, i ? rest[i - 1] : start), towards(corner, after)];
    parts.push(`L${a[0]} ${a[1]}Q${corner[0]} ${corner[1]} ${b[0]} ${b[1]}`);
  });
  return parts.join("");
}

// The point at the turn's radius from the corner, at most half the way to the other.
function towards(corner, other) {
  const length = Math.hypot(other[0] - corner[0], other[1] - corner[1]);
  const share = length ? Math.min(TURN / length, 0.5) : 0;
  return [0, 1].map((axis) => (corner[axis] + share * (other[axis] - corner[axis])).toFixed(1));
}
