// A board: a grid of numbers, of pixels or of lines of text, with a frame around what is lit.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const SVG = "http://www.w3.org/2000/svg";
const PALE = { light: "0.88 0.075", dark: "0.42 0.085" }; // lightness and chroma
const STRONG = { light: "0.76 0.13", dark: "0.66 0.12" };
const THICK = 14; // pixels
const LEAST_CODE = 12.2; // pixels of type
const SMALLEST_STRIPED = 12; // pixels
const HUE_STEP = 137.508; // degrees, the golden angle: neighbouring numbers look different

// spec of both kinds: Plane's, and {blanks, hues, paddings} with a number for each cell or null,
// `lines` of text in place of numbers.
const onBoard = (Kind) =>
  class extends Kind {
    addFrames() {
      this.svg = document.createElementNS(SVG, "svg");
      this.svg.setAttribute("viewBox", `0 0 ${this.cols} ${this.rows}`);
      this.svg.setAttribute("preserveAspectRatio", "none");
      this.svg.setAttribute("aria-hidden", "true");
      for (const name of ["tint", "halo", "frame", "pinned"]) {
        const path = document.createElementNS(SVG, "path");
        path.setAttribute("class", name);
        this.svg.append(path);
      }
      this.element.append(this.svg);
    }

    // `cells` are flat and in order; `pinned` one of them or null.
    light(cells, pinned) {
      const [tint, halo, frame, pin] = this.svg.children;
      tint.setAttribute("d", area(cells, this.cols));
      const path = outline(cells, this.cols);
      for (const line of [halo, frame]) line.setAttribute("d", path);
      pin.setAttribute("d", pinned === null ? "" : outline([pinned], this.cols));
      this.lit = cells;
      this.svg.dataset.lit = cells.length; // how many: for whoever cannot see the frame
    }

    canEdit(r, c) {
      const i = r * this.cols + c;
      return super.canEdit(r, c) && !this.blanks?.[i] && !this.paddings?.[i];
    }

    nameOf(r, c) {
      const padding = this.paddings?.[r * this.cols + c];
      return fill(padding ? this.strings.padding_cell : this.strings.cell, { row: r + 1, column: c + 1 });
    }

    // Arrows go from cell to cell, Enter and the space bar pin; in an editable cell Enter edits.
    key(event, [r, c]) {
      if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
      const move = MOVES[event.key];
      if (move) this.focus(r + move[0], c + move[1]);
      else if (event.key === " " || (event.key === "Enter" && !this.canEdit(r, c))) this.onPick([r, c]);
      else return super.key(event, [r, c]);
      event.preventDefault();
      event.stopPropagation();
    }
  };

class NumberBoard extends onBoard(NumberPlane) {
  constructor(spec) {
    super(spec);
    this.addFrames();
    this.element.classList.toggle("code", Boolean(this.lines));
    if (this.lines) this.element.style.gridTemplateColumns = "minmax(max-content, 1fr)";
  }

  buildCell(r, c) {
    const cell = super.buildCell(r, c);
    const i = r * this.cols + c;
    cell.classList.toggle("padding", Boolean(this.paddings?.[i]));
    cell.classList.toggle("blank", Boolean(this.blanks?.[i]));
    return cell;
  }

  paint(cell, r, c) {
    const i = r * this.cols + c;
    if (this.lines) {
      cell.querySelector(".value").textContent = this.lines[i];
      cell.setAttribute("aria-label", this.lines[i]);
      return;
    }
    super.paint(cell, r, c);
    if (this.hues?.[i] >= 0) cell.style.backgroundColor = hueColour(this.hues[i], this.dark);
    if (this.paddings?.[i]) cell.style.backgroundColor = "";
    if (!this.blanks?.[i]) return;
    cell.querySelector(".value").textContent = "";
    cell.style.backgroundColor = "";
    cell.setAttribute("aria-label", `${this.nameOf(r, c)}: ${this.strings.blank}`);
  }

  // Type is larger in small cells than on a stage, which has room for the weights as well. With lines
  // `cell` is the room that one has, and `least` the type that it has where there is room.
  setSize(cell, least) {
    if (this.lines) {
      const longest = Math.max(...this.lines.map((line) => line.length));
      this.element.style.fontSize = `${Math.max(LEAST_CODE, Math.min(least, cell / (longest * 0.602)))}px`;
      return;
    }
    super.setSize(cell, least);
    const shown = (value, i) => (this.blanks?.[i] ? 1 : fit(value, this.chars).length);
    const longest = Math.max(...Array.from(this.values, shown));
    const room = (cell - 4) / (longest * 0.61);
    this.element.style.fontSize = `${Math.max(least, Math.min(room, Math.max(0.42 * cell, Math.min(0.6 * cell, 15)), 40))}px`;
  }

  light(cells, pinned) {
    super.light(cells, pinned);
    this.mark("lit", cells.map((cell) => [Math.floor(cell / this.cols), cell % this.cols]));
  }
}

class PixelBoard extends onBoard(PixelPlane) {
  constructor(spec) {
    super(spec);
    this.element.tabIndex = 0;
    this.addFrames();
    this.element.addEventListener("focusin", (event) => {
      if (event.target.matches(".pixels:focus-visible")) this.onHover(this.cell);
    });
    this.element.addEventListener("focusout", () => this.onHover(null));
  }

  // A row or a column of pixels is thicker than a pixel, to be seen and pointed at.
  setSize(pixel) {
    super.setSize(pixel);
    if (this.rows === 1) this.canvas.style.height = `${Math.max(pixel, THICK)}px`;
    if (this.cols === 1) this.canvas.style.width = `${Math.max(pixel, THICK)}px`;
  }

  // Where colours tell cells apart that are this small, stripes for the sign would only blur them.
  striped(mask, box) {
    if (this.hues && this.pixel < SMALLEST_STRIPED) return document.createElement("canvas");
    return super.striped(mask, box);
  }

  drawPicture() {
    super.drawPicture();
    if (!this.paddings?.includes(1)) return;
    const context = this.picture.getContext("2d");
    this.paddings.forEach((padding, i) => {
      if (!padding) return;
      const box = this.box(Math.floor(i / this.cols), i % this.cols);
      context.clearRect(...box);
      context.fillStyle = hatch(context, cssColour(this.element, "--hatch"), 6 * this.scale);
      context.fillRect(...box);
    });
    this.draw();
  }
}

// One colour for each number: pale enough for the text on it, or strong enough for a pixel.
const hueColour = (number, dark, strong = false) =>
  `oklch(${(strong ? STRONG : PALE)[dark ? "dark" : "light"]} ${((40 + number * HUE_STEP) % 360).toFixed(1)})`;

// How a board's values are coloured, as numbers and as pixels. Signed boards are diverging around the
// page's own ground; pictures without a sign are grey.
function paintsOf(board, element, dark) {
  const { low, most: largest } = rangeOf(board.values);
  const most = board.most ?? largest;
  const signed = low < 0 || !["input", "output"].includes(board.role);
  const [zero, negative, positive] = ["--zero", "--negative", "--positive"].map((name) => rgb(cssColour(element, name)));
  const hues = new Map([...new Set(board.hue ?? [])].map((n) => [n, rgb(hueColour(n, dark, true))]));
  const colours = (value, i) => {
    if (board.blank?.[i]) return zero;
    if (board.hue?.[i] >= 0) return hues.get(board.hue[i]);
    if (!signed) return Array(3).fill(Math.round(255 * Math.min(1, value / most)));
    return mix(zero, value < 0 ? negative : positive, Math.min(1, Math.abs(value) / most));
  };
  return { tints: numberTints(board.role, signed, most), colours };
}
