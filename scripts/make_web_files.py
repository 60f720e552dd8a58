"""Generate files of the apps from the server: the API's types, refusals, lengths of IBANs, colours.

The files are in the repository, so that changes of the API are visible; a test fails if they are
outdated.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from itertools import product
from pathlib import Path
from string import ascii_uppercase

ROOT = Path(__file__).parent.parent
SHARED = ROOT / "web_shared/src"
TYPES, REFUSALS, LENGTHS = "api/schema.d.ts", "api/refusals.json", "api/iban_lengths.json"
BRAND = "design/brand.css"
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

    for folder in ("api", "design"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / BRAND).write_text(_BRAND_NOTE + brand_css(THEME, STANDARD))
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
