"""Two languages say the same things, and nothing in the catalogues is missing or idle."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cnnviz.data.places import WHOLE
from cnnviz.ops import Window
from cnnviz.problems import SENTENCES, Problem
from cnnviz.ui.i18n import ASSETS, LANGUAGES, catalogue, explain, lesson, t, texts
from cnnviz.ui.inputs import GROUPS
from cnnviz.ui.kernels import CHOICES
from cnnviz.ui.navigation import PAGES, SECTIONS
from cnnviz.ui.sliding import PRESETS
from tests.unit.session import in_session

ROOT = Path(__file__).parents[3]
SOURCES = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "cnnviz").rglob("*.py")]
BROWSER = [f for f in (ROOT / "cnnviz/components").rglob("*") if f.suffix in (".js", ".html")]
CATALOGUES = {language: catalogue(language) for language in LANGUAGES}
EN = CATALOGUES["en"]
KEYS = {key for key in EN if not key.startswith("problem.")}


VARIABLE = r"([\w-]+)"


class Use(NamedTuple):
    """One call of `t`, `texts` or `lesson`: the first argument as a pattern, and the others."""

    function: str
    pattern: str
    values: frozenset[str] | None  # None: not to be read off the source
    where: str


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            yield file, node


def uses() -> Iterator[Use]:
    for file, node in nodes():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in ("t", "texts", "lesson"):
            names = [keyword.arg for keyword in node.keywords]
            values = None if None in names else frozenset(map(str, names))
            for pattern in patterns(node.args[0]):
                where = f"{file.relative_to(ROOT)}:{node.lineno}"
                yield Use(node.func.id, pattern, values, where)


def patterns(argument: ast.expr) -> list[str]:
    """A literal, an f-string or a choice between such, as regular expressions."""
    if isinstance(argument, ast.IfExp):
        return patterns(argument.body) + patterns(argument.orelse)
    if isinstance(argument, ast.Constant):
        return [re.escape(argument.value)]
    assert isinstance(argument, ast.JoinedStr), f"{ast.unparse(argument)} cannot be checked"
    literal = (part.value if isinstance(part, ast.Constant) else None for part in argument.values)
    return ["".join(VARIABLE if part is None else re.escape(part) for part in literal)]


def matching(pattern: str) -> set[str]:
    """The keys of this form; what a variable stands for is a word somewhere in the source."""
    found = (re.fullmatch(pattern, key) for key in EN)
    return {match[0] for match in found if match and WORDS.issuperset(match.groups())}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


USES = list(uses())
WORDS = {
    *(node.value for _, node in nodes() if isinstance(node, ast.Constant)),
    *string.digits,
    *SENTENCES,
}
LABELS = [use for use in USES if use.function == "t"]
PREFIXES = {use.pattern for use in USES if use.function == "texts"}
HANDED_OVER = {key for key in KEYS if key.split(".")[0] in PREFIXES}
SCRIPTS = "\n".join(file.read_text(encoding="utf-8") for file in BROWSER)


def used_in_the_browser(name: str) -> bool:
    """`strings.name`, or the name in quotes or as a property, to be looked up by."""
    return bool(re.search(rf"strings\.{name}\b|[\"'`]{name}[\"'`]|^\s*{name}:", SCRIPTS, re.M))


def test_both_languages_have_the_same_keys() -> None:
    assert CATALOGUES["ko"].keys() == EN.keys()


@pytest.mark.parametrize("key", sorted(EN))
def test_both_languages_fill_in_the_same(key: str) -> None:
    assert placeholders(CATALOGUES["ko"][key]) == placeholders(EN[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_ends_in_space(language: str) -> None:
    bad = [key for key, text in CATALOGUES[language].items() if not text or text != text.strip()]
    assert not bad


def test_korean_texts_are_korean() -> None:
    latin = {key for key, text in CATALOGUES["ko"].items() if not re.search("[가-힣]", text)}
    presets = {f"sliding.preset.{name}" for name in PRESETS}  # words of PyTorch's
    names = {f"recipe.word.{name}" for name in ("sgd", "adam", "adamw", "xavier", "kaiming")}
    names |= {f"data.name.{name}" for name in WHOLE}
    assert latin <= {"take.png", "take.gif", "take.csv", *presets, *names}


@pytest.mark.parametrize("use", LABELS, ids=lambda use: f"{use.where}:{use.pattern}")
def test_every_label_in_the_source_is_catalogued(use: Use) -> None:
    assert matching(use.pattern)


def test_every_placeholder_of_a_label_is_filled_in() -> None:
    for use in LABELS:
        if use.values is not None and VARIABLE not in use.pattern:
            (key,) = matching(use.pattern)
            assert placeholders(EN[key]) == use.values, use


def test_texts_for_the_browser_are_catalogued() -> None:
    assert {key.split(".")[0] for key in HANDED_OVER} == PREFIXES


def test_every_key_is_used() -> None:
    called = set().union(*(matching(use.pattern) for use in LABELS))
    idle = KEYS - called - {key for key in HANDED_OVER if used_in_the_browser(key.split(".")[1])}
    assert not idle


def test_every_text_that_a_script_asks_for_is_handed_over() -> None:
    asked = set(re.findall(r"\bstrings\.(\w+)", SCRIPTS))
    assert asked <= {key.split(".")[1] for key in HANDED_OVER}


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("kernel.name", CHOICES),
        ("kernel.shows", CHOICES),
        ("input.group", GROUPS),
        ("input.name", [name for names in GROUPS.values() for name in names]),
        ("input.garment", map(str, range(10))),
        ("section", SECTIONS),
    ],
)
def test_every_choice_has_its_label_and_no_label_is_left_over(
    prefix: str, names: tuple[str, ...]
) -> None:
    labels = {key.removeprefix(f"{prefix}.") for key in KEYS if key.startswith(f"{prefix}.")}
    assert labels == set(names)


def test_every_page_has_a_title_and_a_lead() -> None:
    wanted = {f"page.{page.name}.{part}" for page in PAGES for part in ("title", "lead")}
    assert wanted <= KEYS


# ---- refusals


def test_every_refusal_is_translated_and_no_other() -> None:
    translated = {key for key in CATALOGUES["ko"] if key.startswith("problem.")}
    assert translated == {f"problem.{kind}" for kind in SENTENCES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusal_is_said_in_the_readers_language_with_its_values(language: str) -> None:
    with pytest.raises(Problem) as caught:
        Window(4).output_shape((3, 3))
    said = in_session(lambda: explain(caught.value), lang=language)
    assert bool(re.search("[가-힣]", said)) == (language == "ko")
    assert re.findall(r"\d+", said)[:3] == ["4", "1", "4"]


def test_english_refusal_is_the_cores_own_sentence() -> None:
    problem = Problem("learn_lr", lr=-1)
    assert in_session(lambda: explain(problem), lang="en") == str(problem)


# ---- looking up


def test_label_is_given_in_the_readers_language() -> None:
    assert in_session(lambda: t("stage.play"), lang="ko") == CATALOGUES["ko"]["stage.play"]


def test_english_is_spoken_where_nothing_was_chosen() -> None:
    assert in_session(lambda: t("stage.play")) == "Play"


def test_texts_lose_their_prefix_and_keep_their_placeholders() -> None:
    found = in_session(lambda: texts("products"))
    assert found["sum"] == "sum of {n} products"
    assert set(found) == {key.split(".")[1] for key in EN if key.startswith("products.")}


# ---- lessons


LESSONS = sorted({use.pattern.replace("\\", "") for use in USES if use.function == "lesson"})


def words(text: str) -> list[str]:
    """Words as read: without the addresses of links."""
    return re.findall(r"[^\W\d_]+", re.sub(r"\]\([^)]*\)", "]", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_exactly_the_lessons_that_pages_show_are_written(language: str) -> None:
    written = [file.stem for file in (ASSETS / "lessons" / language).iterdir()]
    assert sorted(written) == LESSONS


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_lesson_of_a_page_is_neither_a_note_nor_a_chapter(page: str) -> None:
    assert 150 <= len(words(in_session(lambda: lesson(page), lang="en"))) <= 400
    assert 120 <= len(words(in_session(lambda: lesson(page), lang="ko"))) <= 400


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_has_the_same_links_in_both_languages(name: str) -> None:
    english, korean = (
        re.findall(r"\]\(([^)]*)\)", in_session(lambda: lesson(name), lang=language))
        for language in ("en", "ko")
    )
    assert english == korean
