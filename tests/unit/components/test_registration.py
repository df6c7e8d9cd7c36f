"""Every component is its folder's own files, and none of them asks another host for anything."""

import re
from pathlib import Path

import pytest
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.testing.v1 import AppTest

import cnnviz.components

HERE = Path(cnnviz.components.__file__).parent
NAMES = sorted(file.parent.name for file in HERE.glob("*/__init__.py"))
FILES = [file for file in HERE.rglob("*") if file.suffix in (".js", ".css", ".html", ".py")]
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}


def mounted(name: str) -> BidiComponent:
    """What is sent to the browser for a component."""

    def script(name):  # type: ignore[no-untyped-def]
        from importlib import import_module

        package = import_module(f"cnnviz.components.{name}")
        getattr(package, f"_{name}")(key="mounted", data={})

    app = AppTest.from_function(script, kwargs={"name": name}, default_timeout=60).run()
    assert not app.exception
    return app.get("bidi_component")[0].proto


def test_components_of_the_first_page_are_there() -> None:
    assert {"address", "learning", "products", "stage", "take"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_component_has_its_script_with_one_default_export(name: str) -> None:
    script = (HERE / name / f"{name}.js").read_text(encoding="utf-8")
    assert len(re.findall(r"^export default ", script, re.MULTILINE)) == 1


@pytest.mark.parametrize("name", NAMES)
def test_component_registers_and_mounts_with_its_own_files(name: str) -> None:
    sent = mounted(name)
    assert sent.component_name == f"cnnviz.{name}"
    for suffix, content in ((".js", sent.js_content), (".css", sent.css_content)):
        own = HERE / name / f"{name}{suffix}"
        assert not own.exists() or own.read_text(encoding="utf-8") in content


def test_files_shared_with_others_come_first_and_the_main_one_last() -> None:
    js = mounted("stage").js_content
    opening = [
        (HERE / path).read_text(encoding="utf-8")[:60]
        for path in ("shared/format.js", "shared/transport.js", "stage/layout.js", "stage/stage.js")
    ]
    places = [js.index(start) for start in opening]
    assert places == sorted(places)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HERE)))
def test_no_file_asks_another_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[\w./-]*", text)) <= NAMESPACES
    assert not re.search(r"@import|\bfetch\(|XMLHttpRequest|sendBeacon|url\(\s*[\"']?//", text)
    assert (
        not re.search(r"\bimport\s*\(|\bimport\b.*\bfrom\b\s*[\"']", text) or file.suffix == ".py"
    )
