// Where the cost sits: bars for each line of the table, and one sentence for the line looked at.

const COST_NAMES = { parameters: "col_parameters", macs: "col_macs", memory: "col_memory" };
const BARS_HEIGHT = 150; // pixels for all bars of a kind, as far as they can be thinner
const BAR_HEIGHTS = [4, 15];

class CostView {
  draw({ lines, totals }, strings) {
    this.ofLine = new Map(); // number of a line → its bars
    this.element = html("aside", "costs");
    this.said = html("p", "said");
    const groups = Object.keys(COST_NAMES).map((name, which) => this.group(name, which, lines, totals, strings));
    this.element.append(html("h3", "", strings.costs), ...groups, this.said);
    return this.element;
  }

  group(name, which, lines, totals, strings) {
    const group = html("div", "cost");
    const title = html("h4", "", strings[COST_NAMES[name]]);
    title.append(html("small", "", totals[name]));
    const bars = html("div", "bars");
    bars.setAttribute("aria-hidden", "true"); // the table says it in numbers
    const shown = lines.flatMap((line, l) => (line.bars?.[which] > 0 ? [l] : []));
    const height = Math.max(BAR_HEIGHTS[0], Math.min(BAR_HEIGHTS[1], BARS_HEIGHT / shown.length - 2));
    bars.style.setProperty("--thick", `${height.toFixed(1)}px`);
    for (const l of shown) bars.append(this.bar(lines[l], l, which));
    group.append(title, bars);
    return group;
  }

  bar(line, l, which) {
    const bar = html("div", `bar ${line.role}`);
    bar.dataset.line = l;
    const ink = html("span");
    ink.style.width = `${(100 * line.bars[which]).toFixed(2)}%`;
    bar.append(ink);
    if (!this.ofLine.has(l)) this.ofLine.set(l, []);
    this.ofLine.get(l).push(bar);
    return bar;
  }

  say(sentence) {
    this.said.textContent = sentence;
  }
}

// "Conv2d 16@5×5: 58 % of the work with 4 % of the weights. ..."
function costSentence(name, shares, strings) {
  const { costs, keeps, ...values } = shares;
  const cost = costs ? strings.said_cost : strings.said_no_cost;
  const place = keeps ? strings.said_memory : strings.said_no_memory;
  return `${fill(cost, { name, ...values })} ${fill(place, values)}`;
}
