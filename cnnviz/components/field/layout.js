// How large the planes are: all on one row if there is room, else on several, none too small to
// be pointed at. From the room there is and the layers' sizes.

const GAP = 26; // between planes, where the lines run
const HEADING = 48; // two lines of type above a plane
const NARROWEST = 104; // a heading's room
const SMALLEST_SIDE = 40;

const fullSide = ({ rows, cols, margin }) => Math.max(rows, cols) + 2 * margin;

// Deep planes are smaller, but not as much as they have fewer cells.
const weightOf = (plane, first) => Math.max(0.5, Math.min(1, Math.sqrt(fullSide(plane) / fullSide(first))));

// Pixels of one cell of every plane; whole ones where there is room.
function cellSizes(planes, side) {
  return planes.map((plane) => {
    const pixel = Math.max(SMALLEST_SIDE, side * weightOf(plane, planes[0])) / fullSide(plane);
    return pixel >= 3 ? Math.floor(pixel) : pixel;
  });
}

// Heights of the rows that planes of these sizes make in this width.
function rowsOf(planes, pixels, width) {
  const rows = [];
  let used = Infinity;
  planes.forEach((plane, i) => {
    const own = Math.max(NARROWEST, (plane.cols + 2 * plane.margin) * pixels[i]);
    const high = (plane.rows + 2 * plane.margin) * pixels[i] + HEADING;
    if (used + GAP + own > width) {
      rows.push(high);
      used = own;
    } else {
      rows[rows.length - 1] = Math.max(rows.at(-1), high);
      used += GAP + own;
    }
  });
  return rows;
}

function layOutPlanes(planes, { width, height, most }) {
  for (let side = Math.min(most, width); side > SMALLEST_SIDE; side -= 4) {
    const pixels = cellSizes(planes, side);
    const rows = rowsOf(planes, pixels, width);
    const wide = Math.max(...planes.map((plane, i) => (plane.cols + 2 * plane.margin) * pixels[i]));
    if (wide <= width && rows.reduce((sum, high) => sum + high + GAP / 2, 0) <= height) return pixels;
  }
  return cellSizes(planes, SMALLEST_SIDE);
}
