"""Plain PyTorch that repeats a training: a script, or the cells of a notebook.

It says the recipe anew, with torch's own schedules and a loop of its own, and imports nothing of
cnnviz. Every use of chance has the seed that it has here (`cnnviz.training.chance`), so that it
gives the same numbers, as far as the two computers add numbers up in the same order.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnviz.data.labelled import TrainingSet
from cnnviz.export.network_code import FUTURE, in_order, network_source
from cnnviz.export.training import scaling
from cnnviz.export.training_data import data_source, in_zip
from cnnviz.models.options import checked
from cnnviz.models.registry import network
from cnnviz.training.history import History
from cnnviz.training.plan import Plan, check
from cnnviz.training.recipe import Recipe

TITLE = '''\
"""{network} on {data}, trained as in cnnviz, with PyTorch alone.

It needs torch and torchvision; written with torch {version}.{pictures}
"""'''
PICTURES = """
Its pictures are in pictures.zip, from the same page: unpack it beside this file first."""
SEEDS = '''\
def seed_for(purpose, at=0):
    """A seed for one purpose and, say, one step: so cnnviz draws the same numbers."""
    text = f"{SEED} {purpose} {at}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1'''
INITS = {
    "xavier": "nn.init.xavier_uniform_(layer.weight)",
    "kaiming": 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")',
    "zeros": "nn.init.zeros_(layer.weight)\n        if layer.bias is not None:\n"
    "            nn.init.zeros_(layer.bias)",
}
INIT = """\
for layer in net.modules():
    if isinstance(layer, (nn.Linear, nn.Conv2d)):
        {line}"""
LOSSES = {
    "cross-entropy": "loss_of = nn.CrossEntropyLoss()",
    "squared-error": '''\
def loss_of(logits, labels):
    """The squared distance of the probabilities from the right answer (Brier 1950)."""
    right = F.one_hot(labels, logits.shape[1])
    return ((F.softmax(logits, 1) - right) ** 2).sum(1).mean()''',
}
OPTIMIZERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
SCHEDULES = {
    "cosine": "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)",
    "one-cycle": "scheduler = torch.optim.lr_scheduler.OneCycleLR(\n"
    "    optimizer, {lr!r}, total_steps=STEPS, cycle_momentum=False\n)",
}
AUGMENT = '''\
def augment(images, step):
    """{doc}"""
    chance = torch.Generator().manual_seed(seed_for("augment", step))
{lines}
    return images'''
FLIP = """\
    mirrored = torch.rand(len(images), generator=chance) < 0.5
    images = torch.where(mirrored[:, None, None, None], images.flip(-1), images)"""
CROP = """\
    height, width = images.shape[2:]
    tops, lefts = torch.randint({span}, (2, len(images)), generator=chance).tolist()
    padded = F.pad(images, ({crop}, {crop}, {crop}, {crop}))
    parts = [
        picture[:, top : top + height, left : left + width]
        for picture, top, left in zip(padded, tops, lefts)
    ]
    images = torch.stack(parts)"""
TEST = '''\
def test():
    """Loss and accuracy on the test pictures."""
    net.eval()
    total = right = 0
    with torch.no_grad():
        for images, labels in zip(test_images.split({size}), test_labels.split({size})):
            logits, y = net(prepare(images)), labels.to(DEVICE)
            total += loss_of(logits, y).item() * len(y)
            right += (logits.argmax(1) == y).sum().item()
    net.train()
    return total / len(test_labels), right / len(test_labels)'''
LOOP = """\
losses, tests = [], []  # of every step; of every epoch: loss and accuracy
epoch = 0
while len(losses) < STEPS:
    chance = torch.Generator().manual_seed(seed_for("order", epoch))
    order = torch.randperm(len(train_labels), generator=chance)
    for batch in order.split({batch}):
        torch.manual_seed(seed_for("step", len(losses)))  # for dropout
        x, y = prepare({images}), train_labels[batch].to(DEVICE)
        loss = loss_of(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step(){scheduler}
        losses.append(loss.item()){check}
        if len(losses) == STEPS:
            break
    epoch += 1
    tests.append(test())
    print(f"epoch {{epoch}}: test loss {{tests[-1][0]:.4f}}, accuracy {{tests[-1][1]:.4f}}")"""
CHECK = """
        if len(losses) == {steps}:  # before differences of rounding grow
            mean = sum(losses) / {steps}
            assert abs(mean - {loss:.6f}) < 1e-3, f"{{mean}}, in cnnviz {loss:.6f}\""""
AGAIN = """\
# in cnnviz: loss and accuracy after each epoch
expected = [
{rows}
]
for number, (found, other) in enumerate(zip(tests, expected), 1):
    print(f"epoch {{number}}: accuracy {{found[1]:.4f}}, in cnnviz {{other[1]:.4f}}")"""
DRAW = """\
try:
    import matplotlib.pyplot as plt
except ImportError:
    print("To see the curve drawn here: pip install matplotlib")
else:
    plt.semilogy(range(1, len(losses) + 1), losses)
    plt.xlabel("step")
    plt.ylabel("loss of the batch")
    plt.show()"""


def training_script(recipe: Recipe, data: TrainingSet, history: History | None = None) -> str:
    """A file of Python that repeats the training; with its history it compares the numbers."""
    return "\n\n\n".join(_pieces(recipe, data, history)) + "\n"


def training_cells(recipe: Recipe, data: TrainingSet, history: History | None = None) -> list[str]:
    """The same as the code cells of a notebook, and one that draws the curve."""
    return [*_pieces(recipe, data, history), DRAW]


def _pieces(recipe: Recipe, data: TrainingSet, history: History | None) -> list[str]:
    """What is imported, the data, the network, the training, and what is compared."""
    plan = check(replace(recipe, device="cpu"), data.facts)  # the reader's computer may have more
    found = network(recipe.network)
    net = network_source(found.builder, checked(found.options, dict(plan.arguments)))
    pictures = data_source(recipe, data)
    training = _training(recipe, data, plan, history)
    own = ["import hashlib", "import torch", "from torch import nn"]
    if "F." in training:
        own.append("import torch.nn.functional as F")
    imports = in_order((*own, *net.imports, *pictures.imports))
    pieces = [
        "\n".join((_title(recipe), "", FUTURE, "", *imports)),
        "\n\n\n".join((_settings(recipe, plan), *pictures.definitions, pictures.last)),
        "\n\n\n".join((*net.definitions, _first_weights(recipe, net.last))),
        training,
    ]
    if history and history.epochs:
        rows = "\n".join(f"    ({e.loss:.6f}, {e.accuracy:.6f})," for e in history.epochs)
        pieces.append(AGAIN.format(rows=rows))
    return pieces


def _title(recipe: Recipe) -> str:
    version = torch.__version__.partition("+")[0]
    pictures = PICTURES if in_zip(recipe) else ""
    return TITLE.format(
        network=recipe.network, data=recipe.data, version=version, pictures=pictures
    )


def _settings(recipe: Recipe, plan: Plan) -> str:
    epochs = "" if recipe.steps else f"  # {recipe.epochs} epochs of {plan.steps_per_epoch}"
    return "\n".join(
        (
            f"SEED = {recipe.seed}",
            f"STEPS = {plan.steps}{epochs}",
            f'DEVICE = "{recipe.device}"',
            "",
            "",
            SEEDS,
        )
    )


def _first_weights(recipe: Recipe, last: str) -> str:
    """The network as its builder draws it, then the recipe's own first weights."""
    lines = ['torch.manual_seed(seed_for("weights"))', last]
    if recipe.init in INITS:
        lines.append(INIT.format(line=INITS[recipe.init]))
    return "\n".join((*lines, "net.to(DEVICE)"))


def _training(recipe: Recipe, data: TrainingSet, plan: Plan, history: History | None) -> str:
    augmented = bool(recipe.flip or recipe.crop)
    schedule = _schedule(recipe, plan)
    given = f"optimizer = torch.optim.{_optimizer(recipe)}"
    loop = LOOP.format(
        batch=recipe.batch_size,
        images="augment(train_images[batch], len(losses))" if augmented else "train_images[batch]",
        scheduler="\n        scheduler.step()" if schedule else "",
        check=_check(history),
    )
    return "\n\n\n".join(
        (
            _prepare(recipe, data, plan),
            *([_augment(recipe)] if augmented else []),
            LOSSES[recipe.loss],
            TEST.format(size=plan.test_batch),
            "\n".join(filter(None, (given, schedule, loop))),
        )
    )


def _prepare(recipe: Recipe, data: TrainingSet, plan: Plan) -> str:
    """From bytes to what the network takes."""
    lines = ["x = images.to(DEVICE).float() / 255"]
    if recipe.scaling == "standard":
        mean, deviation = scaling(recipe, data)
        lines.append("# of the training pictures, each channel")
        lines.append(f"mean, deviation = torch.tensor([{mean}, {deviation}], device=DEVICE)")
        lines.append("x = (x - mean[:, None, None]) / deviation[:, None, None]")
    size, before = plan.input_shape[1:], data.facts.shape[1:]
    if size != before:
        shrinks = size[0] < before[0] or size[1] < before[1]
        lines.append(f'x = F.interpolate(x, {size}, mode="bilinear", antialias={shrinks})')
    doc = '"""What the network takes, of bytes (N, C, H, W)."""'
    return "\n".join(("def prepare(images):", *(f"    {x}" for x in (doc, *lines, "return x"))))


def _augment(recipe: Recipe) -> str:
    lines = [FLIP] if recipe.flip else []
    if recipe.crop:
        lines.append(CROP.format(span=2 * recipe.crop + 1, crop=recipe.crop))
    doc = " and ".join(
        [
            *(["half of them mirrored"] if recipe.flip else []),
            *(["moved within a black border"] if recipe.crop else []),
        ]
    )
    return AUGMENT.format(doc=f"The pictures, {doc}.", lines="\n".join(lines))


def _optimizer(recipe: Recipe) -> str:
    """PyTorch's; in its fused form, as here, it rounds alike."""
    arguments = ["net.parameters()", f"lr={recipe.lr!r}"]
    if recipe.momentum:
        arguments.append(f"momentum={recipe.momentum!r}")
    arguments.append(f"weight_decay={recipe.weight_decay!r}")  # AdamW's own default is not 0
    return f"{OPTIMIZERS[recipe.optimizer]}({', '.join(arguments)}, fused=True)"


def _schedule(recipe: Recipe, plan: Plan) -> str:
    """The line that makes a schedule; a single step needs none."""
    needed = recipe.schedule in SCHEDULES and plan.steps > 1
    return SCHEDULES[recipe.schedule].format(lr=recipe.lr) if needed else ""


def _check(history: History | None) -> str:
    """What the first point of the curve has to be."""
    first = history.points[0] if history and history.points else None
    return CHECK.format(steps=first.step, loss=first.loss) if first else ""
