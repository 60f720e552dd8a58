"""Icons in templates: those of the apps, as the build wrote them. One stands beside its word."""

import json
from functools import cache
from importlib.resources import files

from markupsafe import Markup


def icon(name: str) -> Markup:
    """Return an icon as SVG, which a screen reader passes over.

    Args:
        name: in ``web_shared/src/design/icons.json``.

    Raises:
        KeyError: there is none with that name.
        FileNotFoundError: the apps are not built here.
    """
    return Markup(
        '<svg class="kp-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>'
    ).format(Markup(_drawings()[name]))  # noqa: S704


@cache
def _drawings() -> dict[str, str]:
    built = files("kindpakket") / "web" / "shared" / "icons.json"
    drawings: dict[str, str] = json.loads(built.read_text())
    return drawings
