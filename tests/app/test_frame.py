"""Pages, languages and the classroom: what surrounds every page."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.navigation import PAGES
from tests.app.reader import click, control, go, labels, run, sent, stage, toasts, visit


def korean(app: AppTest) -> bool:
    return bool(re.search("[가-힣]", app.title[0].value))


@pytest.mark.parametrize("page", ["home", "cross-correlation"])
def test_page_opens_with_a_stage_and_without_a_notice(page: str) -> None:
    app = visit(page=page)
    assert stage(app).output.numel()
    assert not app.toast
    assert not app.warning
    assert not app.error


def test_app_opens_on_the_home_page() -> None:
    app = visit(page="home")
    assert app.title[0].value == "See how convolutional networks work"


def test_home_page_leads_to_every_page_by_its_section_number() -> None:
    links = visit(page="home").get("page_link")
    assert [link.proto.page for link in links] == [entry.name for entry in PAGES]
    for link, entry in zip(links, PAGES, strict=True):
        assert entry.number in link.proto.label
        assert "** " not in link.proto.label  # a space would undo the bold type


def test_home_page_plays_by_itself_and_leaves_the_address_alone() -> None:
    meta = stage(visit(page="home")).meta
    assert meta["autoplay"]
    assert not meta["linked"]


@pytest.mark.parametrize("locale", ["ko-KR", "ko", "KO-kr"])
def test_browsers_language_is_the_default(locale: str) -> None:
    assert korean(visit(locale=locale))


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "x", ""])
def test_reader_of_another_language_gets_english(locale: str) -> None:
    assert not korean(visit(locale=locale))


@pytest.mark.parametrize("page", ["home", "cross-correlation"])
@pytest.mark.parametrize(("lang", "locale"), [("ko", "en-US"), ("en", "ko-KR")])
def test_link_says_the_language_louder_than_the_browser(page: str, lang: str, locale: str) -> None:
    app = visit({"lang": lang}, page=page, locale=locale)
    assert korean(app) == (lang == "ko")
    assert not app.toast


def test_language_is_kept_in_the_address() -> None:
    assert "lang=ko" in sent(visit({"lang": "ko"}), "address")["query"]


def test_stage_speaks_the_readers_language() -> None:
    assert stage(visit({"lang": "ko"})).meta["strings"]["play"] == "재생"


@pytest.mark.parametrize("lang", ["de", "", "EN", "한국어"])
def test_unknown_language_in_a_link_is_told(lang: str) -> None:
    app = visit({"lang": lang}, locale="ko-KR")
    assert korean(app)
    assert "lang" in toasts(app)


def test_language_is_changed_in_the_sidebar_and_the_settings_stay() -> None:
    app = visit({"input": "bar", "kernel": "edge", "stride": "2"})
    before = stage(app)
    app.sidebar.get("button_group")[0].set_value("ko")
    after = stage(run(app))
    assert korean(app)
    assert after.output.equal(before.output)
    assert after.meta["window"]["stride"] == [2, 2]


@pytest.mark.parametrize("page", ["home", "cross-correlation"])
def test_classroom_has_nothing_in_the_sidebar(page: str) -> None:
    app = visit({"view": "class"}, page=page)
    assert not app.sidebar.children
    assert stage(app).meta["classroom"]


def test_classroom_is_kept_in_the_address() -> None:
    assert "view=class" in sent(visit({"view": "class"}), "address")["query"]


def test_classroom_is_entered_and_left_by_a_button() -> None:
    app = click(visit({"stride": "2"}), "Classroom mode")
    assert not app.sidebar.children
    app = click(app, "Leave classroom mode")
    assert app.sidebar.children
    assert not stage(app).meta["classroom"]
    assert stage(app).meta["window"]["stride"] == [2, 2]


def test_classroom_leaves_the_controls_within_reach() -> None:
    app = visit({"view": "class"})
    control(app, "selectbox", "kernel").set_value("edge")
    assert stage(run(app)).kernel.tolist() == [[[1, -1]]]


def test_unknown_view_in_a_link_is_told() -> None:
    app = visit({"view": "cinema"})
    assert app.sidebar.children
    assert "cinema" in toasts(app)


def test_settings_survive_a_visit_to_another_page() -> None:
    app = visit({"input": "pattern", "kernel": "cross"})
    control(app, "slider", "padding").set_value(2)
    before = stage(run(app))
    after = stage(go(go(app, "home"), "cross-correlation"))
    assert after.meta["window"] == before.meta["window"]
    assert after.output.equal(before.output)


def test_home_page_offers_no_controls_of_other_pages() -> None:
    app = go(visit(), "home")
    assert not app.slider
    assert not app.selectbox
    assert labels(app) == ["Classroom mode"]


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize("page", ["home", "cross-correlation"])
def test_first_visitor_of_a_server_gets_the_page_in_the_links_language(page: str) -> None:
    app = visit({"lang": "ko"}, page=page)
    assert korean(app)
    assert stage(app).meta["strings"]["play"] == "재생"
