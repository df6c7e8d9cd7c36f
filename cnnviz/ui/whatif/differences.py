"""What two networks differ by: a sentence, numbers, bars, tables, causes, files."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import streamlit as st

from cnnviz.components.network import NetworkTable
from cnnviz.components.network.payload import percent
from cnnviz.export.comparison import comparison_code, comparison_csv, comparison_png
from cnnviz.figures.compare import Bit, causes, parts, signed
from cnnviz.models.compare import PARTS, Cause, Change, Comparison
from cnnviz.models.plan import Plan
from cnnviz.ui.architecture import code_of, picture_lines, show_networks
from cnnviz.ui.charts import chart, ink
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.networks import plan_title
from cnnviz.ui.takeaway import Takeaway
from cnnviz.ui.whatif.numbers import amount, memory, ratio_text
from cnnviz.ui.whatif.sides import SIDES

MEASURES = ("parameters", "macs", "activation_bytes")
MOST_CAUSES = 8
SIGNS = {"added": "+", "removed": "−", "changed": "~"}
SQUARES = {"conv": "orange", "dense": "violet", "other": "gray"}

Plans = tuple[Plan, Plan]


def sentence(found: Comparison) -> str:
    """How many rows changed, and what convolutions and dense layers have of both networks."""
    marks = Counter(pair.mark for pair in found.pairs)
    words = {
        "before": len(found.before),
        "after": len(found.after),
        **{mark: marks[mark] for mark in ("changed", "removed", "added")},
    }
    lines = [t("what-if.rows", **words)]
    if marks["unreached"]:
        lines.append(t("what-if.unreached", n=marks["unreached"]))
    lines.append(_shares(found) if found.failed == (None, None) else t("what-if.as_far"))
    return " ".join(lines)


def _shares(found: Comparison) -> str:
    shares = {}
    for measure in ("parameters", "macs"):
        dense, whole = found.change(measure, "dense"), found.change(measure)
        for side, name in enumerate(SIDES):
            shares[f"{measure}_{name}"] = percent(dense[side], whole[side])
    return t("what-if.shares", **shares)


# ---- the numbers


def numbers(found: Comparison) -> None:
    """Every measure: before → after, the difference, and a bar of its parts for each side."""
    names = {part: t(f"what-if.part.{part}") for part in PARTS}
    st.markdown(" &nbsp; ".join(f":{SQUARES[part]}[■] {name}" for part, name in names.items()))
    sides = [t(f"what-if.{name}") for name in SIDES]
    for place, measure in zip(st.columns(len(MEASURES)), MEASURES, strict=True):
        with place.container(border=True, gap="xsmall"):
            change = found.change(measure)
            st.metric(
                t(f"what-if.measure.{measure}"),
                f"{_amount(measure, change.before)} → {_amount(measure, change.after)}",
                _difference(measure, change),
                delta_color="off",
                delta_arrow=_arrow(change.difference),
            )
            by_part = {part: found.change(measure, part) for part in PARTS}
            chart(parts(by_part, names, sides), f"what-if.parts.{measure}")
            st.caption(_note(measure, found))


def _amount(measure: str, n: int) -> str:
    return memory(n) if measure == "activation_bytes" else amount(n)


def _difference(measure: str, change: Change) -> str:
    number = signed(change.difference)
    ratio = ratio_text(change)
    unit = " B" if measure == "activation_bytes" else ""
    return f"{number}{unit} ({ratio})" if ratio else f"{number}{unit}"


def _arrow(difference: int) -> Literal["up", "down", "off"]:
    if not difference:
        return "off"
    return "up" if difference > 0 else "down"


def _note(measure: str, found: Comparison) -> str:
    """The measure once more, as others count it."""
    if measure == "parameters":
        held = found.change("parameter_bytes")
        return t("what-if.note.parameters", before=memory(held.before), after=memory(held.after))
    if measure == "macs":
        before, after = (amount(2 * n) for n in found.change("macs"))
        return t("what-if.note.macs", before=before, after=after)
    return t("what-if.note.activation_bytes")


# ---- the tables


def tables(desk: Desk[Any], key: str, plans: Plans, found: Comparison) -> None:
    """Both networks, their rows marked."""
    chosen = None
    for side, row in enumerate((desk.now.row_before, desk.now.row_after)):
        if row:
            chosen = (side, min(row, len((found.before, found.after)[side])) - 1)
    rows = zip(plans, (found.before, found.after), strict=True)
    both = [
        NetworkTable(title(plan, side), plan.input_shape, own, found.marks(side))
        for side, (plan, own) in enumerate(rows)
    ]
    show_networks(desk, key, both, chosen)


def title(plan: Plan, side: int) -> str:
    """Before: AlexNet."""
    return f"{t(f'what-if.{[*SIDES][side]}')}: {plan_title(plan)}"


# ---- where it sits


def where(desk: Desk[Any], found: Comparison) -> None:
    """One measure by its parts, and the changes that it differs by most."""
    st.segmented_control(
        t("what-if.measured"),
        MEASURES,
        format_func=lambda name: t(f"what-if.measure.{name}"),
        required=True,
        **desk.bind("measure"),
    )
    measure = desk.now.measure
    st.markdown(_part_table(found, measure))
    bits = _bits(found, measure)
    if bits:
        chart(causes(bits, t(f"what-if.measure.{measure}"), ink()), "what-if.causes")
    else:
        st.info(t("what-if.no_difference"))


def _part_table(found: Comparison, measure: str) -> str:
    head = [
        t("what-if.part.label"),
        *(t(f"what-if.{name}") for name in SIDES),
        t("what-if.difference"),
        t("what-if.ratio"),
    ]
    rows = [head, [":--", "--:", "--:", "--:", "--:"]]
    for part in (*PARTS, None):
        change = found.change(measure, part)
        name = t(f"what-if.part.{part}") if part else t("what-if.all")
        cells = [f"{change.before:,}", f"{change.after:,}", signed(change.difference)]
        rows.append([name, *cells, ratio_text(change) or "–"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _bits(found: Comparison, measure: str) -> list[Bit]:
    """The largest causes, and the sum of the others."""
    ordered = found.largest(measure, len(found.causes))
    bits = [
        Bit(label(cause), cause.part, getattr(cause, measure)) for cause in ordered[:MOST_CAUSES]
    ]
    rest = ordered[MOST_CAUSES:]
    if rest:
        words = t("what-if.rest", n=sum(cause.rows for cause in rest))
        bits.append(Bit(words, "other", sum(getattr(cause, measure) for cause in rest)))
    return bits


def label(cause: Cause) -> str:
    """+ Conv2d 512@3×3, p 1 (6 ×)"""
    words = cause.before or cause.after
    if cause.before and cause.after and cause.before != cause.after:
        words = f"{cause.before} → {cause.after}"
    times = f" ({cause.rows} ×)" if cause.rows > 1 else ""
    return f"{SIGNS[cause.mark]} {words}{times}"


# ---- take it along


def code(plans: Plans, found: Comparison) -> str:
    """PyTorch that rebuilds both networks and asserts their tables and their difference."""
    before, after = plans
    return comparison_code(code_of(before), code_of(after), found)


def taken(plans: Plans, found: Comparison, open_blocks: tuple[str, ...]) -> Takeaway:
    """Both diagrams, both tables with their marks, and the code of both."""
    lines = []
    for name, plan in zip(SIDES, plans, strict=True):
        first, *rest = picture_lines(plan)
        lines.append([f"{name.capitalize()}: {first}", *rest])
    return Takeaway(
        t("page.what-if.title"),
        (" → ".join(map(plan_title, plans)), sentence(found)),
        code(plans, found),
        None,
        lambda _, dark: comparison_png(
            found,
            (plans[0].input_shape, plans[1].input_shape),
            (lines[0], lines[1]),
            open_blocks,
            dark,
        ),
        csv=lambda: comparison_csv(found),
    )
