// The points of a block with their maps, and the wires between them.

const FLIGHT = 450; // milliseconds

class BlockGraph {
  // `handlers`: onHover(look), onPick(look).
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
    const tell = (event) => handlers.onHover(this.lookAt(event));
    element.addEventListener("pointermove", tell);
    element.addEventListener("pointerleave", () => handlers.onHover(null));
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("focusin", (event) => {
      const tile = event.target.closest(".tile:focus-visible");
      if (tile) handlers.onHover({ tap: Number(tile.dataset.tap), map: Number(tile.dataset.map), cell: null });
    });
    element.addEventListener("focusout", () => handlers.onHover(null));
  }

  setModel(model, painters) {
    this.model = model;
    this.painters = painters;
    this.laidOut = null;
    this.build();
    model.taps.forEach((tap, t) => this.fillCard(tap, t));
  }

  // Cards are kept while the points stay, so that the keyboard's focus does as well.
  build() {
    const made = JSON.stringify(this.model.taps.map(({ name, kind, channels, rows, cols }) => [name, kind, channels, rows, cols]));
    if (this.made === made) return;
    this.made = made;
    this.wires = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    this.wires.setAttribute("aria-hidden", "true");
    this.cards = this.model.taps.map((tap, t) => this.card(tap, t));
    this.board = document.createElement("div");
    this.board.className = "board";
    this.board.append(this.wires, ...this.cards);
    this.element.replaceChildren(this.board);
    this.tiles = this.cards.map((card) => [...card.querySelectorAll(".tile")]);
  }

  card({ kind, channels, rows, cols }, t) {
    const card = document.createElement("div");
    card.className = `card ${kind}`;
    card.setAttribute("role", "group");
    card.innerHTML = `<h3><b></b><small></small></h3><div class="tiles"></div>`;
    for (let map = 0; map < channels; map++) {
      const tile = document.createElement("button");
      tile.type = "button";
      tile.className = "tile";
      tile.tabIndex = map ? -1 : 0;
      Object.assign(tile.dataset, { tap: t, map });
      tile.innerHTML = `<canvas width="${cols}" height="${rows}"></canvas><i></i>`;
      card.lastChild.append(tile);
    }
    return card;
  }

  fillCard(tap, t) {
    const { strings } = this.model.meta;
    const shape = `${tap.channels}×${tap.rows}×${tap.cols}`;
    const size = tap.window ? ` ${tap.window.map(({ k }) => k).join("×")}` : "";
    const [name, small] = this.cards[t].querySelectorAll("h3 b, h3 small");
    name.textContent = tap.name + size;
    small.textContent = shape;
    this.cards[t].setAttribute("aria-label", `${tap.name}${size}, ${shape}`);
    this.tiles[t].forEach((tile, map) => {
      const name = hasWindow(tap) ? strings.tile_open : strings.tile;
      tile.setAttribute("aria-label", fill(name, { name: tap.name, c: map + 1, n: tap.channels }));
      this.paint(tile.firstChild, this.model.values[t][map], this.painters[t], map);
    });
  }

  paint(canvas, values, painter, map) {
    const image = new ImageData(canvas.width, canvas.height);
    values.forEach((value, i) => image.data.set([...painter(value, map), 255], 4 * i));
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // ---- places

  layOut(space) {
    const now = JSON.stringify(space);
    if (now === this.laidOut) return;
    this.laidOut = now;
    this.layout = layOutBlock(this.model.taps, space);
    const { width, height, cards } = this.layout;
    Object.assign(this.board.style, { width: `${width}px`, height: `${height}px` });
    cards.forEach((card, t) => this.place(this.cards[t], card));
    this.drawWires();
  }

  place(element, { x, y, height, room, tile, across }) {
    Object.assign(element.style, { left: `${x - room / 2}px`, top: `${y - height / 2}px`, width: `${room}px` });
    const tiles = element.querySelector(".tiles");
    tiles.style.gridTemplateColumns = `repeat(${across}, ${tile.width}px)`;
    for (const one of tiles.children) one.style.height = `${tile.height}px`;
  }

  drawWires() {
    const { cards, laneY, width, height, gap } = this.layout;
    this.wires.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.ends = this.model.taps.flatMap((tap, to) => tap.inputs.map((from, n) => ({ from, to, lane: tap.lanes[n] })));
    this.wires.replaceChildren(
      ...this.ends.map(({ from, to, lane }) => {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        const [a, b] = [cards[from], cards[to]];
        // what is read lies at the height of the maps' middle
        const start = [a.x + a.width / 2 + 2, a.y + HEAD / 2];
        const end = [b.x - b.width / 2 - 3, b.y + HEAD / 2];
        const along = this.model.taps[to].column - this.model.taps[from].column > 1 && lane !== null;
        path.setAttribute("d", along ? viaLane(start, end, this.wayOf(lane, from, laneY), gap) : curve(start, end));
        return path;
      }),
    );
  }

  // A bare shortcut runs in the middle of its lane, another wire at the height of its maps.
  wayOf(lane, from, laneY) {
    const empty = !this.model.taps.some((tap) => tap.lane === lane);
    return laneY[lane] + (empty || this.model.taps[from].lane === null ? 0 : HEAD / 2);
  }

  // ---- what is shown now

  // `index`: the step; `look`: what is in hand; `origins`: what it comes from.
  show(index, look, origins) {
    const [now] = this.model.meta.steps[index];
    this.model.taps.forEach((tap, t) => {
      const known = this.model.known(t, index);
      const here = origins.get(t);
      this.cards[t].classList.toggle("ahead", !known);
      this.cards[t].classList.toggle("now", t === now);
      this.tiles[t].forEach((tile, map) => {
        tile.classList.toggle("ahead", map >= known);
        tile.classList.toggle("held", t === look.tap && map === look.map);
        this.frame(tile.lastChild, tap, here?.maps.has(map) ? here.spans : null);
      });
    });
    [...this.wires.children].forEach((wire, n) => {
      const { from, to } = this.ends[n];
      wire.classList.toggle("lit", origins.has(to) && origins.has(from) && this.feeds(from, to, origins));
      wire.classList.toggle("ahead", to > now);
    });
    this.follow(look.tap);
  }

  feeds(from, to, origins) {
    return [...origins.get(to).maps].some((map) => this.model.readsOf(to, map).some(({ tap }) => tap === from));
  }

  // The part of the block of cells that lies on the map.
  frame(mark, { rows, cols }, spans) {
    mark.hidden = !spans;
    if (!spans) return;
    const [[top, bottom], [left, right]] = spans.map(([first, last], i) => [
      Math.max(0, first),
      Math.min([rows, cols][i] - 1, last),
    ]);
    const percent = (value, n) => `${(100 * value) / n}%`;
    mark.style.inset = `${percent(top, rows)} ${percent(cols - 1 - right, cols)} ${percent(rows - 1 - bottom, rows)} ${percent(left, cols)}`;
  }

  // The maps that an addition or a concatenation takes at this step move to their place.
  fly(index) {
    const [tap, map] = this.model.meta.steps[index];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (map < 0 || still || !this.laidOut) return;
    for (const { tap: from, maps } of this.model.readsOf(tap, map)) {
      this.flyFrom(this.tiles[from][maps[0]], this.tiles[tap][map]);
    }
  }

  flyFrom(tile, target) {
    const [board, from, to] = [this.board, tile, target].map((element) => element.getBoundingClientRect());
    const copy = document.createElement("canvas");
    copy.className = "flying";
    [copy.width, copy.height] = [tile.firstChild.width, tile.firstChild.height];
    copy.getContext("2d").drawImage(tile.firstChild, 0, 0);
    const px = (value) => `${value}px`;
    Object.assign(copy.style, {
      left: px(from.left - board.left),
      top: px(from.top - board.top),
      width: px(from.width),
      height: px(from.height),
    });
    this.board.append(copy);
    const way = `translate(${px(to.left - from.left)}, ${px(to.top - from.top)}) scale(${to.width / from.width})`;
    const flight = copy.animate([{ transform: "none" }, { transform: way }], { duration: FLIGHT, easing: "ease-in-out" });
    flight.onfinish = () => copy.remove();
  }

  // Where the graph is wider than its place, what is in hand is in sight; not under a pointer.
  follow(tap) {
    if (this.element.scrollWidth <= this.element.clientWidth || this.element.matches(":hover")) return;
    const { x } = this.layout.cards[tap];
    this.element.scrollTo({ left: x - this.element.clientWidth / 2 });
  }

  // ---- what the reader does

  lookAt(event) {
    const tile = event.target.closest?.(".tile");
    if (!tile) return null;
    const [tap, map] = [Number(tile.dataset.tap), Number(tile.dataset.map)];
    const { rows, cols } = this.model.taps[tap];
    const frame = tile.getBoundingClientRect();
    const cell = (at, from, length, n) => Math.max(0, Math.min(n - 1, Math.floor(((at - from) * n) / length)));
    return {
      tap,
      map,
      cell: [cell(event.clientY, frame.top, frame.height, rows), cell(event.clientX, frame.left, frame.width, cols)],
    };
  }

  click(event) {
    const look = this.lookAt(event);
    if (!look) return;
    const byKey = event.detail === 0; // Enter or space: the cell in hand
    this.handlers.onPick(byKey ? { ...look, cell: null } : look);
  }

  // Arrows go through the maps of a point; Tab goes from point to point.
  key(event) {
    const tile = event.target.closest(".tile");
    const moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    if (!tile || !moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    const tiles = this.tiles[Number(tile.dataset.tap)];
    const next = tiles[Number(tile.dataset.map) + moves[event.key]];
    event.preventDefault();
    event.stopPropagation();
    if (!next) return;
    tile.tabIndex = -1;
    next.tabIndex = 0;
    next.focus({ preventScroll: true });
  }
}

function curve([x1, y1], [x2, y2]) {
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

// Into the lane, along it, and out of it, as far as can be between two columns.
function viaLane(start, end, y, gap) {
  const reach = Math.max(16, Math.min(48, gap));
  const [into, out] = [start[0] + reach, end[0] - reach];
  return `${curve(start, [into, y])} H${out} ${curve([out, y], end).replace(/^M[^C]*/, "")}`;
}
