// One run's points, as columns, and what is asked of them.

const LOSS = 1;
const ACCURACY = 2;

class Points {
  constructor(rows, stepsPerEpoch) {
    this.rows = rows; // step, loss, accuracy, …
    this.stepsPerEpoch = stepsPerEpoch;
    this.length = rows.length / 3;
  }

  step(i) {
    return this.rows[3 * i];
  }

  epoch(i) {
    return this.rows[3 * i] / this.stepsPerEpoch;
  }

  value(i, column) {
    return this.rows[3 * i + column];
  }

  column(column) {
    return Float64Array.from({ length: this.length }, (_, i) => this.value(i, column));
  }

  // The last point at or before an epoch, -1 for none.
  before(epoch) {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.epoch(middle) <= epoch + 1e-9) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  nearest(epoch) {
    const i = this.before(epoch);
    if (i < 0) return 0;
    return i + 1 < this.length && this.epoch(i + 1) - epoch < epoch - this.epoch(i) ? i + 1 : i;
  }

  // The moving mean that forgets by `keep` a point. Without the correction (as in Adam) it would
  // start at zero.
  smoothed(column, keep) {
    const values = this.column(column);
    if (!keep) return values;
    let [sum, weight] = [0, 0];
    return values.map((value) => {
      sum = keep * sum + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
      return sum / weight;
    });
  }
}

class Run {
  constructor({ name, steps, steps_per_epoch }, training, validation) {
    this.name = name;
    this.training = new Points(training, steps_per_epoch);
    this.validation = new Points(validation, steps_per_epoch);
    const reached = Math.max(this.training.length && this.training.step(this.training.length - 1), steps);
    this.epochs = reached / steps_per_epoch;
    this.stepsPerEpoch = steps_per_epoch;
  }

  values(column) {
    return [this.training, this.validation].flatMap((points) => [...points.column(column)]);
  }
}
