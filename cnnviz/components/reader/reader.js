// Tells the server who reads: a random id, made once and kept in the browser for all its tabs.
// It is no account: whoever empties the browser's storage is somebody new.

const PLACE = "cnnviz/reader";
const FORM = /^[0-9a-f]{32}$/;
let ours = ""; // where nothing can be kept, as long as the tab lives

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function id() {
  try {
    if (!FORM.test(localStorage.getItem(PLACE) ?? "")) localStorage.setItem(PLACE, fresh());
    return localStorage.getItem(PLACE);
  } catch {
    // storage is switched off or full
    return (ours ||= fresh());
  }
}

export default function ({ data, setStateValue }) {
  const found = id();
  if (data.known !== found) setStateValue("id", found);
}
