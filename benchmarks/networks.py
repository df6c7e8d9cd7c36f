"""The shape table beside a real forward pass of the same network, and what it takes of memory."""

import subprocess
import sys
from pathlib import Path

import torch
from torchvision import models

from benchmarks.kernels import alternate
from benchmarks.table import Peer, Row
from cnnviz.models.summary import shape_table

ROOT = Path(__file__).parents[1]
SHAPE = (3, 224, 224)
STARTS = 3

# In a process of its own, since a process only knows the most that it ever took. Linux hands a
# child its parent's `ru_maxrss`, so there it is asked elsewhere.
MEMORY = """\
import re, resource, sys
import torch
from torchvision import models
from cnnviz.models.summary import shape_table

def megabytes(name):
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    with open("/proc/self/status") as file:
        return int(re.search(name + r":\\s+(\\d+) kB", file.read())[1]) * 1024 / 1e6

before = megabytes("VmRSS")
with torch.device("meta"):
    model = models.resnet152()
assert len(shape_table(model, (3, 224, 224))) == 515
print(megabytes("VmHWM") - before)
"""


def shape_table_of_resnet() -> Row:
    """ResNet-152 at 224: its table, and one picture through the real network."""
    model = models.resnet152().eval()
    x = torch.rand(1, *SHAPE, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        ours, peer = alternate(lambda: shape_table(model, SHAPE), lambda: model(x))
    peers = (Peer("a forward pass", peer),)
    return Row("shape table of ResNet-152 at 224", "ms", ours, peers, at_most_times=1 / 5)


def memory_of_a_table() -> Row:
    """The network without weights, and its table."""
    command = [sys.executable, "-c", MEMORY]
    samples = [
        float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        for _ in range(STARTS)
    ]
    return Row("its peak memory above the import", "MB", tuple(samples), at_most=100)
