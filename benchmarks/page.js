// Clocks that the benchmark puts into every page that it opens.

window.bench = {
  // Milliseconds from the next event of this type to the frame that shows `element` changed.
  changed(element, type) {
    const before = element.textContent;
    let start;
    const note = (event) => (start ??= event.timeStamp);
    addEventListener(type, note, { capture: true, once: true });
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`nothing changed within 20 s of a ${type}`)), 20_000);
      const observer = new MutationObserver(() => {
        if (start === undefined || element.textContent === before) return;
        observer.disconnect();
        bench.painted(() => resolve(performance.now() - start));
      });
      observer.observe(element, { childList: true, characterData: true, subtree: true });
    });
  },

  // Right after the next frame is painted: a message waits behind it.
  painted(done) {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = done;
      port2.postMessage(null);
    });
  },

  // Milliseconds between frames for so long, each with whether `element` changed since the last.
  frames(element, milliseconds) {
    const found = [];
    return new Promise((resolve) => {
      let [start, before, text] = [null, null, element.textContent];
      const frame = (now) => {
        start ??= now;
        if (before !== null) found.push([now - before, element.textContent !== text]);
        [before, text] = [now, element.textContent];
        now - start < milliseconds ? requestAnimationFrame(frame) : resolve(found);
      };
      requestAnimationFrame(frame);
    });
  },
};
