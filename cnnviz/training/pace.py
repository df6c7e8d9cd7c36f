"""How fast a training is, how long it will take, and when it is time to tell."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cnnviz.training.plan import Plan

INTERVAL = 0.1  # seconds from one telling to the next, at least
GUESS = 1 / 3  # of a picture's training is its test, until one was measured


class Pace:
    """Measures the work alone: what a reader does between two events does not count."""

    def __init__(self, plan: Plan, tests: int, start: int = 0) -> None:
        self.plan = plan
        epochs = math.ceil(plan.steps / plan.steps_per_epoch) - start // plan.steps_per_epoch
        self.tests = epochs * tests  # pictures to be tested until the end
        self.steps = self.images = self.tested = 0
        self.training = self.testing = 0.0  # seconds
        self._told = time.monotonic()

    @contextmanager
    def step(self) -> Iterator[None]:
        """Around a training step; whoever makes it counts its pictures in `images`."""
        began = time.perf_counter()
        yield
        self.training += time.perf_counter() - began
        self.steps += 1

    @contextmanager
    def test(self, images: int) -> Iterator[None]:
        """Around a part of a test."""
        began = time.perf_counter()
        yield
        self.testing += time.perf_counter() - began
        self.tested += images

    def due(self) -> bool:
        """Whether it is time to tell; then it is not for a while."""
        now = time.monotonic()
        if now - self._told < INTERVAL:
            return False
        self._told = now
        return True

    @property
    def images_per_second(self) -> float:
        return self.images / self.training if self.training else 0.0

    def seconds_left(self, step: int) -> float:
        """Until all is done, by what was measured; after `step` steps."""
        if not self.images:
            return 0.0
        a_test = self.testing / self.tested if self.tested else GUESS / self.images_per_second
        left = (self.plan.steps - step) * self.training / self.steps
        return left + (self.tests - self.tested) * a_test
