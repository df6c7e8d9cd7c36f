// Where the points of a block stand: columns in the order of the computation, a lane for each
// branch, and what all branches share in the middle. From the room there is.

const HEAD = 46; // two lines of type above a point's maps
const TILE_GAP = 3;
const COLUMN_GAP = 18; // where the wires run
const LANE_GAP = 14;
const THIN_LANE = 34; // of a shortcut that nothing stands on
const NARROWEST = 70; // a heading's room
const SMALLEST_TILE = 26;
const LARGEST_TILE = 150;

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
  for (let side = Math.min(LARGEST_TILE, space.height - HEAD); side >= SMALLEST_TILE; side -= 2) {
    const cards = cardsFor(taps, side, space.height);
    if (cards.includes(null)) continue;
    if (total(columnsOf(taps, cards), COLUMN_GAP) <= space.width) return placed(taps, cards, space);
  }
  // it has to be scrolled then
  const cards = taps.map((tap) => {
    const tile = tileSize(tap, taps[0], space.narrow ? 1.4 * SMALLEST_TILE : SMALLEST_TILE);
    return cardOf(tap, tile, Math.min(tap.channels, tap.channels > 4 ? 2 : 1));
  });
  return placed(taps, cards, space);
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
    cards: taps.map(({ lane, column }, t) => ({
      ...cards[t],
      x: x[column],
      y: lane === null ? height / 2 : laneY[lane],
      room: widths[column],
    })),
  };
}
