"""One word for one thing: a public class has a name of its own in the whole package."""

import ast
from collections import defaultdict
from pathlib import Path

import kindpakket

PACKAGE = Path(kindpakket.__file__).parent
SAME_THING = {"Block", "Official", "Shop", "Till"}
"""What the glossary names; a class in each part has the fields that this part needs."""


def test_no_name_of_a_class_means_two_things() -> None:
    defined = defaultdict[str, list[str]](list)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined[node.name].append(str(path.relative_to(PACKAGE)))
    twice = {name: places for name, places in defined.items() if len(places) > 1}
    assert {name: twice[name] for name in twice.keys() - SAME_THING} == {}
    assert twice.keys() >= SAME_THING
