"""Icons, pictures and the mark: as the apps have them, from the build, for templates and paper.

A screen reader passes over all of them: an icon stands beside its word, a picture beside its text.
"""

import json
import re
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from kindpakket.theme.colours import LIGHT_GROUNDS, Brand

_TOKEN = re.compile(r"var\(--kp-([a-z-]+)\)")
_PAPER = {
    "card": LIGHT_GROUNDS.card,
    "ink": "#14212b",
    "line": "#e5dccb",
    "sun": "#f2a71b",
    "sun-tint": "#fdeecb",
    "on-sun": "#14212b",
}
"""The colours that are not of the brand, as the design tokens have them in light mode."""


def icon(name: str) -> Markup:
    """Return an icon as SVG.

    Args:
        name: in ``web_shared/src/design/icons.json``.

    Raises:
        KeyError: there is none with that name.
        FileNotFoundError: the apps are not built here.
    """
    return Markup(
        '<svg class="kp-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'
    ).format(Markup(_built("icons")[name]))  # noqa: S704


def picture(name: str) -> Markup:
    """Return a picture, or the ``mark``, as SVG that follows the page's tokens.

    Args:
        name: of a file in ``web_shared/src/design/pictures``.

    Raises:
        KeyError: there is none with that name.
        FileNotFoundError: the apps are not built here.
    """
    return Markup(_built("pictures")[name])  # noqa: S704


def printed_picture(name: str, brand: Brand) -> str:
    """Return a picture, or the ``mark``, as SVG with colours, for where there are no tokens.

    Args:
        name: of a file in ``web_shared/src/design/pictures``.
        brand: the colours of the brand; of light mode for paper.

    Raises:
        KeyError: there is none with that name.
        FileNotFoundError: the apps are not built here.
    """
    return paint(_built("pictures")[name], brand)


def paint(svg: str, brand: Brand) -> str:
    """Replace the tokens of a picture by colours.

    Raises:
        KeyError: it has a token that paper does not have.
    """
    colours = _PAPER | {
        "brand": brand.brand,
        "on-brand": brand.on_brand,
        "brand-tint": brand.tint,
        "on-brand-tint": brand.on_tint,
    }
    return _TOKEN.sub(lambda found: colours[found[1]], svg)


@cache
def _built(name: str) -> dict[str, str]:
    built = files("kindpakket") / "web" / "shared" / f"{name}.json"
    drawings: dict[str, str] = json.loads(built.read_text())
    return drawings
