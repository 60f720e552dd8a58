"""``kindpakket join``: what it refuses; what it makes is in tests/conformance."""

import pytest

from tests.support.shell import Shell

pytestmark = pytest.mark.xdist_group("cli")


def test_a_chain_or_a_database_in_the_directory_is_not_shared(shell: Shell) -> None:
    told = shell.fail("join", shell.home / "second", exit_code=2)
    assert told.startswith("Twee servers delen een knooppunt en een database")
    assert not (shell.home / "second").exists()


def test_without_a_ledger_there_is_nothing_to_join(empty: Shell) -> None:
    assert "is nog niets" in empty.fail("join", empty.home / "second", exit_code=2)
