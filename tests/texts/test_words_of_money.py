"""Texts about money and decisions use the terms of the glossary."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kindpakket.domain.capacities import DISPLAY_NAMES, Capacity

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "backend" / "kindpakket"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
WORDS = (
    "budget",
    "toegekend",
    "betaald",
    "terugbetaald",
    "besteed",
    "nog te besteden",
    "vervallen",
)

NOT_SAID = re.compile(
    r"\b([Uu]itgegeven|[Gg]efinancierd)\b|^(Terug|Over)$|^Over, zonder|\bBesteed per\b"
)
"""``uitgegeven`` can mean spent; ``Terug`` and ``Over`` are ambiguous."""
CAPACITY = re.compile(rf"\b({'|'.join(Capacity.__members__)})\b")
DUTCH = re.compile(r"\b(de|het|een|van|voor|niet|deze|dit|kan|komma's)\b")
"""A text with one of these words is Dutch, and otherwise English."""


def said_in_python() -> Iterator[tuple[str, str]]:
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield path.name, node.value


def said_elsewhere() -> Iterator[tuple[str, str]]:
    for path in [*PACKAGE.rglob("*.jinja"), *PACKAGE.rglob("*.po"), *PACKAGE.rglob("*.typ")]:
        if "node_modules" not in path.parts:
            yield from ((path.name, text) for text in re.findall(r'"([^"\n]+)"', path.read_text()))
    for app in ("parent_app", "shop_app", "desk_web"):
        for path in (ROOT / app / "src" / "texts").rglob("*.ts"):
            yield from ((str(path), text) for text in re.findall(r'"([^"\n]+)"', path.read_text()))


SAID = [*said_in_python(), *said_elsewhere()]


def test_the_texts_of_every_face_are_checked() -> None:
    assert len(SAID) > 4_000
    assert {"Toegekend", "Nog te besteden", "Vervallen"} <= {text for _, text in SAID}


def test_no_other_word_of_money_is_said() -> None:
    navigation = {"Terug"}  # the button to an earlier screen
    found = [
        (where, text)
        for where, text in SAID
        if NOT_SAID.search(text) and not ("/src/texts/" in where and text in navigation)
    ]
    assert found == []


def test_a_capacity_is_called_by_its_word() -> None:
    found = [
        (where, text)
        for where, text in SAID
        if CAPACITY.search(text) and DUTCH.search(text) and not text.startswith(("{%", "{{"))
    ]
    assert found == []
    assert set(DISPLAY_NAMES) == set(Capacity)


@pytest.mark.parametrize("word", WORDS)
def test_each_word_is_in_the_glossary(word: str) -> None:
    assert re.search(rf"^\| {word} \|", GLOSSARY, re.MULTILINE)
