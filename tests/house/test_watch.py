"""Alerts and the dashboard use metrics that a server exports, and each alert has its section."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kindpakket.api.watched import OUTCOMES, PARTS
from kindpakket.domain.refusals import Code
from kindpakket.exporter import _NUMBERS
from kindpakket.metrics import REGISTRY
from kindpakket.services.base.limits import Lane

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operations/watch.md"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/kindpakket.rules.yml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((ROOT / "deploy/kindpakket.dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES]
EXPRESSIONS += [target["expr"] for panel in PANELS for target in panel["targets"]]
LABELS = {
    "outcome": set(OUTCOMES),
    "code": set(Code),
    "lane": set(Lane),
    "part": set(PARTS),
    "status": {"500"},
    "act": {"/payments"},
    "job": {"kindpakket"},
}


def exported() -> dict[str, set[str]]:
    """The names of samples that a server exports, with their labels."""
    names = {f"kindpakket_{name}": set[str]() for name in _NUMBERS}
    names |= {"kindpakket_ready": {"check"}, "kindpakket_info": {"version"}, "up": set()}
    for family in REGISTRY.collect():
        suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
        metric = REGISTRY._names_to_collectors.get(family.name)
        labels = set(getattr(metric, "_labelnames", ()))
        for suffix in suffixes.get(family.type, ("",)):
            names[family.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return names


def test_every_metric_that_is_asked_for_is_exported_with_its_labels() -> None:
    there, asked = exported(), set()
    for expression in EXPRESSIONS:
        for name, matchers in re.findall(
            r"\b((?:kindpakket|process)_\w+|up)\b(?:{([^}]*)})?", expression
        ):
            asked.add(name)
            assert name in there, expression
            for label, value in re.findall(r'(\w+)="([^"]*)"', matchers):
                assert label in there[name] | {"job"}, expression
                assert value in LABELS[label], expression
        for labels in re.findall(r"by \(([^)]*)\)", expression):
            known = set[str]().union(*(there[name] for name in there if name in expression))
            assert set(labels.split(", ")) <= known | {"instance"}, expression
    assert len(asked) > 12


def test_every_metric_is_in_the_document_and_every_other_is_none() -> None:
    rows = re.findall(r"^\| (`(?:kindpakket|process)_.+?`) \|", PAGE.read_text(), re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    of_the_process = {name for name in exported() if name.startswith("process_")}
    there = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported()}
    assert {name for name in told if name.startswith("kindpakket")} == there - of_the_process - {
        "up"
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_alert_has_a_section_of_the_runbook(rule: dict[str, Any]) -> None:
    page, anchor = rule["annotations"]["runbook_url"].split("#")
    assert page.endswith(str(PAGE.relative_to(ROOT)))
    headings = re.findall(r"^### (\w+)$", PAGE.read_text(), re.MULTILINE)
    assert anchor in [heading.lower() for heading in headings]
    assert anchor == rule["alert"].lower()
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_section_of_the_runbook_belongs_to_an_alert() -> None:
    headings = re.findall(r"^### (Kindpakket\w+)$", PAGE.read_text(), re.MULTILINE)
    assert headings == [rule["alert"] for rule in RULES]
