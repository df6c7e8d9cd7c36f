// Keeps the address bar at the link of what is on screen, without a trip to the server and
// without an entry in the browser's history for every click; and follows links such as
// `?stride=3` inside the page, which would otherwise open a new tab.

const listeners = new WeakMap();

function writeQuery(query) {
  const wanted = new URLSearchParams(query);
  const now = new URLSearchParams(location.search);
  // the stage writes its step by itself; the rest belongs to Streamlit
  for (const name of ["step", "embed", "embed_options"]) {
    for (const value of now.getAll(name)) wanted.append(name, value);
  }
  if (wanted.toString() === now.toString()) return;
  history.replaceState(history.state, "", `${location.pathname}?${wanted}`);
}

export default function ({ data, parentElement, setStateValue }) {
  writeQuery(data.query);
  document.documentElement.lang = data.language; // for screen readers; Streamlit says English
  const kept = listeners.get(parentElement);
  if (kept) {
    Object.assign(kept, { setStateValue, token: data.token });
    return kept.stop;
  }
  const state = { setStateValue, token: data.token };
  const follow = (event) => {
    const link = event.target.closest?.('a[href^="?"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const message = { id: Date.now(), query: link.getAttribute("href").slice(1) };
    state.setStateValue("followed", { token: state.token, messages: [message] });
  };
  document.addEventListener("click", follow, true);
  state.stop = () => {
    document.removeEventListener("click", follow, true);
    listeners.delete(parentElement);
  };
  listeners.set(parentElement, state);
  return state.stop;
}
