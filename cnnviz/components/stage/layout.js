// How large a cell is: from the room there is, never from the settings, so that nothing jumps.

const NUMBERS_UP_TO = 16; // sides of a grid that still shows numbers
const SMALLEST_NUMBER_CELL = 17;
const CHARACTER = 5.4; // width of the smallest type, in pixels
const TITLE = 34; // height of a plane's heading
const TAG = 22; // height of the small name above each of several planes
const BETWEEN = 10; // several planes
const SIGN = 36; // width of ⋆ and =
const NARROW_SIGN = 24;

const room = ({ rows, cols, pad = [[0, 0], [0, 0]] }) => ({
  rows: rows + pad[0][0] + pad[0][1],
  cols: cols + pad[1][0] + pad[1][1],
});

// plan: {mode, lens, input, kernel, output: {rows, cols, pad, planes}}; space: {width, height, narrow,
// flat, most, middle};
// `characters()` counts what the numbers need at least.
// Returns how large a cell is in each column, how many planes stand side by side in it, and whether
// the planes show numbers. Numbers that do not fit become pixels, and then a lens shows the
// numbers of the window. Pooling has no kernel to show: the lens stands in its place.
function layOut(plan, space, characters) {
  const grids = plan.mode === "paint" ? [plan.input, plan.output] : [plan.input];
  const small = grids.every(({ rows, cols }) => Math.max(rows, cols) <= NUMBERS_UP_TO);
  const across = {};
  const stacks = {};
  for (const name of ["input", "kernel", "output"]) {
    const { planes } = plan[name];
    across[name] = space.narrow ? acrossNarrow(planes) : acrossWide(plan[name], planes, space);
    stacks[name] = stackOf(room(plan[name]), planes, across[name]);
  }
  const cellOf = space.narrow ? narrowCell : space.flat ? flatCell : wideCell;
  const cell = Math.floor(cellOf(stacks, space));
  if (small && cell >= Math.max(SMALLEST_NUMBER_CELL, 4 + CHARACTER * characters())) {
    const size = { input: cell, kernel: cell, output: cell, lens: plan.lens ? cell : 0 };
    return { numbers: true, across, ...size };
  }
  const below = space.narrow || space.flat;
  if (!below) {
    const stack = (across) => stackOf(room(plan.kernel), plan.kernel.planes, across);
    across.kernel = best(plan.kernel.planes, (n) => widePixels({ ...stacks, kernel: stack(n) }, space, plan.lens).kernel);
    stacks.kernel = stack(across.kernel);
  }
  const pixelsOf = below ? narrowPixels : widePixels;
  const size = pixelsOf(stacks, space, plan.lens);
  const kernel = Math.max(1, Math.floor(size.kernel));
  const stacked = space.narrow && severalPlanes(plan);
  return { numbers: false, stacked, across, input: snap(size.input), kernel, output: snap(size.output), lens: kernel };
}

// Planes of one tensor as a block of cells, and the pixels that are between them.
function stackOf({ rows, cols }, planes, across) {
  const down = Math.ceil(planes / across);
  return {
    rows: rows * down,
    cols: cols * across,
    high: planes > 1 ? TAG * down + BETWEEN * (down - 1) : 0,
    wide: BETWEEN * (across - 1),
  };
}

// As many side by side as make the cells largest in a column of a third of the width.
function acrossWide(plane, planes, { width, height }) {
  const { rows, cols } = room(plane);
  const cell = (across) => {
    const down = Math.ceil(planes / across);
    return Math.min((width / 3 - BETWEEN * (across - 1)) / (cols * across), (height - TITLE - (TAG + BETWEEN) * down) / (rows * down));
  };
  return best(planes, cell);
}

// How many of so many planes stand side by side where the cells are largest, rather fewer than more.
function best(planes, cell) {
  const counts = Array.from({ length: planes }, (_, i) => i + 1);
  return counts.reduce((found, across) => (cell(across) > cell(found) * 1.05 ? across : found), 1);
}

const acrossNarrow = (planes) => Math.min(planes, 3);

function wideCell({ input, kernel, output }, { width, height, most, middle }) {
  const free = width - 2 * SIGN - input.wide - kernel.wide - output.wide;
  const even = free / (input.cols + kernel.cols + output.cols);
  // the kernel's heading may be wider than the kernel
  const wide = even * kernel.cols + kernel.wide < middle ? (free + kernel.wide - middle) / (input.cols + output.cols) : even;
  const tall = [input, kernel, output].map((stack) => (height - TITLE - stack.high) / stack.rows);
  return Math.min(wide, ...tall, most);
}

// On a phone the input stands above the kernel and the output.
function narrowCell({ input, kernel, output }, { width, most }) {
  const below = width - NARROW_SIGN - kernel.wide - output.wide;
  return Math.min((width - input.wide) / input.cols, below / (kernel.cols + output.cols), most);
}

// A signal is long: it has the whole width, and below it kernel and output share another row.
function flatCell({ input, kernel, output }, { width, height, most }) {
  const below = (width - 2 * SIGN) / (kernel.cols + output.cols);
  const rows = (height - 2 * TITLE) / (input.rows + Math.max(kernel.rows, output.rows));
  return Math.min(width / input.cols, below, rows, most);
}

// Input and output are drawn to one scale, the lens and the kernel one above the other between.
function widePixels({ input, kernel, output }, { width, height, most, middle }, alone) {
  const share = alone ? 1 : 2;
  const limit = Math.min(...[input, output].map((stack) => (height - TITLE - stack.high) / stack.rows));
  // what input and output leave free where they cannot become any higher
  const free = width - 2 * SIGN - limit * (input.cols + output.cols) - input.wide - output.wide;
  const tall = (height - share * (TITLE + kernel.high) - 8) / (share * kernel.rows);
  const wide = (Math.max(0.26 * width, free) - kernel.wide) / kernel.cols;
  const cell = Math.min(wide, tall, 0.9 * most);
  const taken = Math.max(cell * kernel.cols + kernel.wide, middle) + input.wide + output.wide;
  const side = (width - 2 * SIGN - taken) / 2;
  const pixel = Math.min(side / Math.max(input.cols, output.cols), limit);
  return { input: pixel, kernel: cell, output: pixel };
}

const severalPlanes = ({ input, kernel, output }) => Math.max(input.planes, kernel.planes, output.planes) > 1;

// On a phone lens, kernel and output share the row below the input; of several planes each has a row.
function narrowPixels({ input, kernel, output }, { width, height, most, narrow }, alone) {
  if (narrow && Math.max(input.wide, input.high, kernel.high, output.high) > 0) {
    const fill = (stack, least) => Math.min((width - stack.wide) / stack.cols, least);
    return { input: fill(input, most), kernel: fill(kernel, 0.7 * most), output: fill(output, most) };
  }
  const part = (width - NARROW_SIGN - 16) / (alone ? 2 : 3);
  const pixel = Math.min((width - input.wide) / input.cols, (height - TITLE - input.high) / input.rows);
  return {
    input: pixel,
    kernel: (part - kernel.wide) / Math.max(kernel.cols, kernel.rows),
    output: (part - output.wide) / Math.max(output.cols, output.rows),
  };
}

// Whole pixels where there is room, so that every cell is equally large.
const snap = (pixel) => (pixel >= 2 ? Math.floor(pixel) : Math.max(0.25, pixel));
