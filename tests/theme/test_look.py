"""A municipality's logo and tokens are not trusted: what is not safe is refused in a sentence."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from kindpakket.theme.logo import LookInvalid, read_logo
from kindpakket.theme.look import Look, read_look

SHAPE = '<path d="M4 4h32v18L20 37 4 22z" fill="#17406d"/>'
FADE = '<linearGradient id="a"><stop stop-color="#fff"/></linearGradient>'


def svg(inside: str, *, box: str = 'viewBox="0 0 80 40"', before: str = "") -> bytes:
    xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {xlink} {box}>{inside}</svg>'.encode()


def refused(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    with pytest.raises(LookInvalid) as told:
        read_logo(file)
    return str(told.value)


@pytest.mark.parametrize(
    "content",
    [
        svg(SHAPE),
        svg(SHAPE, before='<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn by hand -->\n'),
        svg(f'<defs>{FADE}</defs><g><rect width="9" height="9" fill="url(#a)"/></g>'),
        svg(f'<title>Wapen</title><style>.a {{ fill: url("#a") }}</style>{FADE}'),
        svg('<linearGradient id="b" xlink:href="#a"/>' + FADE),
    ],
)
def test_a_drawing_of_shapes_is_a_logo(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo").write_bytes(content)
    logo = read_logo(tmp_path / "logo")
    assert (logo.format, logo.media_type, logo.ratio) == ("svg", "image/svg+xml", 2)
    assert logo.content == content


def test_a_png_is_a_logo(tmp_path: Path) -> None:
    Image.new("RGB", (90, 30), "navy").save(tmp_path / "logo", "PNG")
    logo = read_logo(tmp_path / "logo")
    assert (logo.format, logo.media_type, logo.ratio) == ("png", "image/png", 3)


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<foreignObject/>", "foreignObject"),
        ('<image href="#a"/>', "image"),
        ('<use href="#a"/>', "use"),
        ("<text>A</text>", "text"),
        ('<a href="#a"/>', "a"),
        ('<set attributeName="href" to="x"/>', "set"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "html"),
    ],
)
def test_no_script_link_or_copy_is_in_a_logo(tmp_path: Path, inside: str, part: str) -> None:
    sentence = f"Het logo heeft een onderdeel dat niet mag: {part}. "
    assert refused(tmp_path / "logo.svg", svg(inside)).startswith(sentence)


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ('<g onclick="alert(1)"/>', "onclick"),
        ('<g ONLOAD="alert(1)"/>', "ONLOAD"),
        ('<g fill="url(https://example.org/a)"/>', "fill"),
        ('<g fill="url( #a)"/>', "fill"),
        ('<g style="fill: URL(a.svg)"/>', "style"),
        ('<linearGradient href="a.svg#b"/>', "href"),
        ('<linearGradient xlink:href="data:,"/>', "href"),
        ("<style>@import 'a.css';</style>", "style"),
        ("<style>.a { fill: u\\72l(a.svg) }</style>", "style"),
    ],
)
def test_a_logo_takes_nothing_from_elsewhere(tmp_path: Path, inside: str, part: str) -> None:
    sentence = f"Het logo mag nergens naar verwijzen, zoals in {part}."
    assert refused(tmp_path / "logo.svg", svg(inside)) == sentence


@pytest.mark.parametrize("child", ["<!--x-->", "<?x?>", "<g/>"])
def test_nothing_hides_a_part_of_a_style(tmp_path: Path, child: str) -> None:
    content = svg(f'<style>.a {{}}{child}@import "//evil.example/a.css";</style>')
    sentence = "Het logo mag in een stijl alleen tekst hebben."
    assert refused(tmp_path / "logo.svg", content) == sentence


ENTITY = '<!DOCTYPE svg [<!ENTITY a "aaaa">]>'
STYLES = '<?xml-stylesheet href="a.css"?>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a", "Het logo is geen SVG of PNG."),
        (b"", "Het logo is geen SVG of PNG."),
        (b"\x89PNG\r\n\x1a\nhalf", "Het logo is geen SVG of PNG."),
        (svg("<g>"), "Het logo is geen SVG of PNG."),
        (svg(SHAPE).decode().encode("utf-16"), "Het logo is geen SVG of PNG."),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "Het logo is geen SVG of PNG."),
        (svg("&a;", before=ENTITY), "Het logo mag geen DOCTYPE en geen stylesheet hebben."),
        (svg("", before=STYLES), "Het logo mag geen DOCTYPE en geen stylesheet hebben."),
        (svg(SHAPE, box=""), "Het logo heeft geen viewBox met een breedte en een hoogte."),
        (
            svg(SHAPE, box='viewBox="0 0 0 nan"'),
            "Het logo heeft geen viewBox met een breedte en een hoogte.",
        ),
        (svg(" " * 50_000), "Het logo is groter dan 50 kB."),
    ],
)
def test_what_no_logo_is(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refused(tmp_path / "logo", content) == sentence


def test_a_small_file_with_many_pixels_is_not_unpacked(tmp_path: Path) -> None:
    Image.new("1", (2001, 2000)).save(tmp_path / "large.png")
    content = (tmp_path / "large.png").read_bytes()
    assert refused(tmp_path / "logo", content) == "Het logo heeft meer dan 4 miljoen pixels."


def test_a_logo_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LookInvalid, match="Het logo kan niet worden gelezen"):
        read_logo(tmp_path / "logo.svg")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"<svg", svg("<")]))
@settings(deadline=None)
@example(b"", b"")
def test_any_bytes_are_a_logo_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, before: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(before + content)
    try:
        read_logo(file)
    except LookInvalid as error:
        assert str(error).endswith(".")


def test_tokens_of_a_municipality_come_over_the_computed_ones(tmp_path: Path) -> None:
    file = tmp_path / "theme.css"
    file.write_text(".purmerend-theme {\n  --utrecht-button-color: #123456;\n}\n")
    css = read_look("#7a1f5c", None, file).css
    assert css.index("--kindpakket-brand: #7a1f5c;") < css.index("--utrecht-button-color: #123456;")
    assert ".purmerend-theme" not in css
    assert ":root.kindpakket-theme {\n  --utrecht-button-color" in css


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b":root { --a: 1 }", "Het thema heeft geen klasse die eindigt op -theme"),
        (b"\xff", "Het thema kan niet worden gelezen"),
        (b".a-theme {}" + b" " * 500_000, "Het thema is groter dan 500 kB."),
    ],
)
def test_what_no_tokens_are(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "theme.css").write_bytes(content)
    with pytest.raises(LookInvalid, match=sentence):
        read_look("#7a1f5c", None, tmp_path / "theme.css")


def test_without_settings_the_look_is_the_products() -> None:
    assert "--kindpakket-brand: #0b5f74;" in Look().css
    assert "--kp-logo" not in Look().css
