// How large a cell is: from the room there is, never from the settings, so that nothing jumps.

const NUMBERS_UP_TO = 16; // sides of a grid that still shows numbers
const SMALLEST_NUMBER_CELL = 19;
const TITLE = 34; // height of a plane's heading
const SIGN = 44; // width of × and =

const room = (plane) => ({ rows: plane.rows + 2 * (plane.pad?.[0] ?? 0), cols: plane.cols + 2 * (plane.pad?.[1] ?? 0) });

// plan: {input, kernel, output}: {rows, cols, pad, planes}; space: {width, height, narrow, most}.
// Returns the cell size and kind of each column, and the lens's where there is one.
function layOut(plan, space) {
  const stacks = ["input", "kernel", "output"].map((name) => ({ ...room(plan[name]), planes: plan[name].planes }));
  const [input, kernel, output] = stacks;
  const small = Math.max(plan.input.rows, plan.input.cols) <= NUMBERS_UP_TO;
  const cell = Math.floor(space.narrow ? narrowCell(stacks, space) : wideCell(stacks, space));
  if (small && cell >= SMALLEST_NUMBER_CELL) {
    return { numbers: true, input: cell, kernel: cell, output: cell, lens: 0 };
  }
  const middle = Math.min(space.narrow ? space.width * 0.4 : space.width * 0.24, 300);
  const side = space.narrow ? space.width : (space.width - 2 * SIGN - middle) / 2;
  const heightOf = (stack) => (space.height - TITLE) / (stack.rows * stack.planes);
  const limit = Math.min(heightOf(input), heightOf(output));
  const widest = Math.max(input.cols, space.narrow ? 0 : output.cols);
  const pixel = Math.min(side / widest, limit);
  const outputPixel = space.narrow ? Math.min(pixel, (space.width - middle - SIGN) / output.cols) : pixel;
  const perKernel = Math.min(middle / kernel.cols, (space.height / 2 - TITLE) / (kernel.rows * kernel.planes), 56);
  return { numbers: false, input: snap(pixel), kernel: Math.floor(perKernel), output: snap(outputPixel), lens: Math.floor(perKernel) };
}

function wideCell(stacks, { width, height, most }) {
  const cols = stacks.reduce((sum, stack) => sum + stack.cols, 0);
  const rows = Math.max(...stacks.map((stack) => stack.rows * stack.planes));
  return Math.min((width - 2 * SIGN) / cols, (height - TITLE) / rows, most);
}

// On a phone the input stands above the kernel and the output.
function narrowCell([input, kernel, output], { width, most }) {
  return Math.min(width / input.cols, (width - SIGN) / (kernel.cols + output.cols), most);
}

// Whole pixels where there is room, so that every cell is equally large.
const snap = (pixel) => (pixel >= 2 ? Math.floor(pixel) : Math.max(0.5, pixel));
