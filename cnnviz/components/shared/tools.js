// What the reader may do with the input besides looking: draw, erase, clear, undo, redo.

const TOOL_ICONS = {
  look: "M5 4l6 15 2.2-6.3L20 10.5z",
  brush: "M4 20l1.2-4.6L16 4.6l3.4 3.4L8.6 18.8z",
  eraser: "M8 19l-4-4 9.5-9.5 6 6L12 19zM8 19h12",
  clear: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 010 7",
  redo: "M15 7l5 5-5 5M20 12H10a6 6 0 000 7",
};
const HELD = ["look", "brush", "eraser"];
const BRUSH_RADIUS = 1.4; // cells

class Tools {
  // `send(kind)` tells the page what was done, `onChange()` that another tool is in hand.
  constructor(element, send, onChange) {
    this.element = element;
    this.send = send;
    this.onChange = onChange;
    this.tool = "look";
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button:not([aria-disabled=true])");
      if (button) this.act(button.dataset.tool);
    });
  }

  // What the walk's `meta` allows: see `Options` in __init__.py.
  setUp({ draw, brush, undo, redo, strings }) {
    if (!draw) this.tool = "look";
    else if (brush && !this.brush && this.tool === "look") this.tool = "brush";
    this.draw = draw;
    this.brush = brush;
    const shown = [...(draw ? ["look", "brush", "eraser", "clear"] : []), ...(undo === null ? [] : ["undo", "redo"])];
    if (this.element.dataset.shown !== shown.join()) {
      this.element.dataset.shown = shown.join();
      this.element.innerHTML = shown.map(toolButton).join("");
    }
    for (const button of this.element.querySelectorAll("button")) {
      const label = strings[button.dataset.tool];
      button.setAttribute("aria-label", label);
      button.title = label;
      // not `disabled`, which would take the keyboard's focus away from the button
      if (button.dataset.tool === "undo") button.setAttribute("aria-disabled", !undo);
      if (button.dataset.tool === "redo") button.setAttribute("aria-disabled", !redo);
    }
    this.show();
  }

  show() {
    for (const button of this.element.querySelectorAll("button")) {
      if (HELD.includes(button.dataset.tool)) {
        button.setAttribute("aria-pressed", button.dataset.tool === this.tool);
      }
    }
    this.onChange();
  }

  act(act) {
    if (HELD.includes(act)) this.take(act);
    else this.send(act);
  }

  // Take a tool in hand, where it is to be had.
  take(tool) {
    if (this.draw || tool === "look") this.tool = tool;
    this.show();
  }

  get paints() {
    return this.draw && this.tool !== "look";
  }

  // A soft round brush, as thick as the strokes of MNIST: full at the centre, gone at the edge.
  stroke(values, rows, cols, from, to) {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const dots = Math.max(1, Math.ceil(length / 0.5));
    for (let i = 0; i <= dots; i++) {
      const at = [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * i) / dots);
      this.dab(values, rows, cols, at);
    }
  }

  dab(values, rows, cols, [y, x]) {
    const reach = BRUSH_RADIUS + 1;
    for (let r = Math.max(0, Math.floor(y - reach)); r < Math.min(rows, y + reach); r++) {
      for (let c = Math.max(0, Math.floor(x - reach)); c < Math.min(cols, x + reach); c++) {
        const far = Math.hypot(r + 0.5 - y, c + 0.5 - x);
        const ink = Math.max(0, Math.min(1, BRUSH_RADIUS + 0.5 - far));
        const i = r * cols + c;
        values[i] = this.tool === "eraser" ? Math.min(values[i], 1 - ink) : Math.max(values[i], ink);
      }
    }
  }
}

// "undo" or "redo", where these keys ask for it and `meta` says that there is something.
function undoAsked(event, meta) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return null;
  const kind = event.shiftKey ? "redo" : "undo";
  return meta[kind] ? kind : null;
}

const toolButton = (name) =>
  `<button type="button" data-tool="${name}"><svg viewBox="0 0 24 24" width="20" height="20" ` +
  `aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" ` +
  `stroke-linecap="round"><path d="${TOOL_ICONS[name]}"/></svg></button>`;
