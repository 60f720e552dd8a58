"""Generate files of the apps. From the server: the API's types, refusals, lengths of IBANs, colours
and the apps' icons. From its package: the font, with the weights that are used.

The files are in the repository, so that changes of the API are visible; a test fails if they are
outdated.
"""

import json
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from itertools import product
from pathlib import Path
from string import ascii_uppercase

ROOT = Path(__file__).parent.parent
SHARED = ROOT / "web_shared"
TYPES, CODES, REFUSALS, LENGTHS = (
    f"src/api/{name}"
    for name in ("schema.d.ts", "refusal_codes.json", "refusals.json", "iban_lengths.json")
)
BRAND = "src/design/brand.css"
ICON = "public/icon.svg"
PIXELS = {"public/icon-192.png": 192, "public/icon-512.png": 512}
MASKABLE = "public/icon-maskable-512.png"
"""Filled to its edges, with the mark where a system that cuts off corners keeps it."""
FONT = "src/design/atkinson-hyperlegible-next.woff2"
_WHOLE_FONT = (
    ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next"
    "/files/atkinson-hyperlegible-next-latin-wght-normal.woff2"
)
_WEIGHTS = (400, 700)
"""Smallest and largest weight of a text: other weights would be half of the file."""
_MARK = SHARED / "src/design/pictures/mark.svg"
_BRAND_NOTE = (
    "/* Computed from the standard colour by kindpakket.theme; see make_web_files.py. */\n\n"
)


def make(directory: Path) -> None:
    """Write the files into a directory.

    Raises:
        subprocess.CalledProcessError: the generator refused the OpenAPI document.
    """
    from kindpakket.api.openapi import make_document
    from kindpakket.api.routes import router
    from kindpakket.domain.refusals import DUTCH, ENGLISH
    from kindpakket.theme.colours import STANDARD
    from kindpakket.theme.stylesheet import THEME, brand_css

    for folder in ("src/api", "src/design", "public"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / BRAND).write_text(_BRAND_NOTE + brand_css(THEME, STANDARD))
    (directory / ICON).write_text(_draw_icon(STANDARD, edge=48, corner=112))
    for name, pixels in PIXELS.items():
        (directory / name).write_bytes(_to_png(_draw_icon(STANDARD, edge=48, corner=112), pixels))
    _limit_weights(_WHOLE_FONT, directory / FONT)
    (directory / MASKABLE).write_bytes(_to_png(_draw_icon(STANDARD, edge=96, corner=0), 512))
    (directory / CODES).write_text(json.dumps(list(DUTCH), indent=2) + "\n")
    words = {"nl": DUTCH, "en": ENGLISH}
    refusals = json.dumps(words, ensure_ascii=False, indent=2)
    (directory / REFUSALS).write_text(refusals + "\n")
    (directory / LENGTHS).write_text(json.dumps(_iban_lengths(), indent=2) + "\n")
    with tempfile.TemporaryDirectory() as temporary:
        document = Path(temporary) / "openapi.json"
        document.write_text(json.dumps(make_document(router, contact_email="info@example.org")))
        generator = ROOT / "node_modules/openapi-typescript/bin/cli.js"
        command = ["node", generator, document, "--output", directory / TYPES]
        subprocess.run(command, check=True, capture_output=True, text=True)


def _draw_icon(colour: str, *, edge: int, corner: int) -> str:
    """Return the mark in white on a square of 512, as SVG; the edge and the corners in units."""
    from kindpakket.theme.colours import light
    from kindpakket.theme.drawings import paint

    brand = light(colour)
    mark = paint(_MARK.read_text(), replace(brand, brand=brand.on_brand))
    inner = re.sub(r"^<svg[^>]*>|</svg>|\n *", "", mark)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">\n'
        f'  <rect width="512" height="512" rx="{corner}" fill="{brand.brand}"/>\n'
        f'  <g transform="translate({edge} {edge}) scale({(512 - 2 * edge) / 32:g})">{inner}</g>\n'
        "</svg>\n"
    )


def _limit_weights(whole: Path, limited: Path) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(whole, recalcTimestamp=False)
    instantiateVariableFont(font, {"wght": _WEIGHTS}, inplace=True)
    font.save(limited)


def _to_png(svg: str, pixels: int) -> bytes:
    import typst

    page = (
        "#set page(width: 512pt, height: 512pt, margin: 0pt, fill: none)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 512pt)'
    )
    inches = 512 / 72
    png: bytes = typst.compile(
        page.encode(), format="png", ppi=pixels / inches, sys_inputs={"svg": svg}
    )
    return png


def _iban_lengths() -> dict[str, int]:
    """The length of an IBAN in each SEPA country, from the server's library."""
    from schwifty.exceptions import InvalidCountryCode
    from schwifty.registry import get_iban_spec

    lengths = {}
    for country in map("".join, product(ascii_uppercase, repeat=2)):
        with suppress(InvalidCountryCode):
            spec = get_iban_spec(country)
            if spec.in_sepa_zone:
                lengths[country] = spec.iban_length
    return lengths


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "backend"))
    make(SHARED)
