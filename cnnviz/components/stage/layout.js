// How large a cell is: from the room there is, never from the settings, so that nothing jumps.

const NUMBERS_UP_TO = 16; // sides of a grid that still shows numbers
const SMALLEST_NUMBER_CELL = 17;
const CHARACTER = 5.4; // width of the smallest type, in pixels
const TITLE = 34; // height of a plane's heading
const SIGN = 36; // width of ⋆ and =
const NARROW_SIGN = 24;

const room = (plane) => ({ rows: plane.rows + 2 * (plane.pad?.[0] ?? 0), cols: plane.cols + 2 * (plane.pad?.[1] ?? 0) });

// plan: {input, kernel, output}: {rows, cols, pad, planes}; space: {width, height, narrow, most, middle};
// `characters()` counts what the numbers need at least.
// Returns how large a cell is in each column, and whether the planes show numbers. Numbers that
// do not fit become pixels, and then a lens shows the numbers of the window.
function layOut(plan, space, characters) {
  const stacks = Object.fromEntries(
    ["input", "kernel", "output"].map((name) => [name, { ...room(plan[name]), planes: plan[name].planes }]),
  );
  const cell = Math.floor(space.narrow ? narrowCell(stacks, space) : wideCell(stacks, space));
  const small = Math.max(plan.input.rows, plan.input.cols) <= NUMBERS_UP_TO;
  if (small && cell >= Math.max(SMALLEST_NUMBER_CELL, 4 + CHARACTER * characters())) {
    return { numbers: true, input: cell, kernel: cell, output: cell, lens: 0 };
  }
  const size = space.narrow ? narrowPixels(stacks, space) : widePixels(stacks, space);
  const kernel = Math.max(1, Math.floor(size.kernel));
  return { numbers: false, input: snap(size.input), kernel, output: snap(size.output), lens: kernel };
}

function wideCell({ input, kernel, output }, { width, height, most, middle }) {
  const free = width - 2 * SIGN;
  const even = free / (input.cols + kernel.cols + output.cols);
  // the kernel's heading may be wider than the kernel
  const wide = even * kernel.cols < middle ? (free - middle) / (input.cols + output.cols) : even;
  const rows = Math.max(...[input, kernel, output].map((stack) => stack.rows * stack.planes));
  return Math.min(wide, (height - TITLE) / rows, most);
}

// On a phone the input stands above the kernel and the output.
function narrowCell({ input, kernel, output }, { width, most }) {
  return Math.min(width / input.cols, (width - NARROW_SIGN) / (kernel.cols + output.cols), most);
}

// Input and output are drawn to one scale, the lens and the kernel one above the other between.
function widePixels({ input, kernel, output }, { width, height, most, middle }) {
  const tall = (height - 2 * TITLE - 8) / (2 * kernel.rows * kernel.planes);
  const cell = Math.min((0.26 * width) / kernel.cols, tall, 0.9 * most);
  const side = (width - 2 * SIGN - Math.max(cell * kernel.cols, middle)) / 2;
  const limit = Math.min(...[input, output].map((stack) => (height - TITLE) / (stack.rows * stack.planes)));
  const pixel = Math.min(side / Math.max(input.cols, output.cols), limit);
  return { input: pixel, kernel: cell, output: pixel };
}

// On a phone lens, kernel and output share the row below the input.
function narrowPixels({ input, kernel, output }, { width, height }) {
  const third = (width - NARROW_SIGN - 16) / 3;
  const pixel = Math.min(width / input.cols, (height - TITLE) / input.rows);
  return { input: pixel, kernel: third / Math.max(kernel.cols, kernel.rows), output: third / Math.max(output.cols, output.rows) };
}

// Whole pixels where there is room, so that every cell is equally large.
const snap = (pixel) => (pixel >= 2 ? Math.floor(pixel) : Math.max(0.25, pixel));
