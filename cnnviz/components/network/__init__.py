"""A network: its drawn diagram, its shape table and where its cost sits, linked three ways.

Pointing at a layer in one lights it in the others, in the browser alone. What Python is told, read
by `cnnviz.components.stage.edits(key, after)`:

- {"kind": "pick", "table": t, "row": i}: row i of table t was clicked; −1 where it was let go.
- {"kind": "open", "table": t, "group": path, "on": bool}: the block is to be opened or folded.
- {"kind": "undo"}, {"kind": "redo"}.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from cnnviz.components import register
from cnnviz.components.mail import token
from cnnviz.components.network.payload import COLUMNS, NetworkTable, payload
from cnnviz.problems import Problem

__all__ = ["COLUMNS", "NetworkTable", "network", "payload"]

SHARED = ("format.js", "tools.js", "tools.css", "outbox.js", "mount.js", "planes.css")
_network = register("network", *(f"shared/{file}" for file in SHARED))


def network(
    key: str,
    tables: Sequence[NetworkTable],
    strings: Mapping[str, str],
    *,
    columns: Sequence[str],
    open: Collection[str] = (),
    chosen: int | tuple[int, int] | None = None,
    say: Callable[[Problem], str] = str,
    undo: bool | None = None,
    redo: bool = False,
    link: int = 0,
    done: int = 0,
    classroom: bool = False,
) -> None:
    """Show a network, or two side by side.

    Args:
        key: of the component on the page.
        tables: one or two, drawn to one scale.
        strings: the catalogue's `network`.
        columns: of `COLUMNS`; the layer's name is always shown.
        open: paths of the blocks that are opened, in every table.
        chosen: the row that is pinned; of the second table, (1, row).
        say: a refusal in the reader's language.
        undo: whether there is something to undo; None: no such buttons. `redo` likewise.
        link: of the history; another link shows what it chose.
        done: the last edit that these tables contain.
        classroom: larger type.
    """
    data = payload(tables, columns=columns, open=open, say=say)
    if isinstance(chosen, int):
        chosen = (0, chosen)
    data["meta"] |= {
        "key": key,
        "token": token(),
        "strings": dict(strings),
        "chosen": None if chosen is None or chosen[1] < 0 else list(chosen),
        "undo": undo,
        "redo": redo,
        "link": link,
        "done": done,
        "classroom": classroom,
    }
    _network(key=key, data=data, on_edits_change=lambda: None)
