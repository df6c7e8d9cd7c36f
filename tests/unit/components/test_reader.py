"""Who reads: what a browser tells is believed only where it has the form of an id."""

import pytest

from cnnviz.ui.reader import reader
from tests.unit.session import in_session

ID = "0123456789abcdef" * 2


def test_reader_is_who_the_browser_says() -> None:
    assert in_session(reader, reader={"id": ID}) == ID


def test_reader_is_nobody_until_the_browser_has_told() -> None:
    assert in_session(reader) is None


@pytest.mark.parametrize("told", [ID[:-1], ID + "0", ID.upper(), ID[:-1] + "\n", 7, None, [ID]])
def test_what_has_not_the_form_of_an_id_is_nobody(told: object) -> None:
    assert in_session(reader, reader={"id": told}) is None
