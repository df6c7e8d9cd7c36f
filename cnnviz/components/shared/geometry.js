// Which cells a step reads and which steps a cell feeds. The same few lines as `Axis` in
// cnnviz/ops/windows.py, against which tests/e2e/test_geometry.py holds them.
// An axis is {k, s, p, d, o}: kernel_size, stride, padding, dilation, and the output's size, which
// Python says.

const taps = (axis, o) => Array.from({ length: axis.k }, (_, j) => o * axis.s - axis.p + j * axis.d);

function feeds(axis, i) {
  const outputs = [];
  for (let j = axis.k - 1; j >= 0; j--) {
    const start = i + axis.p - axis.d * j;
    const o = start / axis.s;
    if (start % axis.s === 0 && o >= 0 && o < axis.o) outputs.push(o);
  }
  return outputs;
}

// Every coordinate that kernel cell j is multiplied with, over all outputs.
const everRead = (axis, j) => Array.from({ length: axis.o }, (_, o) => o * axis.s - axis.p + j * axis.d);

const cross = (rows, cols) => rows.flatMap((r) => cols.map((c) => [r, c]));
