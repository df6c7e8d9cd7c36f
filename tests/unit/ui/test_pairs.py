"""One control for rows and columns while they are equal, two where they differ."""

from dataclasses import dataclass
from typing import Any

from streamlit.testing.v1 import AppTest

from cnnviz.ui.settings import Pair, pair

PARTED = ["Size: rows", "Size: columns"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Two numbers of each kind that the control knows."""

    size: Pair = pair((2, 2), 1, 9)
    other: Pair = pair((1, 1), 1, 9)


def script(link, high) -> None:  # type: ignore[no-untyped-def]
    import dataclasses

    import streamlit as st

    from cnnviz.ui.desk import Desk
    from cnnviz.ui.pairs import pair_control
    from tests.unit.ui.test_pairs import Settings

    def take(now, both):  # type: ignore[no-untyped-def]
        return dataclasses.replace(now, size=both, other=both)

    desk = Desk("page", Settings, dict(link))
    st.button("undo", on_click=desk.undo)
    pair_control(desk, "size", "Size", high=high, take=take if high else None)
    st.session_state["now"] = (desk.now.size, desk.now.other)


def opened(high: Pair | None = None, **link: str) -> AppTest:
    app = AppTest.from_function(script, kwargs={"link": link, "high": high}, default_timeout=60)
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [slider.label for slider in app.slider]


def ranges(app: AppTest) -> list[tuple[Any, Any]]:
    return [(slider.min, slider.max) for slider in app.slider]


def turn(app: AppTest) -> AppTest:
    """Click the button beside the sliders."""
    app.button[1].click()
    return run(app)


def test_equal_numbers_have_one_slider_that_sets_both() -> None:
    app = opened()
    assert labels(app) == ["Size"]
    app.slider[0].set_value(5)
    assert run(app).session_state["now"][0] == (5, 5)


def test_button_parts_rows_from_columns_without_changing_them() -> None:
    app = turn(opened(size="4"))
    assert labels(app) == PARTED
    assert [slider.value for slider in app.slider] == [4, 4]
    app.slider[1].set_value(3)
    assert run(app).session_state["now"][0] == (4, 3)
    app.slider[0].set_value(1)
    assert run(app).session_state["now"][0] == (1, 3)


def test_button_makes_columns_like_rows() -> None:
    app = turn(opened(size="4x7"))
    assert labels(app) == ["Size"]
    assert app.session_state["now"][0] == (4, 4)


def test_link_with_two_numbers_shows_two_sliders() -> None:
    app = opened(size="2x3")
    assert labels(app) == PARTED
    assert [slider.value for slider in app.slider] == [2, 3]


def test_undo_parts_again_what_was_put_together() -> None:
    app = turn(opened(size="2x3"))
    app.button[0].click()
    assert labels(run(app)) == PARTED
    assert app.session_state["now"][0] == (2, 3)


def test_sliders_end_where_other_settings_limit_them() -> None:
    app = opened((5, 3))
    assert ranges(app) == [(1, 3)]
    assert ranges(turn(app)) == [(1, 5), (1, 3)]


def test_slider_with_one_place_cannot_be_moved() -> None:
    app = opened((1, 1), size="1")
    assert app.slider[0].disabled
    assert not opened((2, 2), size="1").slider[0].disabled


def test_page_may_change_more_with_a_pair() -> None:
    app = turn(opened((9, 9)))
    app.slider[0].set_value(6)
    assert run(app).session_state["now"] == ((6, 2), (6, 2))
