// How large the planes are: all on one row if there is room, else on several, none too small to
// be pointed at. From the room there is and the layers' sizes.

const GAP = 26; // between planes, where the lines run
const HEADING = 48; // two lines of type above a plane
const NARROWEST = 104; // a heading's room
const SMALLEST_SIDE = 40;
const ROW_GAP = 13;
const WORTH_A_ROW = 1.3;

const fullSide = ({ rows, cols, margin }) => Math.max(rows, cols) + 2 * margin;

// Deep planes are smaller, but not as much as they have fewer cells.
const weightOf = (plane, first) => Math.max(0.5, Math.min(1, Math.sqrt(fullSide(plane) / fullSide(first))));

// Pixels of one cell of every plane.
function cellSizes(planes, side) {
  return planes.map((plane) => Math.max(SMALLEST_SIDE, side * weightOf(plane, planes[0])) / fullSide(plane));
}

const widthOf = (plane, pixel) => Math.max(NARROWEST, (plane.cols + 2 * plane.margin) * pixel);
const heightOf = (plane, pixel) => (plane.rows + 2 * plane.margin) * pixel + HEADING;

// The planes' numbers in rows of about the same width.
function intoRows(planes, pixels, count) {
  const widths = planes.map((plane, i) => widthOf(plane, pixels[i]) + GAP);
  const target = sum(widths) / count;
  const rows = Array.from({ length: count }, () => []);
  let used = 0;
  widths.forEach((width, i) => {
    rows[Math.min(count - 1, Math.floor((used + width / 2) / target))].push(i);
    used += width;
  });
  return rows.filter((row) => row.length);
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function heightOfRows(planes, pixels, rows) {
  const high = rows.map((row) => Math.max(...row.map((i) => heightOf(planes[i], pixels[i]))));
  return sum(high) + ROW_GAP * (rows.length - 1);
}

function fits(planes, pixels, rows, { width, height }) {
  const wide = rows.map((row) => sum(row.map((i) => widthOf(planes[i], pixels[i]))) + GAP * (row.length - 1));
  return Math.max(...wide) <= width && heightOfRows(planes, pixels, rows) <= height;
}

// Pixels of one cell of every plane, and which planes stand in which row. One row more has to
// make the planes a good deal larger: the lines between planes end with their row.
function layOutPlanes(planes, space) {
  let best = null;
  for (let count = 1; count <= planes.length; count++) {
    for (let side = Math.min(space.most, space.width); side >= SMALLEST_SIDE; side -= 4) {
      const pixels = cellSizes(planes, side);
      const rows = intoRows(planes, pixels, count);
      if (!fits(planes, pixels, rows, space)) continue;
      if (!best || side > WORTH_A_ROW * best.side) best = { side, pixels, rows };
      break;
    }
  }
  if (best) return best;
  const pixels = cellSizes(planes, SMALLEST_SIDE);
  return { pixels, rows: intoRows(planes, pixels, Math.ceil(planes.length / 2)) };
}
