"""Counts of right and wrong answers, against counting them one by one."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.training.metrics import (
    accuracy,
    confident_mistakes,
    confusion,
    error_rate,
    per_class,
)

CLASSES = 4
answers = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), max_size=60)


@given(pairs=answers)
def test_counts_are_those_of_counting_by_hand(pairs: list[tuple[int, int]]) -> None:
    labels, said = (torch.tensor([pair[i] for pair in pairs], dtype=torch.int64) for i in (0, 1))
    counts = confusion(labels, said, CLASSES)
    for i in range(CLASSES):
        assert counts[i] == tuple(pairs.count((i, j)) for j in range(CLASSES))
    right = [label == answer for label, answer in pairs]
    assert accuracy(counts) == (sum(right) / len(right) if right else 0)
    assert error_rate(counts) == 1 - accuracy(counts)
    for i, share in enumerate(per_class(counts)):
        own = [label == answer for label, answer in pairs if label == i]
        assert share == (sum(own) / len(own) if own else None)


def test_one_number_can_hide_a_class() -> None:
    """The course's warning: 90 % right, and one class never."""
    labels = torch.tensor([0] * 90 + [1] * 10)
    counts = confusion(labels, torch.zeros(100, dtype=torch.int64), 2)
    assert accuracy(counts) == pytest.approx(0.9)
    assert per_class(counts) == (1.0, 0.0)


@given(seed=st.integers(0, 1000), most=st.integers(0, 20))
def test_mistakes_are_the_surest_wrong_answers(seed: int, most: int) -> None:
    random = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(40, CLASSES, generator=random).softmax(1)
    labels = torch.randint(CLASSES, (40,), generator=random)
    found = confident_mistakes(probabilities, labels, most)
    wrong = [i for i, p in enumerate(probabilities) if int(p.argmax()) != int(labels[i])]
    wrong.sort(key=lambda i: -float(probabilities[i].max()))
    assert [mistake.picture for mistake in found] == wrong[:most]
    for mistake in found:
        assert mistake.said == int(probabilities[mistake.picture].argmax())
        assert mistake.label == int(labels[mistake.picture]) != mistake.said
        assert mistake.probabilities == tuple(probabilities[mistake.picture].tolist())


def test_classifier_that_is_always_right_has_no_mistakes() -> None:
    assert confident_mistakes(torch.eye(3), torch.arange(3)) == []
