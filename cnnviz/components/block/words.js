// What is said of the point in hand: the arithmetic of one cell.

function sentenceOf(model, look) {
  const { strings } = model.meta;
  const tap = model.taps[look.tap];
  const value = short(model.valueAt(look));
  const who = {
    name: tap.name,
    c: look.map + 1,
    n: tap.channels,
    row: look.cell[0] + 1,
    col: look.cell[1] + 1,
    rows: tap.rows,
    cols: tap.cols,
    value,
  };
  const read = tap.inputs.map((i) => ({ ...look, tap: i }));
  if (tap.kind === "input") return fill(strings.said_input, who);
  if (tap.kind === "relu") return fill(strings.said_relu, { ...who, before: short(model.valueAt(read[0])) });
  if (tap.kind === "bn") return fill(strings.said_bn, { ...who, before: short(model.valueAt(read[0])), ...normAt(tap.norm, look.map) });
  if (tap.kind === "add") {
    const [main, shortcut] = read.map((at) => model.valueAt(at));
    return fill(strings.said_add, { ...who, main: short(main), shortcut: inProduct(shortcut) });
  }
  const [{ tap: from, maps }] = model.readsOf(look.tap, look.map);
  const source = model.taps[from].name;
  if (tap.kind === "concat") return fill(strings.said_concat, { ...who, source, k: maps[0] + 1 });
  const size = tap.window.map(({ k }) => k).join(" × ");
  return fill(tap.kind === "conv" ? strings.said_conv : strings.said_pool, { ...who, source, size, m: maps.length });
}

const normAt = ({ mean, std, gamma, beta }, map) => ({
  mean: inProduct(mean[map]),
  std: short(std[map]),
  gamma: short(gamma[map]),
  beta: inProduct(beta[map]),
});
