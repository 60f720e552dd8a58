"""A real chain with a different contract, which has the same interface and omits one rule."""

from pathlib import Path

import pytest

from kindpakket.ledger import abi
from kindpakket.ledger.client import Web3Ledger
from kindpakket.ledger.port import ContractDiffers
from scripts.compile import ROOT, SOURCES, compile_contract
from tests.independent_audit.tampered import differences
from tests.support.town import BICYCLES, OFF_LICENCE, Clock, found, opened, till_of

pytestmark = pytest.mark.xdist_group("other_contract")  # it is compiled once

THE_RULE = "        _requireCategories(shop.categories, scheme.permitted, scheme.excluded);\n"


@pytest.fixture(scope="module")
def without_categories() -> bytes:
    sources = {path: (ROOT / path).read_text() for path in SOURCES}
    contract = SOURCES[-1]
    assert sources[contract].count(THE_RULE) == 1
    sources[contract] = sources[contract].replace(THE_RULE, "")
    return bytes.fromhex(compile_contract("VoucherLedger", sources)["creation"])


def test_a_program_opens_no_ledger_with_the_contract_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_categories: bytes
) -> None:
    monkeypatch.setattr(abi, "BYTECODE", without_categories)
    with pytest.raises(ContractDiffers):
        found(tmp_path / "town")


def test_a_contract_that_lets_the_off_licence_be_paid_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_categories: bytes
) -> None:
    monkeypatch.setattr(abi, "BYTECODE", without_categories)
    monkeypatch.setattr(Web3Ledger, "require_contract", lambda _: None)
    found(tmp_path / "town")
    with opened(tmp_path / "town", Clock()) as town:
        town.clock.time += 3600
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
        town.api.pay(till_of(OFF_LICENCE), town.code(4_250), 4_250)
        done = town.workspace.context.ledger.audit()
    made, payment, _, code = (f"{each.about}: {each.difference}" for each in differences(done))
    assert made.startswith("Oprichting: de code waarmee het contract is gemaakt")
    assert payment.endswith("winkel 2 heeft geen categorie die regeling 1 toestaat")
    assert code.startswith("Code van het contract: is niet die van deze bron")
