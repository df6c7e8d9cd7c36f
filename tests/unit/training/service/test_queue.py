"""Who is next: readers take turns, each runs one thing and waits for one more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.problems import Problem
from cnnviz.training.service.queue import MOST_WAITING, Queue


def asked(*tickets: tuple[str, str]) -> Queue:
    """A queue with tickets of readers, a letter a run: asked(("ann", "ab"), ("bob", "c"))."""
    queue = Queue()
    for reader, runs in tickets:
        queue.check(reader, len(runs))
        queue.put(reader, list(runs))
    return queue


def served(queue: Queue) -> str:
    """All runs in the order in which one worker takes them."""
    order = ""
    while run := queue.take():
        order += run
        queue.drop(run)
    return order


def test_empty_queue_has_no_next() -> None:
    assert Queue().take() is None


def test_first_asked_is_first_served() -> None:
    assert served(asked(("ann", "a"), ("bob", "b"), ("eve", "c"))) == "abc"


def test_second_ticket_of_a_reader_waits_for_the_first_of_all_others() -> None:
    assert served(asked(("ann", "a"), ("ann", "b"), ("bob", "c"))) == "acb"


def test_duel_of_four_takes_turns_with_others() -> None:
    assert served(asked(("ann", "abcd"), ("bob", "x"), ("eve", "y"))) == "axybcd"


def test_duel_runs_on_several_workers_at_once() -> None:
    queue = asked(("ann", "ab"))
    assert (queue.take(), queue.take()) == ("a", "b")


def test_second_ticket_does_not_run_beside_the_first() -> None:
    queue = asked(("ann", "a"), ("ann", "b"))
    assert queue.take() == "a"
    assert queue.take() is None
    queue.drop("a")
    assert queue.take() == "b"


def test_third_ticket_of_a_reader_is_refused() -> None:
    queue = asked(("ann", "a"), ("ann", "b"))
    with pytest.raises(Problem) as refused:
        queue.check("ann", 1)
    assert refused.value.kind == "queue_reader"
    queue.check("bob", 1)


def test_reader_may_ask_again_when_one_has_ended() -> None:
    queue = asked(("ann", "a"), ("ann", "b"))
    queue.take()
    queue.drop("a")
    queue.check("ann", 1)


def test_more_than_200_waiting_are_refused() -> None:
    queue = Queue()
    for n in range(MOST_WAITING):
        queue.put(f"reader {n}", [str(n)])
    with pytest.raises(Problem) as refused:
        queue.check("one more", 1)
    assert refused.value.kind == "queue_full"
    queue.take()
    queue.check("one more", 1)


def test_run_that_is_left_to_others_frees_its_reader() -> None:
    queue = asked(("ann", "a"), ("ann", "b"))
    queue.take()
    queue.pass_on("a")
    queue.check("ann", 1)
    assert queue.take() == "b"  # ann's next runs beside it


def test_waiting_run_that_is_left_to_others_still_comes() -> None:
    queue = asked(("ann", "a"), ("bob", "b"))
    queue.pass_on("a")
    assert served(queue) == "ba"


TICKETS = st.lists(st.tuples(st.sampled_from("pqrst"), st.integers(1, 4)), max_size=12)


@given(TICKETS)
def test_order_foretells_what_is_served(tickets: list[tuple[str, int]]) -> None:
    queue, number = Queue(), 0
    for reader, runs in tickets:
        try:
            queue.check(reader, runs)
        except Problem:
            continue
        queue.put(reader, [f"{number + n}," for n in range(runs)])
        number += runs
    foretold = "".join(queue.order())
    assert served(queue) == foretold
    assert foretold.count(",") == number


@given(TICKETS)
def test_nobody_waits_longer_than_a_turn_of_each_reader(tickets: list[tuple[str, int]]) -> None:
    queue = Queue()
    for n, (reader, runs) in enumerate(tickets):
        queue.put(reader, [f"{reader}{n}.{m}" for m in range(runs)])
    readers = {reader for reader, _ in tickets}
    order = []
    while run := queue.take():
        order.append(run[0])
        queue.drop(run)
    assert set(order[: len(readers)]) == readers
