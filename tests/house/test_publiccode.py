"""`publiccode.yml` is complete, by the rules of https://yml.publiccode.tools/schema.core.html."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
FILE = yaml.safe_load((ROOT / "publiccode.yml").read_text())


def test_every_mandatory_key_is_there() -> None:
    mandatory = {"publiccodeYmlVersion", "name", "url", "platforms", "categories"}
    mandatory |= {"developmentStatus", "softwareType", "description", "legal", "maintenance"}
    assert mandatory | {"localisation"} <= set(FILE)
    assert FILE["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert FILE["maintenance"]["contacts"]


def test_descriptions_have_the_prescribed_lengths() -> None:
    for described in FILE["description"].values():
        assert len(described["genericName"]) <= 35
        assert len(described["shortDescription"]) <= 150
        assert 500 <= len(described["longDescription"]) <= 10_000


def test_the_licence_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert FILE["legal"]["license"] == project["license"]
