"""The contract keeps each rule, and each mutant is detected."""

import fcntl
import inspect
from pathlib import Path

import pytest
from eth.vm.forks.shanghai import computation as shanghai
from eth.vm.forks.spurious_dragon import computation as spurious_dragon

from kindpakket.ledger import abi
from tests.contracts.mutants import MUTANTS, Mutant
from tests.contracts.scenarios import Scenario, money, moves, officials, payments, refunds
from tests.support import small_town
from tests.support.mutation import (
    chosen,
    compiled,
    mutate,
    occurrences,
    read_sources,
    with_mutants,
)
from tests.support.town import copied

ROOMS = (payments, refunds, moves, officials, money)
RULES: dict[str, Scenario] = {
    name: value
    for room in ROOMS
    for name, value in vars(room).items()
    if inspect.isfunction(value)
    and value.__annotations__ == {"town": small_town.SmallTown, "return": None}
}


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> bytes:
    """The creation code with all mutants in it; the first worker to need it compiles it."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    with (shared / "mutants.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = shared / "mutants.bin"
        if not file.exists():
            file.write_bytes(compiled(with_mutants(read_sources(), MUTANTS)))
        return file.read_bytes()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town on the production contract."""
    directory = tmp_path_factory.mktemp("real") / "town"
    small_town.found(directory)
    return directory


@pytest.fixture(scope="session")
def mutable(tmp_path_factory: pytest.TempPathFactory, code: bytes) -> Path:
    """A town on the contract with all mutants in it, none of them selected."""
    directory = tmp_path_factory.mktemp("mutable") / "town"
    with pytest.MonkeyPatch.context() as patch:
        _deploying(patch, code)
        small_town.found(directory)
    return directory


def _deploying(patch: pytest.MonkeyPatch, code: bytes) -> None:
    """Deploy this code without the size limit: it contains all mutants, and is not optimized."""
    patch.setattr(abi, "BYTECODE", code)
    patch.setattr(spurious_dragon, "EIP170_CODE_SIZE_LIMIT", 2**17)
    patch.setattr(shanghai, "MAX_INITCODE_SIZE", 2**18)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_contract_keeps_the_rule(rule: Scenario, real: Path, tmp_path: Path) -> None:
    with small_town.opened(copied(real, tmp_path / "town")) as town:
        rule(town)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_rule_is_kept_while_no_mutant_is_chosen(
    rule: Scenario, mutable: Path, code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deploying(monkeypatch, code)
    with small_town.opened(copied(mutable, tmp_path / "town")) as town:
        rule(town)


@pytest.mark.parametrize("number", range(1, len(MUTANTS) + 1), ids=lambda n: MUTANTS[n - 1].name)
def test_the_mutant_breaks_its_rule(
    number: int, mutable: Path, code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _deploying(monkeypatch, chosen(code, number))
    directory = copied(mutable, tmp_path / "town")
    mutate(directory, number)
    with small_town.opened(directory) as town, pytest.raises(AssertionError):
        MUTANTS[number - 1].killed_by(town)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_mutant_is_one_of_the_contract_as_it_is(mutant: Mutant) -> None:
    assert occurrences(mutant, read_sources()) == 1


def test_every_rule_of_the_contract_has_a_mutant_that_breaks_it() -> None:
    assert {mutant.killed_by for mutant in MUTANTS} == set(RULES.values())
