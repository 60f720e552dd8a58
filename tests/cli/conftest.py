"""One municipality is set up by commands per worker; each test gets a copy."""

from pathlib import Path

import pytest

from tests.support.shell import Shell, found_by_commands, moved_in


@pytest.fixture(scope="session")
def founded_by_commands(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return found_by_commands(tmp_path_factory.mktemp("municipality"))


@pytest.fixture
def shell(founded_by_commands: Shell, tmp_path: Path) -> Shell:
    return moved_in(founded_by_commands, tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> Shell:
    """A directory without any setup."""
    return Shell(tmp_path)
