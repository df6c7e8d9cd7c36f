"""A page's PyTorch as a Jupyter notebook that computes it again and checks the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from cnnviz.export.code import tensor_code

DRAW = """\
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("To see the numbers drawn here: pip install matplotlib")
else:
    drawn = {name: globals()[name] for name in "XKY" if name in globals()}
    figure, panels = plt.subplots(1, len(drawn), figsize=(10, 4), squeeze=False)
    for panel, (name, tensor) in zip(panels[0], drawn.items()):
        tensor = tensor.detach().float()
        rows = tensor.reshape(-1, tensor.shape[-1]).numpy()  # planes one under the other
        most = abs(rows).max()
        if rows.min() < 0:  # purple is negative, orange positive
            panel.imshow(rows, cmap="PuOr_r", vmin=-most, vmax=most)
        else:
            panel.imshow(rows, cmap="gray", vmin=0, vmax=most)
        panel.set(title=f"{name} {tuple(tensor.shape)}", xticks=[], yticks=[])
    plt.show()"""


def notebook(
    title: str,
    paragraphs: Sequence[str],
    code: str | Sequence[str],
    expected: Tensor | None,
    link: str | None = None,
) -> bytes:
    """The notebook's bytes (.ipynb, nbformat 4); the same arguments give the same bytes.

    Args:
        title: its headline; `paragraphs`: Markdown in the reader's language.
        code: PyTorch that leaves Y, and X and K where they exist: what is drawn. Of several
            pieces each is a cell.
        expected: what Y must be; a cell asserts it, and one draws. None: neither.
        link: back to the page where these settings came from.
    """
    import nbformat  # slow, and few readers export

    v4: Any = nbformat.v4  # it has no types
    text = [f"# {title}", *paragraphs, *([f"<{link}>"] if link else [])]
    pieces = [code] if isinstance(code, str) else code
    cells = [v4.new_markdown_cell("\n\n".join(text), id="text")]
    for number, piece in enumerate(pieces, 1):
        name = "code" if number == 1 else f"code-{number}"
        cells.append(v4.new_code_cell(piece.rstrip("\n"), id=name))
    if expected is not None:
        cells += [
            v4.new_code_cell(_check(expected), id="check"),
            v4.new_code_cell(DRAW, id="draw"),
        ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = v4.new_notebook(cells=cells, metadata=metadata)
    text_of: Any = nbformat.writes
    return f"{text_of(book)}\n".encode()


def _check(expected: Tensor) -> str:
    made = tensor_code("expected", expected)
    imports = [f"import {name}" for name in made.imports]
    head = [*imports, ""] if imports else []
    return "\n".join([*head, *made.lines, "torch.testing.assert_close(Y, expected)"])
