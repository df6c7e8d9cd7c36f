// Axes that move seldom: their ends are round numbers just beyond the data.

const ROUND_ENDS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const ROUND_STEPS = [1, 2, 5, 10];
const LEAST_SPAN = 0.001; // of an axis of losses: below, there is nothing to see but rounding

const power = (value) => 10 ** Math.floor(Math.log10(value));
const clean = (value) => Number(value.toPrecision(12)); // 0.3, not 0.30000000000000004

function roundAbove(value) {
  const unit = power(value);
  return clean(unit * ROUND_ENDS.find((end) => value <= end * unit * (1 + 1e-9)));
}

function roundBelow(value) {
  const unit = power(value);
  return clean(unit * ROUND_STEPS.findLast((end) => value >= end * unit * (1 - 1e-9)));
}

// Round numbers from low to high, at most so many; whole ones where `whole`.
function linearTicks(low, high, most, whole = false) {
  const rough = Math.max((high - low) / Math.max(1, most - 1), 1e-12);
  const unit = power(rough);
  let step = unit * ROUND_STEPS.find((end) => rough <= end * unit * (1 + 1e-9));
  if (whole) step = Math.max(1, Math.round(step));
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) ticks.push(clean(i * step));
  return ticks;
}

// 1, 2 and 5 of every power of ten; where these are too many, 1 alone.
function logTicks(low, high, most) {
  for (const ends of [[1, 2, 5], [1]]) {
    const ticks = [];
    for (let unit = power(low); unit <= high * (1 + 1e-9); unit *= 10) {
      for (const end of ends) {
        const tick = clean(end * unit);
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
      }
    }
    if (ticks.length <= most || ends.length === 1) return ticks;
  }
}

// An axis of values: `share(value)` is 0 at its low end and 1 at its high one.
class Axis {
  constructor(low, high, log = false) {
    Object.assign(this, { low, high, log });
  }

  // For losses, which are never negative; the numbers of all runs, shown or not.
  static ofLosses(values, log) {
    let [least, most] = [Infinity, 0];
    for (const value of values) {
      if (value > 0 && value < least) least = value;
      if (value > most) most = value;
    }
    const high = roundAbove(Math.max(most || 2.5, LEAST_SPAN));
    if (!log) return new Axis(0, high);
    const low = roundBelow(Math.max(Math.min(least, high / 10), high * 1e-8));
    return new Axis(low, high, true);
  }

  share(value) {
    if (!this.log) return (value - this.low) / (this.high - this.low);
    return Math.log(Math.max(value, this.low) / this.low) / Math.log(this.high / this.low);
  }

  ticks(most) {
    return this.log ? logTicks(this.low, this.high, most) : linearTicks(this.low, this.high, most);
  }
}
