"""Each rule of the contract is kept; and each way to break one that we thought of is noticed."""

import fcntl
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth.vm.forks.shanghai import computation as shanghai
from eth.vm.forks.spurious_dragon import computation as spurious_dragon

from kindpakket.ledger import abi
from tests.contracts.mutants import MUTANTS, Mutant
from tests.contracts.scenarios import Scenario, money, moves, officials, payments, refunds
from tests.support import small_town
from tests.support.mutation import NONE, chosen, compiled, occurrences, read_sources, with_mutants
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
    directory = tmp_path_factory.mktemp("real") / "town"
    small_town.found(directory)
    return directory


@pytest.fixture(scope="session")
def unmutated(tmp_path_factory: pytest.TempPathFactory, code: bytes) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("unmutated") / "town"
    with pytest.MonkeyPatch.context() as patch:
        _put_in_place(patch, chosen(code, NONE))
        small_town.found(directory)
    return directory


def _put_in_place(patch: pytest.MonkeyPatch, code: bytes) -> None:
    """Have this code deployed, however long it is: it holds every mutant and is not optimized."""
    patch.setattr(abi, "BYTECODE", code)
    patch.setattr(spurious_dragon, "EIP170_CODE_SIZE_LIMIT", 2**17)
    patch.setattr(shanghai, "MAX_INITCODE_SIZE", 2**18)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_contract_keeps_the_rule(rule: Scenario, real: Path, tmp_path: Path) -> None:
    with small_town.opened(copied(real, tmp_path / "town")) as town:
        rule(town)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_without_a_mutant_chosen_the_rule_is_kept(
    rule: Scenario, unmutated: Path, tmp_path: Path, code: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_in_place(monkeypatch, chosen(code, NONE))
    with small_town.opened(copied(unmutated, tmp_path / "town")) as town:
        rule(town)


@pytest.mark.parametrize("number", range(1, len(MUTANTS) + 1), ids=lambda n: MUTANTS[n - 1].name)
def test_the_mutant_breaks_its_rule(
    number: int, code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_in_place(monkeypatch, chosen(code, number))
    with pytest.raises(AssertionError):
        small_town.found(tmp_path / "town")
        with small_town.opened(tmp_path / "town") as town:
            MUTANTS[number - 1].killed_by(town)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_mutant_is_one_of_the_contract_as_it_is(mutant: Mutant) -> None:
    assert occurrences(mutant, read_sources()) == 1


def test_every_rule_of_the_contract_has_a_mutant_that_breaks_it() -> None:
    assert {mutant.killed_by for mutant in MUTANTS} == set(RULES.values())
