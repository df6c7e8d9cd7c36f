// Where the points of a block stand: columns in the order of the computation, a lane for each
// branch, and what all branches share in the middle. From the room there is.

const HEAD = 46; // two lines of type above a point's maps
const TILE_GAP = 3;
const COLUMN_GAP = 13; // where the wires run
const LANE_GAP = 14;
const THIN_LANE = 34; // of a shortcut that nothing stands on
const NARROWEST = 52; // with the gap a heading's room
const SMALLEST_TILE = 30;
const LARGEST_TILE = 150;
const COMFORTABLE = 50; // a tile that a pointer finds its cells on
const STRETCH = [1, 1.25, 1.5, 1.8]; // of the height there is, where that makes comfortable tiles

// The longer side of a point's maps: smaller where they have fewer cells, so that it shows.
const tileSide = (tap, first, side) => {
  const share = Math.max(tap.rows, tap.cols) / Math.max(first.rows, first.cols);
  return Math.max(18, side * Math.max(0.6, Math.min(1, share)));
};

function tileSize(tap, first, side) {
  const longest = tileSide(tap, first, side);
  const most = Math.max(tap.rows, tap.cols);
  return { width: (longest * tap.cols) / most, height: (longest * tap.rows) / most };
}

// A point's card with so many maps side by side.
function cardOf(tap, tile, across) {
  const down = Math.ceil(tap.channels / across);
  return {
    tile,
    across,
    width: across * (tile.width + TILE_GAP) - TILE_GAP,
    height: HEAD + down * (tile.height + TILE_GAP) - TILE_GAP,
  };
}

// As few maps side by side as the height allows; null where it allows none.
function fitCard(tap, tile, high) {
  for (let across = 1; across <= tap.channels; across++) {
    const card = cardOf(tap, tile, across);
    if (card.height <= high) return card;
  }
  return null;
}

const lanesOf = (taps) => 1 + Math.max(0, ...taps.flatMap(({ lane, lanes }) => [lane ?? 0, ...lanes.map((l) => l ?? 0)]));

function cardsFor(taps, side, height) {
  const lanes = lanesOf(taps);
  const thick = new Set(taps.map(({ lane }) => lane).filter((lane) => lane !== null)).size || 1;
  const each = (height - (lanes - thick) * THIN_LANE - LANE_GAP * (lanes - 1)) / thick;
  return taps.map((tap) => fitCard(tap, tileSize(tap, taps[0], side), tap.lane === null ? height : each));
}

function columnsOf(taps, cards) {
  const widths = [];
  taps.forEach(({ column }, t) => (widths[column] = Math.max(widths[column] ?? NARROWEST, cards[t].width)));
  return widths;
}

const total = (numbers, gap) => numbers.reduce((sum, n) => sum + n, 0) + gap * (numbers.length - 1);

// Places of all points: {width, height, cards: [{x, y, width, height, tile, across}], laneY}.
function layOutBlock(taps, space) {
  let best = null;
  for (const stretch of STRETCH) {
    const found = largestCards(taps, space.width, stretch * space.height);
    if (found && found.side > (best?.side ?? 0)) best = found;
    if (best?.side >= COMFORTABLE) break;
  }
  if (best) return placed(taps, best.cards, space);
  // it has to be scrolled then
  const tiles = taps.map((tap) => tileSize(tap, taps[0], COMFORTABLE));
  const cards = taps.map((tap, t) => cardOf(tap, tiles[t], tap.channels > 6 ? 2 : 1));
  return placed(taps, cards, space);
}

// The largest tiles that fit into so much room; null where none do.
function largestCards(taps, width, height) {
  for (let side = LARGEST_TILE; side >= SMALLEST_TILE; side -= 2) {
    const cards = cardsFor(taps, side, height);
    if (!cards.includes(null) && total(columnsOf(taps, cards), COLUMN_GAP) <= width) return { side, cards };
  }
  return null;
}

function placed(taps, cards, space) {
  const widths = columnsOf(taps, cards);
  const spare = Math.max(0, space.width - total(widths, COLUMN_GAP));
  const gap = COLUMN_GAP + Math.min(40, spare / Math.max(1, widths.length - 1));
  const lanes = Array(lanesOf(taps)).fill(THIN_LANE);
  taps.forEach(({ lane }, t) => {
    if (lane !== null) lanes[lane] = Math.max(lanes[lane], cards[t].height);
  });
  const tallest = Math.max(...taps.map(({ lane }, t) => (lane === null ? cards[t].height : 0)));
  const height = Math.max(total(lanes, LANE_GAP), tallest);
  const top = (height - total(lanes, LANE_GAP)) / 2;
  const laneY = lanes.map((high, l) => top + total(lanes.slice(0, l + 1), LANE_GAP) - high / 2);
  const width = total(widths, gap);
  const left = Math.max(0, (space.width - width) / 2);
  const x = widths.map((wide, c) => left + total(widths.slice(0, c + 1), gap) - wide / 2);
  return {
    width: Math.max(width, space.width),
    height,
    laneY,
    gap,
    cards: taps.map(({ lane, column }, t) => ({
      ...cards[t],
      x: x[column],
      y: lane === null ? height / 2 : laneY[lane],
      room: widths[column],
    })),
  };
}
