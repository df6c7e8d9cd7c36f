"""Knowledge points downwards, start-up stays lean, and the settings are the safe ones."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ImageColor
from streamlit.testing.v1 import AppTest

from cnnviz.export import drawing

ROOT = Path(__file__).parents[2]
CORE = ("ops", "models", "data", "training", "figures", "export")
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
PACKAGES = sorted(name for name in CORE if (ROOT / "cnnviz" / name / "__init__.py").exists())
CORE_FILES = [file for name in CORE for file in (ROOT / "cnnviz" / name).rglob("*.py")]
Colour = tuple[int, int, int]


def imported(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, *packages: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after this code."""
    code += "\nimport sys\nprint('loaded:', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("file", CORE_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_core_knows_nothing_of_the_page(file: Path) -> None:
    above = [name for name in imported(file) if within(name, "streamlit", "cnnviz.ui")]
    above += [name for name in imported(file) if within(name, "cnnviz.components", "pages", "app")]
    assert not above


@pytest.mark.parametrize("name", ["ui", "components"])
def test_nothing_in_the_package_knows_a_page(name: str) -> None:
    for file in (ROOT / "cnnviz" / name).rglob("*.py"):
        assert not [module for module in imported(file) if within(module, "pages", "app")]


def test_components_know_nothing_of_the_user_interface() -> None:
    for file in (ROOT / "cnnviz/components").rglob("*.py"):
        assert not [module for module in imported(file) if within(module, "cnnviz.ui")]


def test_core_loads_without_streamlit() -> None:
    modules = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in CORE_FILES
    ]
    found = loaded_by("\n".join(f"import {module}" for module in modules))
    assert set(modules) <= found
    assert "streamlit" not in found


def test_app_starts_without_torchvision_and_other_slow_packages() -> None:
    found = loaded_by(
        "from streamlit.testing.v1 import AppTest\n"
        "page = AppTest.from_file('app.py', default_timeout=120).run()\n"
        "page.switch_page('pages/cross-correlation.py').run()\n"
        "assert not page.exception and page.title"
    )
    assert "cnnviz.ui.frame" in found
    assert not {"torchvision", "nbformat", "matplotlib"} & found


def test_app_file_is_short() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 40


def test_process_that_imports_the_app_opens_no_page() -> None:
    page = AppTest.from_string("import app\nimport streamlit\nstreamlit.text('alone')").run()
    assert not page.exception
    assert [text.value for text in page.text] == ["alone"]
    assert not page.title


# ---- settings of the server


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("browser", "gatherUsageStats", False),
        ("client", "showErrorDetails", "none"),
        ("server", "enableCORS", True),
        ("server", "enableXsrfProtection", True),
        ("server", "maxUploadSize", 20),
    ],
)
def test_setting_is_the_safe_one(section: str, name: str, value: object) -> None:
    assert CONFIG[section][name] == value


# ---- colours


def over(colour: Colour, share: float, background: Colour) -> Colour:
    """A colour that covers its background by this share."""
    mixed = (round(share * c + (1 - share) * b) for c, b in zip(colour, background, strict=True))
    red, green, blue = mixed
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    shares = [level / 255 for level in colour]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(weight * s for weight, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rgb(code: str) -> Colour:
    red, green, blue = ImageColor.getrgb(code)[:3]
    return red, green, blue


def backgrounds(theme: str) -> set[str]:
    colours = CONFIG["theme"][theme]
    sidebar = colours.get("sidebar", {})
    names = ("backgroundColor", "secondaryBackgroundColor")
    return {place[name] for place in (colours, sidebar) for name in names if name in place}


THEMES = ("light", "dark")
TEXTS = ("text", "link", *(f"{hue}Text" for hue in ("blue", "orange", "green", "gray", "red")))


def test_contrast_is_wcags() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", TEXTS)
def test_text_meets_wcag_aa_on_every_background(theme: str, name: str) -> None:
    text = rgb(CONFIG["theme"][theme][f"{name}Color"])
    assert min(contrast(text, rgb(under)) for under in backgrounds(theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_captions_meet_wcag_aa_though_streamlit_draws_them_fainter(theme: str) -> None:
    text = rgb(CONFIG["theme"][theme]["textColor"])
    for under in map(rgb, backgrounds(theme)):
        assert contrast(over(text, 0.6, under), under) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_white_on_a_primary_button_meets_wcag_aa(theme: str) -> None:
    assert contrast((255, 255, 255), rgb(CONFIG["theme"][theme]["primaryColor"])) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("hue", ["blue", "orange", "green"])
def test_lines_and_shapes_meet_wcag_aa(theme: str, hue: str) -> None:
    colours = CONFIG["theme"][theme]
    assert contrast(rgb(colours[f"{hue}Color"]), rgb(colours["backgroundColor"])) >= 3


@pytest.mark.parametrize(("theme", "palette"), [("light", drawing.LIGHT), ("dark", drawing.DARK)])
@pytest.mark.parametrize(
    ("hue", "role"), [("blue", "input"), ("orange", "kernel"), ("green", "output")]
)
def test_exported_picture_has_the_themes_colours(
    theme: str, palette: drawing.Palette, hue: str, role: str
) -> None:
    assert getattr(palette, role) == rgb(CONFIG["theme"][theme][f"{hue}Color"])


@pytest.mark.parametrize("palette", [drawing.LIGHT, drawing.DARK], ids=THEMES)
def test_text_in_an_exported_picture_meets_wcag_aa(palette: drawing.Palette) -> None:
    for name in ("text", "muted"):
        assert contrast(getattr(palette, name), palette.background) >= 4.5
