// First, back, play, forward, last, a slider, a speed and the keyboard: for anything that steps.

const ICONS = {
  first: "M7 6v12M18 6l-8 6 8 6z",
  back: "M16 6l-8 6 8 6z",
  play: "M8 5l11 7-11 7z",
  pause: "M9 5v14M15 5v14",
  forward: "M8 6l8 6-8 6z",
  last: "M17 6v12M6 6l8 6-8 6z",
};
const SPEEDS = [1, 2, 5, 20, 60, 300]; // steps a second
const LONGEST_PLAY = 30; // seconds; the default speed gets a long walk done in that

const icon = (name) =>
  `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="currentColor" ` +
  `stroke="currentColor" stroke-width="2" stroke-linejoin="round"><path d="${ICONS[name]}"/></svg>`;

class Transport {
  // `onStep(index)` is called for every move, `onRest(index)` when it comes to rest. The reader
  // counts from `first`.
  constructor(element, { onStep, onRest, first = 1 }) {
    this.element = element;
    this.first = first;
    this.onStep = onStep;
    this.onRest = onRest;
    this.count = 1;
    this.index = 0;
    this.playing = false;
    this.speed = null;
    this.slider = element.querySelector("input");
    this.select = element.querySelector("select");
    this.where = element.querySelector(".where");
    element.addEventListener("click", (event) => this.click(event));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value) - 1));
    this.select.addEventListener("change", () => (this.speed = Number(this.select.value)));
  }

  static markup() {
    const button = (act) => `<button type="button" data-act="${act}">${icon(act)}</button>`;
    return (
      `${button("first")}${button("back")}` +
      `<button type="button" data-act="play" class="primary">${icon("play")}<span></span></button>` +
      `${button("forward")}${button("last")}` +
      `<input type="range" min="1" step="1"><span class="where"></span><select></select>` +
      `<span class="keys" aria-hidden="true"><kbd>←</kbd><kbd>→</kbd><kbd></kbd></span>`
    );
  }

  setStrings(strings) {
    this.strings = strings;
    for (const button of this.element.querySelectorAll("button")) {
      if (button.dataset.act !== "play") this.name(button, strings[button.dataset.act]);
    }
    this.slider.setAttribute("aria-label", strings.step);
    this.select.setAttribute("aria-label", strings.speed);
    this.select.title = strings.speed;
    this.select.replaceChildren(
      ...SPEEDS.map((speed) => new Option(fill(strings.per_second, { n: speed }), speed)),
    );
    this.element.querySelector(".keys kbd:last-child").textContent = strings.space;
    this.showPlaying();
  }

  name(button, label) {
    button.setAttribute("aria-label", label);
    button.title = label;
  }

  // Another walk: so many steps, standing at `index`; a play in progress goes on.
  restart(count, index) {
    this.count = count;
    this.index = Math.min(index, count - 1);
    this.slider.max = count;
    this.showSpeed();
    this.show();
  }

  rate() {
    return this.speed ?? SPEEDS.find((speed) => this.count / speed <= LONGEST_PLAY) ?? SPEEDS.at(-1);
  }

  showSpeed() {
    this.select.value = this.rate();
  }

  show() {
    this.slider.value = this.index + 1;
    const share = this.count > 1 ? this.index / (this.count - 1) : 1;
    this.slider.style.setProperty("--share", `${share * 100}%`);
    const place = { i: this.index + this.first, n: this.count - 1 + this.first };
    this.where.textContent = fill(this.strings.where, place);
    this.slider.setAttribute("aria-valuetext", this.where.textContent);
  }

  showPlaying() {
    const button = this.element.querySelector("[data-act=play]");
    const label = this.playing ? this.strings.pause : this.strings.play;
    button.querySelector("svg").outerHTML = icon(this.playing ? "pause" : "play");
    button.querySelector("span").textContent = label;
    this.name(button, label);
  }

  click(event) {
    const act = event.target.closest("button")?.dataset.act;
    if (act) this.act(act);
  }

  act(act) {
    if (act === "play") return this.toggle();
    const target = { first: 0, back: this.index - 1, forward: this.index + 1, last: this.count - 1 };
    this.go(target[act]);
  }

  // A move by hand: playing stops.
  go(index) {
    this.pause();
    this.move(index);
    this.onRest(this.index);
  }

  move(index) {
    this.index = Math.max(0, Math.min(this.count - 1, index));
    this.show();
    this.onStep(this.index);
  }

  toggle() {
    if (this.playing) return this.pause();
    if (this.index === this.count - 1) this.move(0);
    this.playing = true;
    this.showPlaying();
    let due = 0;
    let before = null;
    const frame = (now) => {
      due += ((now - (before ?? now)) / 1000) * this.rate();
      before = now;
      const steps = Math.floor(due);
      due -= steps;
      if (steps) this.move(this.index + steps);
      if (this.index >= this.count - 1) return this.pause();
      this.next = requestAnimationFrame(frame);
    };
    this.next = requestAnimationFrame(frame);
  }

  pause() {
    if (!this.playing) return;
    cancelAnimationFrame(this.next); // or a quick Play would have two of them running
    this.playing = false;
    this.showPlaying();
    this.onRest(this.index);
  }

  // ← → space Home End, unless the key belongs to a control that has the focus.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = event.composedPath()[0];
    if (focus.matches?.("input, select, textarea, [contenteditable]")) return;
    if (event.key === " " && focus.closest?.("button, a, [role=button], [role=tab]")) return;
    const acts = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last", " ": "play" };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    if (!(act === "play" && event.repeat)) this.act(act);
  }
}
