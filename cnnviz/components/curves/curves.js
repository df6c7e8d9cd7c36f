// Loss and accuracy of runs while they train. Switches and reading act here alone; a new point
// changes neither.

const kept = (window.cnnvizCurves ??= new Map()); // key → switches, while another page is open
const KINDS = ["training", "validation"];
const USUAL = 0.6; // of the smoothing: small batches are noisy
const LEAP = 10; // points, with Shift

// as Python rounds: 77.25 to the even digit; and 0.5905, which comes with seven, not as 0.59049999
const TENTHS = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  roundingMode: "halfEven",
});
const percent = (share) => `${TENTHS.format(100 * Number(share.toPrecision(7)))}%`;

class Curves {
  constructor(root, { meta }) {
    this.find = (selector) => root.querySelector(selector);
    this.section = this.find(".curves");
    this.panels = [
      new Panel(this.find(".loss svg"), LOSS, (value) => short(value, 3)),
      new Panel(this.find(".accuracy svg"), ACCURACY, (value) => `${Math.round(100 * value)}%`),
    ];
    this.key = meta.key;
    this.switches = kept.get(meta.key) ?? { training: true, validation: true, log: false, keep: USUAL };
    this.at = null; // the epoch that is read, null for the latest
    this.told = ""; // the test that was said last
    this.stop = new AbortController();
    const { signal } = this.stop;
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(this.find(".panels"));
    signal.addEventListener("abort", () => observer.disconnect());
    for (const button of root.querySelectorAll("[data-switch]")) {
      button.addEventListener("click", () => this.toggle(button.dataset.switch), { signal });
    }
    this.find("input").addEventListener("input", (event) => this.smooth(Number(event.target.value)), { signal });
    for (const panel of this.panels) {
      panel.svg.addEventListener("pointermove", (event) => this.point(panel, event), { signal });
      panel.svg.addEventListener("pointerdown", (event) => this.point(panel, event), { signal });
      panel.svg.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.read(null), { signal });
    }
    this.find(".panels").addEventListener("keydown", (event) => this.press(event), { signal });
    this.find(".panels").addEventListener("blur", () => this.read(null), { signal });
  }

  destroy() {
    this.stop.abort();
    kept.set(this.key, this.switches);
  }

  // ---- what Python sent

  update({ meta, training, validation }) {
    this.strings = meta.strings;
    this.section.classList.toggle("classroom", meta.classroom);
    this.section.classList.toggle("several", meta.runs.length > 1);
    this.runs = meta.runs.map((run, i) => new Run(run, decodeFloats(training[i]), decodeFloats(validation[i])));
    this.name();
    this.build();
    this.draw();
    this.tell();
  }

  name() {
    const { strings } = this;
    this.section.setAttribute("aria-label", strings.label);
    this.find(".switches").setAttribute("aria-label", strings.switches);
    this.find(".loss h3").textContent = strings.loss;
    this.find(".accuracy h3").textContent = strings.accuracy;
    for (const name of [...KINDS, "log"]) this.find(`[data-switch="${name}"]`).textContent = strings[name];
    this.find(".smoothing").textContent = strings.smoothing;
    this.find(".empty").textContent = this.runs.some((run) => run.training.length) ? "" : strings.empty;
  }

  // The legend, which is also where values are read.
  build() {
    const made = JSON.stringify([this.runs.map((run) => run.name), this.strings.loss]);
    if (made === this.made) return;
    this.made = made;
    this.cells = [];
    this.find(".tables").replaceChildren(...this.runs.map((run, i) => this.table(run, i)));
  }

  table(run, i) {
    const table = document.createElement("table");
    table.className = `run${i}`;
    table.innerHTML = `<caption></caption><thead><tr><td></td><th scope="col"></th><th scope="col"></th></tr></thead><tbody></tbody>`;
    table.caption.textContent = run.name;
    const [loss, accuracy] = table.querySelectorAll("thead th");
    loss.textContent = this.strings.loss;
    accuracy.textContent = this.strings.accuracy;
    this.cells[i] = {};
    for (const kind of KINDS) {
      const row = table.tBodies[0].insertRow();
      row.className = kind;
      row.innerHTML = `<th scope="row"><span class="line" aria-hidden="true"></span><span class="kind"></span></th><td></td><td></td>`;
      row.querySelector(".kind").textContent = this.strings[kind];
      this.cells[i][kind] = row;
    }
    return table;
  }

  // ---- drawing

  draw() {
    if (!this.runs || !this.panels.every((panel) => panel.measure())) return;
    const { keep, log } = this.switches;
    for (const button of this.section.querySelectorAll("[data-switch]")) {
      button.setAttribute("aria-pressed", this.switches[button.dataset.switch]);
    }
    const slider = this.find("input");
    slider.value = keep;
    slider.style.setProperty("--share", `${(100 * keep) / slider.max}%`);
    this.find("output").textContent = short(keep, 2);
    const epochs = Math.max(...this.runs.map((run) => run.epochs));
    const axes = [Axis.ofLosses(this.runs.flatMap((run) => run.values(LOSS)), log), new Axis(0, 1)];
    this.panels.forEach((panel, i) => {
      panel.drawAxes(axes[i], epochs || 1, epochs > 0, this.strings.epochs);
      panel.drawLines(this.runs, this.switches, keep);
    });
    this.show();
  }

  // The points that are read: of training the nearest, of validation the last test by then.
  marks() {
    return this.runs.map((run) =>
      KINDS.filter((kind) => this.switches[kind])
        .map((kind) => ({ kind, points: run[kind], at: this.place(run[kind], kind) }))
        .filter(({ at }) => at >= 0),
    );
  }

  place(points, kind) {
    if (this.at === null) return points.length - 1;
    if (kind === "validation") return points.before(this.at);
    const last = points.length - 1;
    const gap = last > 0 ? points.epoch(last) - points.epoch(last - 1) : 0;
    return last >= 0 && this.at <= points.epoch(last) + gap ? points.nearest(this.at) : -1; // a run may have ended early
  }

  show() {
    const marks = this.marks();
    for (const panel of this.panels) panel.drawCursor(this.at, marks);
    this.find(".where").textContent = this.where();
    marks.forEach((found, i) => {
      for (const kind of KINDS) {
        const row = this.cells[i][kind];
        const mark = found.find((one) => one.kind === kind);
        row.classList.toggle("off", !this.switches[kind]);
        row.cells[1].textContent = mark ? this.lossAt(mark) : "–";
        row.cells[2].textContent = mark ? percent(mark.points.value(mark.at, ACCURACY)) : "–";
        row.querySelector(".kind").textContent =
          kind === "validation" && mark && this.at !== null
            ? fill(this.strings.validation_at, { epoch: short(mark.points.epoch(mark.at), 3) })
            : this.strings[kind];
      }
    });
  }

  lossAt({ points, at }) {
    return short(points.value(at, LOSS));
  }

  where() {
    const { strings } = this;
    if (!this.runs.some((run) => run.training.length)) return "\u00a0"; // keeps its line
    const epoch = this.at ?? Math.max(...this.runs.map(({ training }) => (training.length ? training.epoch(training.length - 1) : 0)));
    const steps = new Set(this.runs.map((run) => run.stepsPerEpoch));
    const values = { epoch: epoch.toFixed(2), step: Math.round(epoch * [...steps][0]) };
    const place = fill(steps.size === 1 ? strings.at_step : strings.at_epoch, values);
    return this.at === null ? fill(strings.latest, { place }) : place;
  }

  // ---- what the reader does

  toggle(name) {
    this.switches = { ...this.switches, [name]: !this.switches[name] };
    this.draw();
  }

  smooth(keep) {
    this.switches = { ...this.switches, keep };
    this.draw();
  }

  // The run whose points the cursor goes along.
  lead() {
    const kind = this.switches.training ? "training" : "validation";
    return this.runs.map((run) => run[kind]).reduce((one, other) => (other.length > one.length ? other : one));
  }

  read(epoch) {
    this.at = epoch;
    if (this.runs) this.show();
  }

  point(panel, event) {
    const lead = this.lead();
    if (!lead.length || !panel.axis) return;
    const pixels = event.clientX - panel.svg.getBoundingClientRect().left;
    this.read(lead.epoch(lead.nearest(panel.epochAt(pixels))));
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const lead = this.lead();
    const last = lead.length - 1;
    const now = this.at === null ? last : lead.nearest(this.at);
    const far = event.shiftKey ? LEAP : 1;
    const places = { ArrowLeft: now - far, ArrowRight: now + far, Home: 0, End: last };
    if (event.key === "Escape") this.read(null);
    else if (event.key in places && last >= 0) this.read(lead.epoch(Math.min(last, Math.max(0, places[event.key]))));
    else return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on a page the arrows may step a walk
    this.say();
  }

  // ---- for who listens

  sentence() {
    const runs = this.marks().map((found, i) =>
      found
        .map((mark) =>
          fill(this.strings.sentence, {
            run: this.runs.length > 1 ? `${this.runs[i].name}, ` : "",
            kind: this.strings[mark.kind],
            loss: this.lossAt(mark),
            accuracy: percent(mark.points.value(mark.at, ACCURACY)),
          }),
        )
        .join(" "),
    );
    return [`${this.where()}.`, ...runs].join(" ");
  }

  say() {
    this.find(".live").textContent = this.sentence();
  }

  // The latest values belong to the picture's name; they are said aloud once an epoch.
  tell() {
    const empty = !this.runs.some((run) => run.training.length);
    this.find(".panels").setAttribute("aria-label", empty ? this.strings.empty : `${this.strings.keys} ${this.sentence()}`);
    const tests = this.runs.map((run) => run.validation.length).join();
    if (tests !== this.told && this.told && this.at === null) this.say();
    this.told = tests;
  }
}

export default mount((root, data) => new Curves(root, data));
