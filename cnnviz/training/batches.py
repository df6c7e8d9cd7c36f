"""From bytes to what a network takes: whole batches at once, picture by picture nowhere.

The pictures stay as bytes in memory (on the device). Of each batch, some are mirrored, parts are
cut out, and then the numbers are scaled and the planes resized: all as operations on tensors.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.training.chance import generator
from cnnviz.training.recipe import Recipe


class Batches:
    """The batches of a recipe, each found by its number."""

    def __init__(self, recipe: Recipe, data: TrainingSet, size: tuple[int, int]) -> None:
        self.recipe, self.size = recipe, size
        self.train = Split(*(tensor.to(recipe.device) for tensor in data.train))
        self.test = Split(*(tensor.to(recipe.device) for tensor in data.test))
        self.mean, self.deviation = statistics(data.train.images)
        self.per_epoch = -(-len(self.train.labels) // recipe.batch_size)
        self._order = (-1, torch.empty(0))  # of the epoch that was asked for last

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """The batch of a step, counted from 0: (N, C, H, W) and labels (N,).

        Every epoch goes through all pictures in an order of its own; its last batch is what is
        left.
        """
        epoch, number = divmod(step, self.per_epoch)
        start = number * self.recipe.batch_size
        chosen = self._shuffled(epoch)[start : start + self.recipe.batch_size]
        images = self.train.images.index_select(0, chosen)
        if self.recipe.flip or self.recipe.crop:
            images = self._augmented(images, step)
        return self.prepare(images), self.train.labels.index_select(0, chosen)

    def prepare(self, images: Tensor) -> Tensor:
        """Bytes (N, C, h, w) as the network takes them: scaled, and resized to (N, C, *size)."""
        x = images.float().div_(255)
        if self.recipe.scaling == "standard":
            shape = (-1, 1, 1)
            mean, deviation = (v.to(x) for v in (self.mean, self.deviation))
            x.sub_(mean.view(shape)).div_(deviation.view(shape))
        if x.shape[2:] == self.size:
            return x
        shrinks = x.shape[2] > self.size[0] or x.shape[3] > self.size[1]
        return F.interpolate(x, self.size, mode="bilinear", antialias=shrinks)

    def _shuffled(self, epoch: int) -> Tensor:
        if self._order[0] != epoch:
            random = generator(self.recipe.seed, "order", epoch)
            order = torch.randperm(len(self.train.labels), generator=random)
            self._order = (epoch, order.to(self.recipe.device))
        return self._order[1]

    def _augmented(self, images: Tensor, step: int) -> Tensor:
        random = generator(self.recipe.seed, "augment", step)
        if self.recipe.flip:
            chosen = torch.rand(len(images), generator=random) < 0.5
            images = flip(images, chosen.to(images.device))
        if self.recipe.crop:
            offsets = torch.randint(2 * self.recipe.crop + 1, (2, len(images)), generator=random)
            images = crop(images, self.recipe.crop, offsets.to(images.device))
        return images


def statistics(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each channel of bytes (N, C, H, W), as shares of white.

    Exact, from counts of the 256 levels. A channel of one level only has the deviation 1.
    """
    levels = torch.arange(256, dtype=torch.float64) / 255
    counts = torch.stack([torch.bincount(c.flatten(), minlength=256) for c in images.unbind(1)])
    shares = counts.double() / counts.sum(1, keepdim=True)
    mean = shares @ levels  # (C,)
    variance = (shares * (levels - mean[:, None]).square()).sum(1)
    deviation = torch.where(variance > 0, variance.sqrt(), 1)
    return mean.float(), deviation.float()


def flip(images: Tensor, chosen: Tensor) -> Tensor:
    """The chosen (N,) of the images (N, C, H, W) with left and right exchanged."""
    return torch.where(chosen[:, None, None, None], images.flip(-1), images)


def crop(images: Tensor, padding: int, offsets: Tensor) -> Tensor:
    """Padded with black on every side, then as large a part as before cut out of each.

    Args:
        images: (N, C, H, W).
        padding: pixels.
        offsets: (2, N) whole numbers from 0 to 2·padding, of the part's top and left.
    """
    count, channels, height, width = images.shape
    padded = F.pad(images, (padding,) * 4)
    device = images.device
    down = offsets[0][:, None] + torch.arange(height, device=device)  # (N, H)
    across = offsets[1][:, None] + torch.arange(width, device=device)  # (N, W)
    which = torch.arange(count, device=device)[:, None, None, None]
    planes = torch.arange(channels, device=device)[None, :, None, None]
    return padded[which, planes, down[:, None, :, None], across[:, None, None, :]]
