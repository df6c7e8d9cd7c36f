"""Operations on tensors, each with its walk: what happens at every output cell.

Only torch is known here. `windows` is the one home of the shape formula.
"""

from cnnviz.ops.correlation import Step, Walk, correlate
from cnnviz.ops.learning import LearningStep, learn_kernel, stable_learning_rate
from cnnviz.ops.pooling import Pooling, pool
from cnnviz.ops.transposed import Painting, correlate_transposed
from cnnviz.ops.windows import Window

__all__ = [
    "LearningStep",
    "Painting",
    "Pooling",
    "Step",
    "Walk",
    "Window",
    "correlate",
    "correlate_transposed",
    "learn_kernel",
    "pool",
    "stable_learning_rate",
]
