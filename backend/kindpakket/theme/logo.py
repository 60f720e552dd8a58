"""A municipality's logo: a PNG, or an SVG of plain shapes.

Its file is not trusted: it is checked before use.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from lxml import etree  # type: ignore[import-untyped]
from PIL import Image

_MOST_BYTES = 50_000
_MOST_PIXELS = 4_000_000
_LONGEST = 100_000
_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = {
    *("svg", "g", "defs", "title", "desc", "style"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("linearGradient", "radialGradient", "stop"),
}
"""Elements without a script, a link or a copy of others, so that drawing takes linear time."""
_ELSEWHERE = re.compile(r"url\((?!['\"]?#)|@|\\|//", re.IGNORECASE)
"""What could fetch something, in a style or an attribute."""


_NO_PICTURE = "Het logo is geen SVG of PNG."


class LookInvalid(ValueError):
    """The logo or the theme cannot be used; the message says why, in Dutch."""


@dataclass(frozen=True)
class Logo:
    """A picture, as the file has it."""

    format: str
    """``svg`` or ``png``."""
    content: bytes
    ratio: float
    """Its width for a height of 1."""

    @property
    def media_type(self) -> str:
        """The type of its content."""
        return "image/svg+xml" if self.format == "svg" else "image/png"


def read_logo(path: Path) -> Logo:
    """Read a logo; SVG or PNG by content.

    Raises:
        LookInvalid: it is neither, too large, has what a logo may not have, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise LookInvalid(f"Het logo kan niet worden gelezen: {path}.") from error
    if len(content) > _MOST_BYTES:
        raise LookInvalid("Het logo is groter dan 50 kB.")
    read = _read_png if content.startswith(_PNG_MARK) else _read_svg
    return read(content)


def _read_png(content: bytes) -> Logo:
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            width, height = image.size
            if width * height <= _MOST_PIXELS:
                image.load()
    except Exception as error:  # Pillow raises many kinds for bytes that are no picture
        raise LookInvalid(_NO_PICTURE) from error
    if width * height > _MOST_PIXELS:
        raise LookInvalid("Het logo heeft meer dan 4 miljoen pixels.")
    return Logo("png", content, width / height)


def _read_svg(content: bytes) -> Logo:
    root = _parse(content)
    for each in root.iter():
        if each.tag is etree.Comment:
            continue
        name = str(each.tag).removeprefix(_SVG)
        if name not in _SHAPES:
            raise LookInvalid(
                f"Het logo heeft een onderdeel dat niet mag: {_short(name)}. "
                "Bewaar het als eenvoudige SVG, met teksten als paden, of als PNG."
            )
        if name == "style" and len(each):  # a child or a comment
            raise LookInvalid("Het logo mag in een stijl alleen tekst hebben.")
        style = [("style", each.text or "")] if name == "style" else []
        for key, value in [*each.attrib.items(), *style]:
            if _is_unsafe(_short(str(key)), str(value)):
                raise LookInvalid(f"Het logo mag nergens naar verwijzen, zoals in {_short(key)}.")
    return Logo("svg", content, _ratio(root))


def _parse(content: bytes) -> etree._Element:
    """Return the root of an SVG without a document type, and so without entities."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        content.decode()
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise LookInvalid(_NO_PICTURE) from error
    if root.tag != f"{_SVG}svg":
        raise LookInvalid(_NO_PICTURE)
    if b"<!DOCTYPE" in content or b"<?xml-stylesheet" in content:
        raise LookInvalid("Het logo mag geen DOCTYPE en geen stylesheet hebben.")
    return root


def _is_unsafe(key: str, value: str) -> bool:
    """Whether an attribute or a style runs something, or takes something from outside the file."""
    if key.lower().startswith("on"):
        return True
    if key == "href":
        return not value.startswith("#")
    return _ELSEWHERE.search(value) is not None


def _ratio(root: etree._Element) -> float:
    try:
        sides = root.attrib["viewBox"].replace(",", " ").split()
        _, _, width, height = map(float, sides)
        if not (0 < width < _LONGEST and 0 < height < _LONGEST):
            raise ValueError
    except (KeyError, ValueError) as error:
        raise LookInvalid("Het logo heeft geen viewBox met een breedte en een hoogte.") from error
    return width / height


def _short(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2][:40]
