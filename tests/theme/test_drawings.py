"""Pictures, the mark and icons: one source for apps, pages and paper, coloured by tokens only."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from kindpakket.theme.colours import STANDARD, light
from kindpakket.theme.drawings import icon, paint, picture, printed_picture

ROOT = Path(__file__).parents[2]
DESIGN = ROOT / "web_shared/src/design"
PICTURES = {"letter", "code", "shop", "money-back"}
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {f"{SVG}{name}" for name in ("svg", "circle", "path", "rect")}
FACES = ("web_shared", "parent_app", "shop_app", "desk_web")
TEMPLATES = sorted((ROOT / "backend").rglob("*.jinja"))


def source(name: str) -> str:
    return (DESIGN / f"pictures/{name}.svg").read_text()


def light_tokens() -> dict[str, str]:
    """The tokens of light mode, those that refer to others resolved."""
    css = "".join(
        (DESIGN / f"{name}.css").read_text().split("@media")[0] for name in ("tokens", "brand")
    )
    found = dict(re.findall(r"--([\w-]+): ([^;]+);", css))

    def value(name: str) -> str:
        refers = re.fullmatch(r"var\(--(?:utrecht-[\w-]+, var\(--)?([\w-]+)\)+", found[name])
        return value(refers[1]) if refers else found[name]

    return {name: value(name) for name in found if name.startswith("kp-")}


def test_there_are_four_pictures_and_a_mark() -> None:
    assert {each.stem for each in (DESIGN / "pictures").glob("*.svg")} == {*PICTURES, "mark"}


@pytest.mark.parametrize("name", sorted({*PICTURES, "mark"}))
def test_a_picture_has_few_shapes_no_words_and_no_colour_of_its_own(name: str) -> None:
    text = source(name)
    assert len(text.encode()) < 3_000
    whole = ElementTree.fromstring(text)
    assert whole.get("aria-hidden") == "true"
    assert whole.get("focusable") == "false"
    for each in whole.iter():
        assert each.tag in SHAPES  # no text, no title, no style, no script
        assert not {"id", "style", "class"} & each.attrib.keys() or each is whole
        for paint_of in ("fill", "stroke"):
            assert re.fullmatch(r"none|var\(--kp-[a-z-]+\)", each.get(paint_of, "none"))
        # What is filled says with what: without it, it would be black.
        assert each is whole or {"fill", "stroke"} & each.attrib.keys()


@pytest.mark.parametrize("name", sorted({*PICTURES, "mark"}))
def test_pages_show_the_picture_that_the_apps_show(name: str) -> None:
    assert str(picture(name)) == source(name)


@pytest.mark.parametrize("name", sorted({*PICTURES, "mark"}))
def test_paper_has_the_colours_of_light_mode(name: str) -> None:
    tokens = light_tokens()
    expected = re.sub(r"var\(--([\w-]+)\)", lambda found: tokens[found[1]], source(name))
    assert printed_picture(name, light(STANDARD)) == expected
    assert "var(" not in expected


def test_paper_has_the_municipalitys_colour() -> None:
    assert paint('<path fill="var(--kp-brand)"/>', light("#7a1f5c")) == '<path fill="#7a1f5c"/>'


def test_every_icon_of_a_template_exists() -> None:
    used = {
        name for each in TEMPLATES for name in re.findall(r'icon\("([^"]+)"\)', each.read_text())
    }
    assert used <= json.loads((DESIGN / "icons.json").read_text()).keys()
    for name in used:
        drawn = ElementTree.fromstring(str(icon(name)))
        assert drawn.get("aria-hidden") == "true"
        assert len(drawn) > 0


def test_every_icon_is_used() -> None:
    files = [
        *(each for part in FACES for each in ROOT.glob(f"{part}/src/**/*.svelte")),
        *(each for part in FACES for each in ROOT.glob(f"{part}/src/**/*.ts")),
        *TEMPLATES,
        ROOT / "backend/kindpakket/desk/menu.py",
    ]
    texts = "".join(re.sub(r'class="[^"]*"', "", each.read_text()) for each in files)
    names = json.loads((DESIGN / "icons.json").read_text())
    assert [each for each in names if f'"{each}"' not in texts] == []


def test_every_button_of_the_parent_app_has_an_icon_beside_its_word() -> None:
    files = [
        file
        for sources in ("parent_app/src", "parent_app/paper/src", "web_shared/src/parts")
        for file in (ROOT / sources).rglob("*.svelte")
    ]
    control = re.compile(
        r"<Button\b.*?</Button>|<label class=\"utrecht-button.*?</label>", re.DOTALL
    )
    buttons = [button for file in files for button in control.findall(file.read_text())]
    assert len(buttons) > 30
    assert [button for button in buttons if "<Icon name=" not in button] == []


@pytest.mark.parametrize("app", ["parent_app", "shop_app"])
def test_an_app_has_the_mark_as_its_icon_at_the_sizes_that_it_names(app: str) -> None:
    icons = json.loads((ROOT / app / "public/manifest.webmanifest").read_text())["icons"]
    assert {(each["sizes"], each["purpose"]) for each in icons} == {
        ("any", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for each in icons:
        file = ROOT / "web_shared/public" / each["src"].removeprefix("/static/")
        if each["type"] == "image/svg+xml":
            ElementTree.fromstring(file.read_text())
            continue
        drawn = Image.open(file).convert("RGBA")
        assert "{}x{}".format(*drawn.size) == each["sizes"]
        # A system cuts off the corners of a maskable icon, so that one has a ground everywhere.
        corner = drawn.getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == (255 if each["purpose"] == "maskable" else 0)


def test_no_app_has_an_icon_of_its_own() -> None:
    own = [*ROOT.glob("*_app/public/*"), *ROOT.glob("backend/kindpakket/*/page*/*")]
    assert [each.name for each in own if each.suffix in {".svg", ".png"}] == []
