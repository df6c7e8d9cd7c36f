"""The desk keeps the reader's settings, and undoes and redoes what was changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cnnviz.ui.desk import MOST_UNDO, Desk
from cnnviz.ui.settings import choice, whole
from tests.unit.session import in_session

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    stride: int = whole(1, 1, 8)
    padding: int = whole(0, 0, 10)
    kernel: str = choice("box", ("box", "edge"))


def at_desk(act: Callable[[Desk[Settings]], T], link: Mapping[str, str] | None = None) -> T:
    """What `act` returns for a page that was just opened by this link."""
    return in_session(lambda: act(Desk("page", Settings, dict(link or {}))))


def test_first_visit_takes_the_link() -> None:
    link = {"stride": "3", "kernel": "edge"}
    assert at_desk(lambda desk: desk.now, link) == Settings(stride=3, kernel="edge")


def test_first_visit_reports_what_the_link_asks_for_in_vain() -> None:
    now, rejected = at_desk(lambda desk: (desk.now, desk.rejected), {"stride": "0", "x": "1"})
    assert now == Settings()
    assert [part.name for part in rejected] == ["stride", "x"]


def test_later_runs_keep_the_settings_whatever_the_link_says() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.change(stride=2)
        return Desk("page", Settings, {"stride": "5", "padding": "nan"}).now

    assert at_desk(act) == Settings(stride=2)


def test_each_page_has_its_own_settings() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.change(stride=2)
        return Desk("other page", Settings, {}).now

    assert at_desk(act) == Settings()


def test_undo_and_redo_go_through_the_changes() -> None:
    def act(desk: Desk[Settings]) -> list[tuple[int, int]]:
        seen = []
        desk.change(stride=2)
        desk.change(padding=3)
        for move in (desk.undo, desk.undo, desk.redo, desk.redo):
            move()
            seen.append((desk.now.stride, desk.now.padding))
        return seen

    assert at_desk(act) == [(2, 0), (1, 0), (2, 0), (2, 3)]


def test_change_after_an_undo_forgets_what_was_undone() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.change(stride=2)
        desk.undo()
        desk.change(padding=1)
        desk.redo()
        return desk.now

    assert at_desk(act) == Settings(padding=1)


def test_undo_and_redo_at_the_ends_change_nothing() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.undo()
        desk.redo()
        return desk.now

    assert at_desk(act) == Settings()


def test_change_to_the_same_is_not_a_change() -> None:
    def act(desk: Desk[Settings]) -> int:
        desk.change(stride=1)
        return len(desk.history.past)

    assert at_desk(act) == 0


def test_change_out_of_range_is_not_made() -> None:
    def act(desk: Desk[Settings]) -> tuple[Settings, int]:
        desk.change(stride=0)
        return desk.now, len(desk.history.past)

    assert at_desk(act) == (Settings(), 0)


def test_only_the_last_changes_are_kept_to_undo() -> None:
    def act(desk: Desk[Settings]) -> int:
        for i in range(3 * MOST_UNDO):
            desk.change(stride=1 + i % 8)
        return len(desk.history.past)

    assert at_desk(act) == MOST_UNDO


def test_what_is_forgotten_cannot_be_undone() -> None:
    def act(desk: Desk[Settings]) -> tuple[Settings, int]:
        desk.forget(stride=1)
        return desk.now, len(desk.history.past)

    assert at_desk(act, {"stride": "3"}) == (Settings(), 0)


def test_link_on_the_page_changes_what_it_names_and_nothing_else() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.change(stride=2, kernel="edge")
        desk.follow({"stride": "1", "padding": "4"})
        return desk.now

    assert at_desk(act) == Settings(stride=1, padding=4, kernel="edge")


def test_link_on_the_page_leaves_alone_what_it_asks_for_in_vain() -> None:
    def act(desk: Desk[Settings]) -> tuple[Settings, list[str]]:
        desk.change(stride=2)
        desk.follow({"stride": "nan", "padding": "4", "unknown": "1"})
        return desk.now, [part.name for part in desk.rejected]

    assert at_desk(act) == (Settings(stride=2, padding=4), ["stride", "unknown"])


def test_link_on_the_page_can_be_undone() -> None:
    def act(desk: Desk[Settings]) -> Settings:
        desk.follow({"stride": "3", "padding": "4"})
        desk.undo()
        return desk.now

    assert at_desk(act) == Settings()


def test_every_link_that_is_followed_is_counted() -> None:
    def act(desk: Desk[Settings]) -> int:
        desk.follow({"stride": "3"})
        desk.follow({"stride": "3"})
        return desk.history.link

    assert at_desk(act) == 2
