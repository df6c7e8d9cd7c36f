"""A recipe says everything about a training: the same recipe on the same data is the same run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from cnnviz.data import sets
from cnnviz.models.options import Option, Value, checked
from cnnviz.models.registry import network
from cnnviz.problems import Problem

Options = tuple[tuple[str, Value], ...]

# Every field with its default and what it may be; `data` and `network` have tables of their own.
FIELDS: dict[str, Option] = {
    option.name: option
    for option in (
        Option("input_size", 0, 0, 256),  # of a side in pixels; 0: as the data are
        # pixels from 0 to 1, or with the training pictures' mean at 0 and deviation 1
        Option("scaling", "unit", choices=("unit", "standard")),
        Option("flip", False),  # left and right, half of the pictures
        Option("crop", 0, 0, 8),  # pixels of black around a picture, of which as many are cut off
        Option("init", "default", choices=("default", "xavier", "kaiming", "zeros")),
        Option("loss", "cross-entropy", choices=("cross-entropy", "squared-error")),
        Option("optimizer", "sgd", choices=("sgd", "adam", "adamw")),
        Option("lr", 0.1, 1e-6, 10.0),
        Option("momentum", 0.0, 0.0, 0.999),  # of SGD
        Option("weight_decay", 0.0, 0.0, 1.0),
        Option("schedule", "constant", choices=("constant", "cosine", "one-cycle")),
        Option("batch_size", 128, 1, 1024),
        Option("epochs", 10, 1, 200),
        Option("steps", 0, 0, 200_000),  # in place of epochs; 0: by epochs
        Option("seed", 0, 0, 2**31 - 1),
        Option("device", "cpu", choices=("cpu", "cuda", "mps")),
    )
}
OF_THE_DATA = ("c_in", "classes", "size")  # a network's options that no recipe sets
LONGEST = 20_000  # characters of a recipe's text


def _default(name: str) -> Any:
    return FIELDS[name].default


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What is trained, on what, and how.

    Equal trainings are equal recipes: options are sorted and those that are as usual left out, and
    what has no effect (a momentum of Adam's, epochs where steps count) has its default.

    Raises:
        Problem: (a `ValueError`) for whatever is not allowed.
    """

    data: str = "fashion-mnist"
    data_options: Options = ()
    network: str = "lenet"
    network_options: Options = ()
    input_size: int = _default("input_size")
    scaling: str = _default("scaling")
    flip: bool = _default("flip")
    crop: int = _default("crop")
    init: str = _default("init")
    loss: str = _default("loss")
    optimizer: str = _default("optimizer")
    lr: float = _default("lr")
    momentum: float = _default("momentum")
    weight_decay: float = _default("weight_decay")
    schedule: str = _default("schedule")
    batch_size: int = _default("batch_size")
    epochs: int = _default("epochs")
    steps: int = _default("steps")
    seed: int = _default("seed")
    device: str = _default("device")

    def __post_init__(self) -> None:
        found: dict[str, Value] = {
            name: type(option.default)(option.check(getattr(self, name)))
            for name, option in FIELDS.items()
        }
        if found["optimizer"] != "sgd":
            found["momentum"] = _default("momentum")
        if found["steps"]:
            found["epochs"] = _default("epochs")
        own = sets.chosen(self.data, self.data_options)
        found["data_options"] = _unusual(sets.SOURCES[self.data].options, own)
        options = network(self.network).options
        of_recipe = {name: o for name, o in options.items() if name not in OF_THE_DATA}
        given = checked(of_recipe, dict(self.network_options))
        found["network_options"] = _unusual(of_recipe, given)
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def text(self) -> str:
        """The recipe as JSON, for a link or a file; `read` takes it."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """64 digits that stand for the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(text: str) -> Recipe:
    """The recipe of a text; what it leaves out has its default.

    Raises:
        Problem: (a `ValueError`) where it is none, or says what is not allowed.
    """
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
        known = {field.name for field in fields(Recipe)}
        if not isinstance(found, dict) or not set(found) <= known:
            raise Problem("recipe_damaged")
        for name in ("data_options", "network_options"):
            found[name] = tuple((str(option), value) for option, value in found.get(name, ()))
        return Recipe(**found)
    except Problem:
        raise
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Problem("recipe_damaged") from error


def identity(recipe: Recipe, digest: str) -> str:
    """What a run is known by: the same for the same recipe on data of the same digest."""
    return hashlib.sha256(f"{recipe.text} {digest}".encode()).hexdigest()


def _unusual(options: dict[str, Option] | Any, values: dict[str, Value]) -> Options:
    """The options that differ from their default, by name."""
    return tuple(sorted((n, v) for n, v in values.items() if v != options[n].default))
