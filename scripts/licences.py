"""Print the licences of the packages in CycloneDX files, and fail on one that is not permitted.

python scripts/licences.py dist/sbom-python.json dist/sbom-npm.json
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

LOOKED_UP = {"pyrage": "MIT"}
"""Licences that a package has in its repository and not in its metadata."""
DUAL = {"text-unidecode": "Artistic-1.0", "qrcode": "BSD-3-Clause"}
"""The licence that we use of several, or of one that is named twice."""
PERMITTED = re.compile(
    r"MIT|Apache|BSD|ISC|PSF|Python|MPL|LGPL|Lesser General|EUPL|CC0|Public Domain|OLDAP|Unlicense"
    r"|0BSD|Artistic|Zlib|OFL"
)


def licence(component: dict[str, Any]) -> str:
    """Return the licence of a package in words; empty when none is stated."""
    name = component["name"]
    if name in LOOKED_UP | DUAL:
        return (LOOKED_UP | DUAL)[name]
    stated = []
    for each in component.get("licenses", []):
        one = each.get("license", {})
        stated.append(each.get("expression") or one.get("id") or one.get("name"))
    return ", ".join(stated)


def main() -> None:
    """Print a line for each package; exit with 1 when a licence is none of the permitted."""
    components = [
        each for file in sys.argv[1:] for each in json.loads(Path(file).read_text())["components"]
    ]
    wrong = []
    for each in sorted(components, key=lambda one: one["name"].lower()):
        line = f"{each['name']} {each.get('version', '')}: {licence(each)}"
        print(line)
        if not PERMITTED.search(licence(each)):
            wrong.append(line)
    if wrong:
        sys.exit("\n".join(["not permitted, or not stated:", *wrong]))


if __name__ == "__main__":
    main()
