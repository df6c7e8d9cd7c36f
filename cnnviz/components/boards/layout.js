// How large cells are: from the room there is and the boards' sides, never from their numbers alone,
// so that nothing jumps.

const SMALLEST_NUMBER_CELL = 17;
const CHARACTER = 5.4; // width of the smallest type, in pixels
const MOST_NUMBERS = 1500; // cells of a board that the page can hold as elements
const LEAST_SHARE = 0.4; // of the longest board's length that a small board has at least
const SIGN = 30; // width of ⋆ and =
const BELOW = 30; // height of the heading of a board below another
const GAP = 14; // between boards without a sign
const LINES = 9; // that are seen at once, where nothing beside them is higher

// views: [[board, ...], ...], a board {rows, cols, code, before, below, titleWidth (px), chars};
// space: {width, height: of all cells together, columns, most, narrow, line, even: one cell for all}.
// Gives each board its `cell` in pixels, `numbers` (or pixels), and the `height` that there is for it.
function layOut(views, space) {
  const stacked = Array.from({ length: Math.ceil(views.length / space.columns) }, (_, row) =>
    views.slice(row * space.columns, (row + 1) * space.columns),
  );
  const size = (unit) =>
    stacked.map((row) => {
      const heights = row.map((view) => (isCode(view) ? 0 : sizeView(view, space, unit)));
      const code = row.filter(isCode).map((view) => Math.min(LINES, view[0].rows) * space.line);
      return Math.max(...heights, ...code);
    });
  const total = (unit) => size(unit).reduce((sum, height) => sum + height, 0);
  // the more rows a view has the higher it is, but not in proportion: the small ones stay legible
  const unit = largest((unit) => total(unit) <= space.height, 4, 400);
  const heights = size(unit);
  if (space.even) even(views.flat());
  stacked.forEach((row, i) => row.flat().forEach((board) => (board.height = heights[i])));
}

const isCode = (view) => view.every((board) => board.code);

function even(boards) {
  const cell = Math.min(...boards.map((board) => board.cell));
  for (const board of boards) Object.assign(board, { cell, numbers: holdsNumbers(board, Math.floor(cell)) });
}

// Sizes a view's boards; returns its height.
function sizeView(view, space, unit) {
  const stacks = stacksOf(view.filter((board) => !board.code));
  const grids = stacks.flat();
  const rows = Math.max(...stacks.map((stack) => stack.reduce((sum, board) => sum + board.rows, 0)));
  const signs = stacks.slice(1).reduce((sum, [board]) => sum + (board.before ? SIGN : GAP), 0);
  const limit = Math.min(unit / Math.sqrt(rows), space.most);
  const width = space.narrow ? space.width : space.width - signs;
  const sized = (share) => largest((cell) => widthOf(stacks, cell, share, space.narrow) <= width, 0, limit);
  const even = Math.floor(sized(0));
  const numbers = grids.every((board) => holdsNumbers(board, even));
  const shared = numbers ? even : sized(LEAST_SHARE);
  for (const board of grids) {
    const cell = numbers ? even : snap(Math.min(space.most, grown(board, grids, shared, LEAST_SHARE)));
    board.numbers = holdsNumbers(board, Math.floor(cell));
    board.cell = board.numbers ? Math.floor(cell) : cell;
  }
  const heights = stacks.map((stack) => stack.reduce((sum, board) => sum + board.rows * board.cell + BELOW, -BELOW));
  return Math.max(...heights);
}

// A board that is `below` stands under the one before it.
function stacksOf(view) {
  const stacks = [];
  for (const board of view) {
    if (board.below && stacks.length) stacks.at(-1).push(board);
    else stacks.push([board]);
  }
  return stacks;
}

// A board's cell where the others have this one: larger, if it would be a speck among them.
function grown(board, grids, cell, share) {
  const longest = Math.max(...grids.map(sideOf)) * cell;
  return Math.max(cell, (share * longest) / sideOf(board));
}

const sideOf = (board) => Math.max(board.rows, board.cols);

function widthOf(stacks, cell, share, narrow) {
  const grids = stacks.flat();
  const widths = stacks.map((stack) => {
    const boards = stack.map((board) => board.cols * grown(board, grids, cell, share));
    return narrow ? Math.max(...boards) : Math.max(...boards, ...stack.map((board) => board.titleWidth));
  });
  // on a phone boards wrap, so each has the whole width
  return narrow ? Math.max(...widths) : widths.reduce((sum, width) => sum + width);
}

function holdsNumbers(board, cell) {
  if (board.rows * board.cols > MOST_NUMBERS) return false;
  return cell >= Math.max(SMALLEST_NUMBER_CELL, 4 + CHARACTER * board.chars);
}

// Whole pixels where there is room, so that every cell is equally large.
const snap = (cell) => (cell >= 2 ? Math.floor(cell) : Math.max(0.25, cell));

// The largest number up to `high` that fits, or `low`.
function largest(fits, low, high) {
  if (fits(high)) return high;
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
