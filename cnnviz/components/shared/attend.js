// What every picture with steps has to hear while it is on the page; `abort()` ends it.
function attend(section, { fitIn, onKey, tell }) {
  const stop = new AbortController();
  const { signal } = stop;
  const observer = new ResizeObserver(fitIn);
  observer.observe(section);
  signal.addEventListener("abort", () => observer.disconnect());
  window.addEventListener("resize", fitIn, { signal });
  document.addEventListener("keydown", onKey, { signal });
  document.addEventListener("cnnviz:ask-step", tell, { signal });
  return stop;
}

// Whether a key is meant for a picture: it, or nothing at all, has the focus.
const isMine = (event, section) => event.composedPath().includes(section) || event.target === document.body;
