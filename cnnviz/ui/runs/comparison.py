"""One to four runs over each other: their curves, what differs, and what that can show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from cnnviz.training.comparing import lesson_of, of_the_test, varying
from cnnviz.training.history import History
from cnnviz.training.metrics import accuracy
from cnnviz.training.service import Run
from cnnviz.ui.i18n import t
from cnnviz.ui.watching.pictures import series, show_curves
from cnnviz.ui.watching.recipes import label, value_text
from cnnviz.ui.watching.titles import as_markdown

Rows = list[tuple[str, tuple[str, ...]]]


def comparison(key: str, runs: Sequence[Run], titles: dict[str, str]) -> None:
    """The curves, then the table and what to think of it."""
    show_curves(key, [series(titles[run.id], run.history) for run in runs])
    st.markdown(remark(runs, titles))
    st.html(_table(runs, titles))


def remark(runs: Sequence[Run], titles: dict[str, str]) -> str:
    """What this comparison can show, in a sentence or two."""
    recipes = [run.recipe for run in runs]
    kind = lesson_of(recipes)
    found = [one.name for one in varying(recipes) if one.name != "seed"]
    if kind == "data":
        found = [name for name in found if name in of_the_test(recipes)]
    names = ", ".join(map(label, found))
    shares = [run.history.epochs[-1].accuracy for run in runs if run.history.epochs]
    line = t(f"runs.remark.{kind}", names=names, spread=_points(shares))
    if kind != "alone" and len(shares) > 1 and kind != "data":
        line += " " + _noise(runs, titles)
    return line


def _noise(runs: Sequence[Run], titles: dict[str, str]) -> str:
    """How far an accuracy is chance by the number of test pictures alone: √(p(1−p)/n)."""
    tested = [run for run in runs if run.history.epochs]
    best = max(tested, key=lambda run: run.history.epochs[-1].accuracy)
    counts = best.history.epochs[-1].confusion
    share, n = accuracy(counts), sum(map(sum, counts))
    deviation = (share * (1 - share) / n) ** 0.5
    name = as_markdown(titles[best.id])
    return t("runs.noise", name=name, share=f"{share:.1%}", n=f"{n:,}", pp=f"{200 * deviation:.1f}")


def _points(shares: Sequence[float]) -> str:
    """How far accuracies lie apart, in percentage points."""
    return f"{100 * (max(shares) - min(shares)):.1f}" if shares else "–"


def _table(runs: Sequence[Run], titles: dict[str, str]) -> str:
    """A column a run; first what differs, then what came of it."""
    heads = "".join(
        f'<th scope="col"><i class="run-dot run-{i}" aria-hidden="true"></i>'
        f"{escape(titles[run.id])}</th>"
        for i, run in enumerate(runs)
    )
    rows = "".join(_line(name, values, "differs") for name, values in _differences(runs))
    rows += "".join(_line(name, values, "result") for name, values in _results(runs))
    head = f"<thead><tr><td></td>{heads}</tr></thead>"
    return f'<div class="run-compared"><table>{head}<tbody>{rows}</tbody></table></div>'


def _line(name: str, values: Sequence[str], kind: str) -> str:
    cells = "".join(f"<td>{escape(value)}</td>" for value in values)
    return f'<tr class="{kind}"><th scope="row">{escape(name)}</th>{cells}</tr>'


def _differences(runs: Sequence[Run]) -> Rows:
    found = varying([run.recipe for run in runs])
    return [
        (label(one.name), tuple(value_text(one.name, value) for value in one.values))
        for one in found
    ]


def _results(runs: Sequence[Run]) -> Rows:
    past = [run.history for run in runs]
    return [
        (t("runs.result.accuracy"), tuple(map(_accuracy, past))),
        (t("runs.result.loss"), tuple(map(_loss, past))),
        (t("runs.result.train_accuracy"), tuple(map(_train_accuracy, past))),
        (t("runs.result.worst"), tuple(map(_worst, past))),
        (t("runs.result.steps"), tuple(map(_steps, past))),
        (t("runs.result.parameters"), tuple(map(_parameters, past))),
    ]


def _accuracy(past: History) -> str:
    return f"{past.epochs[-1].accuracy:.1%}" if past.epochs else "–"


def _loss(past: History) -> str:
    return f"{past.epochs[-1].loss:.4f}" if past.epochs else "–"


def _train_accuracy(past: History) -> str:
    return f"{past.epochs[-1].train_accuracy:.1%}" if past.epochs else "–"


def _worst(past: History) -> str:
    """Of the class that is recognised least."""
    last = past.epochs[-1].per_class if past.epochs else ()
    return f"{min(shares):.1%}" if (shares := [s for s in last if s is not None]) else "–"


def _steps(past: History) -> str:
    return f"{past.points[-1].step if past.points else 0:,}" if past.started else "–"


def _parameters(past: History) -> str:
    return f"{past.started.parameters:,}" if past.started else "–"
