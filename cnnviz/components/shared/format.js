// Numbers as text and as colour; payload decoding.

const MINUS = "\u2212";

// Up to `digits` significant digits without trailing zeros: 19, −0.25, 1.2e5. The same rule as
// `short` in cnnviz/export/numbers.py; tests/e2e/test_geometry.py compares the two.
function short(value, digits = 4) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (Number.isNaN(value)) return ""; // nothing is there
  if (size === Infinity) return value < 0 ? `${MINUS}∞` : "∞"; // what padding holds for a maximum
  let text;
  if (size >= 99999.5 || size < 1e-4) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
    text = `${Number(mantissa)}e${Number(exponent)}`;
  } else {
    const whole = Math.floor(Math.log10(size)) + 1;
    text = String(Number(size.toPrecision(Math.max(digits, whole))));
  }
  return (value < 0 ? MINUS : "") + text.replace("-", MINUS);
}

// The most digits that fit into so many characters; a leading zero goes last.
function fit(value, chars) {
  let text = "";
  for (let digits = 4; digits >= 1; digits--) {
    text = short(value, digits);
    if (text.length <= chars) return text;
    const bare = text.replace(/^(\u2212?)0\./, "$1.");
    if (digits <= 2 && bare.length <= chars) return bare;
  }
  return text;
}

const inProduct = (value) => (value < 0 ? `(${short(value)})` : short(value));

function decodeFloats(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function rangeOf(values) {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high, most: Math.max(-low, high) || 1 };
}

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const cssColour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

const known = new Map(); // a look at a canvas is slow, and the colours are few
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

// "#rrggbb" or "rgb(...)" to [r, g, b], by way of a canvas, which knows every CSS colour.
function rgb(colour) {
  if (!known.has(colour)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    known.set(colour, [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)]);
  }
  return known.get(colour);
}

const mix = (a, b, share) => a.map((channel, i) => Math.round(channel + (b[i] - channel) * share));
