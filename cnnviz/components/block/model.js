// A block as Python sent it: its points, their maps, and which cells a cell comes from.
// A look is {tap, map, cell}: a cell of one channel at one point.

const hasWindow = ({ window }) => window !== null;
const isJoin = ({ kind }) => kind === "add" || kind === "concat";

class BlockModel {
  constructor({ meta, maps }) {
    this.meta = meta;
    this.taps = meta.taps;
    this.values = [];
    meta.taps.forEach((tap, t) => this.values.push(this.planes(tap, maps[t])));
    this.ranges = this.values.map(rangeOfAll);
  }

  // A concatenation shows the very planes that it reads.
  planes({ kind, channels, rows, cols, inputs }, text) {
    if (kind === "concat") return inputs.flatMap((i) => this.values[i]);
    const all = decodeFloats(text);
    const size = rows * cols;
    return Array.from({ length: channels }, (_, c) => all.subarray(c * size, (c + 1) * size));
  }

  valueAt({ tap, map, cell: [r, c] }) {
    return this.values[tap][map][r * this.taps[tap].cols + c];
  }

  exists({ tap, map, cell: [r, c] }) {
    const point = this.taps[tap];
    return Boolean(point) && map < point.channels && r < point.rows && c < point.cols;
  }

  // The same place at another point, whose maps may be smaller.
  placeAt(look, tap) {
    const [from, to] = [this.taps[look.tap], this.taps[tap]];
    const along = (i, n, m) => Math.min(m - 1, Math.floor(((i + 0.5) * m) / n));
    return [along(look.cell[0], from.rows, to.rows), along(look.cell[1], from.cols, to.cols)];
  }

  // Which input, by its place among the inputs, a channel of a concatenation is, and which of that
  // one's channels.
  sourceOf({ inputs }, map) {
    let channel = map;
    for (const [n, i] of inputs.entries()) {
      if (channel < this.taps[i].channels) return { n, tap: i, map: channel };
      channel -= this.taps[i].channels;
    }
    return null;
  }

  // What a channel of a point is made of directly: channels of its inputs.
  readsOf(tap, map) {
    const point = this.taps[tap];
    if (point.kind === "concat") {
      const source = this.sourceOf(point, map);
      return [{ tap: source.tap, maps: [source.map] }];
    }
    const [from, to] = point.reads?.[map] ?? [map, map + 1];
    const maps = Array.from({ length: to - from }, (_, i) => from + i);
    return point.inputs.map((i) => ({ tap: i, maps }));
  }

  // The block of cells that a cell reads directly: [first, last] of rows and of columns.
  spansBefore({ window }, spans) {
    if (!window) return spans;
    return spans.map(([first, last], i) => {
      const axis = window[i];
      return [first * axis.s - axis.p, last * axis.s - axis.p + (axis.k - 1) * axis.d];
    });
  }

  // All that a cell comes from, as tap → {maps, spans}; the look's own point is in it.
  originsOf({ tap, map, cell }) {
    const found = new Map([[tap, { maps: new Set([map]), spans: cell.map((i) => [i, i]) }]]);
    for (let t = tap; t > 0; t--) {
      const here = found.get(t);
      if (!here) continue;
      const spans = this.spansBefore(this.taps[t], here.spans);
      for (const m of here.maps) {
        for (const { tap: before, maps } of this.readsOf(t, m)) this.join(found, before, maps, spans);
      }
    }
    return found;
  }

  join(found, tap, maps, spans) {
    const there = found.get(tap);
    if (!there) {
      found.set(tap, { maps: new Set(maps), spans });
      return;
    }
    maps.forEach((map) => there.maps.add(map));
    there.spans = there.spans.map(([first, last], i) => [Math.min(first, spans[i][0]), Math.max(last, spans[i][1])]);
  }

  // Which channels of a point a step shows: all up to the step's own channel, or none yet.
  known(tap, index) {
    const [now, channel] = this.meta.steps[index];
    if (tap > now) return 0;
    return tap === now && channel >= 0 ? channel + 1 : this.taps[tap].channels;
  }
}

const BRIGHT = 0.99; // of a point's values; the few beyond have the strongest colour as well

// One scale for all channels of a point, so that they can be compared.
function rangeOfAll(planes) {
  const sizes = Float32Array.from(planes.flatMap((plane) => Array.from(plane, Math.abs))).sort();
  const low = Math.min(...planes.map((plane) => rangeOf(plane).low));
  return { low, most: sizes[Math.floor(BRIGHT * (sizes.length - 1))] || sizes.at(-1) || 1 };
}
