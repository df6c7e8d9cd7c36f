// All products of the step that the stage shows, beside their cells and weights.

const tables = new WeakMap();

function draw(root, strings, step) {
  const holder = root.querySelector(".products");
  holder.replaceChildren();
  const size = step.rows * step.cols;
  for (let p = 0; p < step.planes; p++) {
    if (step.sums && step.planes > 1) holder.append(heading(strings, step, p));
    holder.append(table(strings, step, p * size));
  }
  const bias = step.bias ? ` + ${inProduct(step.bias)}` : "";
  root.querySelector(".sum").innerHTML =
    `${fill(strings.sum, { n: step.values.length })}${bias} = <b class="y">${short(step.total, 7)}</b>`;
  root.querySelector(".place").textContent = fill(strings.where, { i: step.index + 1, n: step.steps });
}

// Which plane, and what it adds.
function heading(strings, step, p) {
  const element = document.createElement("h4");
  element.textContent = fill(strings.plane, { p: step.tags[p], sum: short(step.sums[p], 7) });
  return element;
}

function table(strings, step, first) {
  const element = document.createElement("table");
  const head = ["row", "column", "cell", "weight", "product"].map((name) => `<th scope="col">${strings[name]}</th>`);
  const rows = [];
  for (let j = 0; j < step.rows * step.cols; j++) {
    const [value, weight] = [step.values[first + j], step.weights[first + j]];
    rows.push(
      `<tr><td>${Math.floor(j / step.cols) + 1}</td><td>${(j % step.cols) + 1}</td><td class="x">${short(value, 7)}</td>` +
        // float32, as torch multiplies
        `<td class="k">${short(weight, 7)}</td><td>${short(Math.fround(value * weight), 7)}</td></tr>`,
    );
  }
  element.innerHTML = `<thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody>`;
  return element;
}

export default function ({ data, parentElement }) {
  const kept = tables.get(parentElement);
  if (kept) {
    kept.strings = data.strings;
    document.dispatchEvent(new CustomEvent("cnnviz:ask-step"));
    return kept.stop;
  }
  const state = { strings: data.strings };
  const follow = ({ detail }) => {
    cancelAnimationFrame(state.due);
    state.due = requestAnimationFrame(() => draw(parentElement, state.strings, detail));
  };
  document.addEventListener("cnnviz:step", follow);
  state.stop = () => {
    cancelAnimationFrame(state.due);
    document.removeEventListener("cnnviz:step", follow);
    tables.delete(parentElement);
  };
  tables.set(parentElement, state);
  document.dispatchEvent(new CustomEvent("cnnviz:ask-step"));
  return state.stop;
}
