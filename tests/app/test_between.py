"""Between the convolutions: the numbers of each topic, its links, its refusals, its files."""

import base64
import io
import json
import re
from typing import Any
from urllib.parse import parse_qsl

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor, nn

from cnnviz.data import datasets
from cnnviz.data.batches import batch, epoch
from cnnviz.ops import kernels
from cnnviz.ui.i18n import ASSETS
from tests.app.reader import act, click, control, file_of, follow, labels, run, sent, toasts
from tests.app.reader import visit as open_page
from tests.unit.export.test_code import run as run_code

PAGE = "between"
TOPICS = ("activation", "batchnorm", "dropout", "softmax")
PANELS = {
    "activation": ("equation", "making", "code", "lesson"),
    "batchnorm": ("equation", "running", "planes", "code", "lesson"),
    "dropout": ("equation", "making", "code", "lesson"),
    "softmax": ("equation", "temperature", "code", "lesson"),
}
BOOT = datasets.pick("fashion-mnist", 9, 0).float() / 255
MAP = F.conv2d(BOOT[None, None], kernels.named("sobel-x")[None, None])[0, 0]


def visit(link: dict[str, str] | None = None, **options: Any) -> AppTest:
    return open_page(link, page=PAGE, **options)


def plane(app: AppTest, name: str) -> Tensor:
    """The numbers on one of the linked boards."""
    data = sent(app, "boards")
    assert data is not None
    (board,) = [board for view in data["views"] for board in view if board["name"] == name]
    floats = np.frombuffer(base64.b64decode(board["values"]), dtype="<f4").copy()
    return torch.from_numpy(floats).reshape(board["rows"], board["cols"])


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.caption])


def formulas(app: AppTest) -> str:
    return "\n".join(element.value for element in app.latex)


def column(app: AppTest, name: str) -> list[str]:
    (table,) = app.dataframe
    return [str(value) for value in table.value[name]]


def number(written: str) -> float:
    return float(written.split(" → ")[-1].replace("−", "-"))


def change(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name, page=PAGE).set_value(value)
    return run(app)


# ---- every topic


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("topic", "panel"), [(t, p) for t in TOPICS for p in PANELS[t]])
def test_every_tab_of_every_topic_opens(topic: str, panel: str, lang: str) -> None:
    app = visit({"topic": topic, "panel": panel, "lang": lang})
    assert not app.toast
    assert not app.warning
    found = {"equation": app.latex, "code": app.code, "lesson": app.markdown}
    found |= {name: app.get("plotly_chart") for name in ("running", "temperature")}
    found |= {"making": [sent(app, "stage")], "planes": [sent(app, "boards")]}
    assert len(found[panel])
    assert found[panel][0]


def test_topic_is_chosen_above_the_picture() -> None:
    app = visit()
    assert sent(app, "boards")
    control(app, "segmented_control", "topic", page=PAGE).set_value("softmax")
    run(app)
    assert sent(app, "boards") is None
    assert column(app, "softmax")


def test_tab_that_a_topic_does_not_have_gives_way_to_the_first() -> None:
    app = visit({"topic": "batchnorm", "panel": "running"})
    control(app, "segmented_control", "topic", page=PAGE).set_value("dropout")
    run(app)
    assert formulas(app)


def test_every_link_of_the_lesson_is_understood() -> None:
    links = re.findall(r"\]\(\?([^)]*)\)", (ASSETS / f"lessons/en/{PAGE}.md").read_text())
    assert len(links) >= 12
    app = visit({"panel": "lesson"})
    for link in links:
        app = follow(app, link)
        assert not app.toast, link
        state = app.session_state[f"{PAGE}/history"].now
        for name, value in parse_qsl(link):
            if name == "logits":
                assert state.logits == tuple(map(float, value.split()))
            else:
                kind = type(getattr(state, name))
                assert getattr(state, name) == kind(value), (link, name)


@pytest.mark.parametrize(
    "link",
    [
        {"topic": "attention"},
        {"gain": "0"},
        {"p": "1"},
        {"p": "nan"},
        {"temperature": "0"},
        {"batch_size": "1"},
        {"gamma": "1 1 1"},
        {"logits": "1 2"},
        {"logits": "1 2 1e9"},
        {"seen": "51"},
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nonsense_in_a_link_is_told_and_the_page_stands(link: dict[str, str], lang: str) -> None:
    app = visit({**link, "lang": lang})
    assert next(iter(link)) in toasts(app)
    assert app.title
    assert sent(app, "boards")


# ---- activation


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu"])
def test_planes_are_the_map_the_function_and_its_derivative(name: str) -> None:
    app = visit({"activation": name, "gain": "3"})
    x = (3 * MAP).requires_grad_()
    y = getattr(torch, name)(x)
    y.sum().backward()
    torch.testing.assert_close(plane(app, "map"), x.detach())
    torch.testing.assert_close(plane(app, "activated"), y.detach())
    torch.testing.assert_close(plane(app, "derivative"), x.grad)
    share = float((x.grad.abs() < 0.01).float().mean())
    assert f"**{share:.0%}**" in text(app)


def test_gain_saturates_the_map() -> None:
    def saturated(app: AppTest) -> int:
        (line,) = [m.value for m in app.markdown if m.value.startswith("Saturated")]
        return int(re.findall(r"\*\*(\d+)%", line)[0])

    app = visit()
    assert saturated(app) == 0
    assert saturated(change(app, "slider", "gain", 20.0)) > 20


def test_formula_has_the_numbers_of_the_chosen_cell() -> None:
    app = visit({"row": "5", "col": "14"})
    x = float(MAP[4, 13])
    assert f"\\mathbf{{{torch.sigmoid(torch.tensor(x)).item():.4g}}}" in formulas(app)
    assert f"{x:.4g}" in formulas(app)


def test_cell_beyond_a_smaller_map_is_its_last() -> None:
    app = visit({"input": "ramp", "kernel": "ramp", "row": "20", "col": "20", "gain": "0.1"})
    assert "4.3" in formulas(app)  # the course's 43, a tenth of it


def test_kernel_that_does_not_fit_is_explained_with_a_way_back() -> None:
    app = visit({"input": "ramp", "weights": "_".join(["1 1 1 1"] * 4), "kernel": "own"})
    assert "spans 4 cells" in app.warning[0].value
    assert sent(app, "boards") is None
    app = click(app, "Take the edge kernel")
    assert not app.warning
    assert plane(app, "map").tolist() == [[-1, -1]] * 3


def test_picture_and_kernel_are_edited_where_the_map_is_made() -> None:
    app = visit({"input": "ramp", "kernel": "ramp", "panel": "making"})
    app = act(app, kind="cell", plane="kernel", at=[0, 0, 0], value=1, page=PAGE)
    assert plane(app, "map").tolist() == [[19, 26], [40, 47]]
    app = act(app, kind="cell", plane="input", at=[0, 0, 0], value=10, page=PAGE)
    assert plane(app, "map")[0, 0] == 29
    app = act(app, kind="undo", page=PAGE)
    assert plane(app, "map")[0, 0] == 19


# ---- batch norm


def layer_of(size: int, seen: int) -> tuple[nn.BatchNorm2d, Tensor]:
    """PyTorch's layer after so many batches, and the maps of batch 1."""
    names = ("sobel-x", "laplacian", "sharpen", "box")
    stack = torch.stack([kernels.named(name) for name in names])[:, None]
    layer = nn.BatchNorm2d(4).double()

    def maps(images: Tensor) -> Tensor:
        return F.conv2d(images[:, None] / 255, stack).double()

    for images in epoch("fashion-mnist", size, seen):
        layer(maps(images))
    return layer, maps(batch("fashion-mnist", size, 1))


@pytest.mark.parametrize("mode", ["training", "evaluation"])
def test_table_is_torchs_layer(mode: str) -> None:
    app = visit({"topic": "batchnorm", "batch_size": "8", "seen": "5", "mode": mode})
    layer, x = layer_of(8, 5)
    y = layer.train(mode == "training")(x).detach()
    expected = {
        "Batch mean μ": x.mean((0, 2, 3)),
        "Batch variance σ²": x.var((0, 2, 3), correction=0),
        "Running mean": layer.running_mean,
        "Running variance": layer.running_var,
        "Mean after": y.mean((0, 2, 3)),
        "Variance after": y.var((0, 2, 3), correction=0),
    }
    for name, values in expected.items():
        assert values is not None
        shown = [number(cell) for cell in column(app, name)]
        assert shown == pytest.approx(values.tolist(), rel=1e-3, abs=1e-9), name


def test_training_moves_the_running_statistics_and_evaluation_does_not() -> None:
    app = visit({"topic": "batchnorm"})
    assert all("→" in cell for cell in column(app, "Running mean"))
    control(app, "segmented_control", "mode", page=PAGE).set_value("evaluation")
    run(app)
    assert not any("→" in cell for cell in column(app, "Running mean"))


def test_gamma_and_beta_belong_to_the_channel_at_hand() -> None:
    app = visit({"topic": "batchnorm", "bn_channel": "2"})
    change(app, "slider", "gamma", 2.0)
    app = change(app, "slider", "beta", -1.0)
    assert [number(cell) for cell in column(app, "Mean after")] == pytest.approx([0, -1, 0, 0])
    variances = [number(cell) for cell in column(app, "Variance after")]
    assert variances == pytest.approx([1, 4, 1, 1], rel=1e-3)
    assert r"\gamma\,\hat{x}+\beta = 2 \cdot" in formulas(app)


def test_layer_that_saw_nothing_leaves_the_batch_as_it_is() -> None:
    link = {"topic": "batchnorm", "seen": "0", "mode": "evaluation", "panel": "running"}
    app = visit(link)
    assert "has seen no batch" in text(app)
    before, after = (
        [number(cell) for cell in column(app, name)] for name in ("Batch mean μ", "Mean after")
    )
    assert after == pytest.approx(before, rel=1e-4)


# ---- dropout


@pytest.mark.parametrize("p", ["0.25", "0.5", "0.9"])
def test_what_stays_is_scaled_by_1_over_1_minus_p(p: str) -> None:
    app = visit({"topic": "dropout", "p": p, "mask": "7"})
    x, kept, y = (plane(app, name) for name in ("values", "mask", "left"))
    torch.testing.assert_close(x, F.adaptive_max_pool2d(MAP.relu()[None], (6, 6))[0])
    assert set(kept.unique().tolist()) == {0, 1}
    torch.testing.assert_close(y, x * kept / (1 - float(p)))
    assert f"**{int(kept.sum())} / 36**" in text(app)


def test_next_mask_is_another_one_and_can_be_undone() -> None:
    app = visit({"topic": "dropout"})
    first = plane(app, "mask")
    app = click(app, "Next mask")
    assert not plane(app, "mask").equal(first)
    app.session_state[f"{PAGE}/history"].undo()
    assert plane(run(app), "mask").equal(first)


def test_evaluation_drops_nothing() -> None:
    app = visit({"topic": "dropout", "mode": "evaluation", "p": "0.9"})
    assert plane(app, "left").equal(plane(app, "values"))
    assert "passes everything through" in text(app)
    (button,) = [button for button in app.button if button.label == "Next mask"]
    assert button.disabled


def test_mean_over_many_masks_comes_near_the_inputs() -> None:
    app = visit({"topic": "dropout", "masks": "1000"})
    (line,) = [m.value for m in app.markdown if "The results of 1000 masks" in m.value]
    mean, before = (float(n) for n in re.findall(r"\d+\.\d+", line)[:2])
    assert before == pytest.approx(float(plane(app, "values").mean()), rel=1e-3)
    assert abs(mean - before) < 0.05 * before


# ---- softmax


def test_probabilities_are_torchs() -> None:
    app = visit({"topic": "softmax", "logits": "1 2 4", "temperature": "2"})
    expected = torch.softmax(torch.tensor([0.5, 1, 2]), 0).tolist()
    shown = [number(cell) for cell in column(app, "softmax")]
    assert shown == pytest.approx(expected, rel=1e-3)
    assert "**class 3: 62.9%**" in text(app)


def test_scores_of_a_real_image_are_those_of_the_mean_images() -> None:
    app = visit({"topic": "softmax", "scores": "garment", "label": "2"})
    train = datasets.load("fashion-mnist", "train")
    means = torch.stack(
        [train.images[train.labels == c].float().mean(0) / 255 for c in range(10)]
    ).flatten(1)
    image = datasets.pick("fashion-mnist", 2, 0).float().flatten() / 255
    logits = means @ image - means.square().sum(1) / 2
    shown = [number(cell) for cell in column(app, "z")]
    assert shown == pytest.approx(logits.tolist(), rel=1e-3)
    assert "**Shirt: 91.4%**" in text(app)  # a pullover, mistaken
    assert "true class: Pullover" in text(app)


def test_shift_changes_no_probability_but_breaks_the_naive_form() -> None:
    app = visit({"topic": "softmax"})
    before = column(app, "softmax")
    assert column(app, "exp(z/T) / Σ, as written") == before
    app = change(app, "slider", "shift", 90)
    assert column(app, "softmax") == before
    assert column(app, "z + 90")[0] == "93"
    assert "NaN" in column(app, "exp(z/T) / Σ, as written")
    assert "3.4·10³⁸" in text(app)


def test_scores_are_typed_and_classes_added() -> None:
    app = visit({"topic": "softmax"})
    app = change(app, "number_input", "logit_1", 7.5)
    app = change(app, "number_input", "classes", 7)
    assert column(app, "z") == ["3", "7.5", "1", "0", "−1", "0", "0"]
    app = change(app, "number_input", "classes", 3)
    assert column(app, "z") == ["3", "7.5", "1"]


def test_scores_of_an_image_can_be_taken_over_and_changed() -> None:
    app = visit({"topic": "softmax", "scores": "digit", "label": "3"})
    before = [number(cell) for cell in column(app, "z")]
    app = click(app, "Change these scores")
    assert [number(cell) for cell in column(app, "z")] == pytest.approx(before, abs=0.01)
    app = change(app, "number_input", "logit_9", 100.0)
    assert "**class 10: 100.0%**" in text(app)


# ---- taken along


@pytest.mark.parametrize("topic", TOPICS)
def test_picture_and_animation_are_made(topic: str) -> None:
    app = visit({"topic": topic})
    assert Image.open(io.BytesIO(file_of(app, "png", page=PAGE))).width == 1600
    animation = Image.open(io.BytesIO(file_of(app, "gif", page=PAGE)))
    assert animation.n_frames > 5  # type: ignore[attr-defined]


@pytest.mark.parametrize("topic", TOPICS)
def test_notebook_computes_the_pages_numbers_again(topic: str) -> None:
    link = {"topic": topic, "panel": "code", "batch_size": "4", "gain": "2", "shift": "5"}
    app = visit(link)
    book = nbformat.reads(file_of(app, "notebook", page=PAGE).decode(), as_version=4)
    nbformat.validate(book)
    assert book.cells[1].source == app.code[0].value.rstrip("\n")
    run_code("\n".join(cell.source for cell in book.cells if cell.id in ("code", "check")))
    wrong = book.cells[1].source + "\nY = Y + 1"
    with pytest.raises(AssertionError):
        run_code(f"{wrong}\n{book.cells[2].source}")


def test_without_a_map_only_the_link_is_to_be_had() -> None:
    app = visit({"input": "ramp", "kernel": "own", "weights": "_".join(["1 1 1 1"] * 4)})
    data = sent(app, "take")
    assert data is not None
    assert not data["ready"]
    assert "Take a garment as input" in labels(app)
    assert json.dumps(data)
