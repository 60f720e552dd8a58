"""The settings of a municipality, as a file and as they are in it."""

import tomllib
from pathlib import Path
from typing import Any

CONFIG = Path(__file__).with_name("municipality.toml")
OWN: dict[str, Any] = tomllib.loads(CONFIG.read_text())
