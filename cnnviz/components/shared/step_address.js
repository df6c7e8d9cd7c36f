// The step on view, in the page's address: a copied or reloaded link shows it again.

class StepAddress {
  // `read()` gives the step, counted from 1; null for the one that needs no mention, undefined
  // where the address is another's.
  constructor(read, signal) {
    this.read = read;
    this.signal = signal;
    document.addEventListener("cnnviz:write-address", () => this.write(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.due));
  }

  // Once the steps have come to rest; not any more where the page was left.
  soon() {
    clearTimeout(this.due);
    if (this.signal.aborted) return;
    this.due = setTimeout(() => this.write(), 250);
  }

  write() {
    clearTimeout(this.due);
    const step = this.read();
    if (step === undefined) return;
    const url = new URL(location.href);
    if (step === null) url.searchParams.delete("step");
    else url.searchParams.set("step", step);
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }
}
