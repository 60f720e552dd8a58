"""All mutants of the contract in one: compiled once, with one of them selected in the bytecode.

Each mutated place checks a constant, the number of the mutant, so that thirty compilations become
one. With its optimizer off, the compiler keeps that constant in the code.
"""

from collections.abc import Sequence
from pathlib import Path

import solcx
from eth_utils.crypto import keccak

from kindpakket.ledger.embedded import EmbeddedChain
from kindpakket.ledger.embedded_engine import EngineDatabase
from kindpakket.ledger.evm import EVM_VERSION
from kindpakket.ledger.rpc import Rpc
from scripts.compile import ROOT, SOURCES
from tests.contracts.mutants.mutant import Mutant
from tests.support.small_town import contract_on

LEDGER = "contracts/VoucherLedger.sol"
_MARK = bytes.fromhex("6d757461") * 8
_WHICH = "contracts/Which.sol"
_PRAGMA = "pragma solidity 0.8.37;\n"
_LICENCE = "// SPDX-License-Identifier: EUPL-1.2\n"
_DECLARED = f"{_LICENCE}{_PRAGMA}uint256 constant MUTANT = 0x{_MARK.hex()};\n"


def read_sources() -> dict[str, str]:
    return {path: (ROOT / path).read_text() for path in SOURCES}


def occurrences(mutant: Mutant, sources: dict[str, str]) -> int:
    return sum(text.count(mutant.exact) for text in sources.values())


def with_mutants(sources: dict[str, str], mutants: Sequence[Mutant]) -> dict[str, str]:
    """Return sources in which every mutated place checks the number of its mutant."""
    made = dict(sources)
    for exact in dict.fromkeys(mutant.exact for mutant in mutants):
        numbered = [
            (number, mutant.replacement)
            for number, mutant in enumerate(mutants, start=1)
            if mutant.exact == exact
        ]
        made = {path: text.replace(exact, _asking(exact, numbered)) for path, text in made.items()}
    imported = f'{_PRAGMA}import {{MUTANT}} from "{_WHICH}";\n'
    return {
        path: text.replace(_PRAGMA, imported) if "MUTANT" in text else text
        for path, text in made.items()
    } | {_WHICH: _DECLARED}


def _asking(exact: str, numbered: list[tuple[int, str]]) -> str:
    if not exact.endswith((";", "}")):
        made = f"({exact})"
        for number, replacement in numbered:
            made = f"(MUTANT == {number} ? ({replacement}) : {made})"
        return made
    made = f"{{ {exact} }}"
    for number, replacement in numbered:
        made = f"{{ if (MUTANT == {number}) {{ {replacement} }} else {made} }}"
    return made


def compiled(sources: dict[str, str]) -> bytes:
    """Return the creation code, as written and not optimized."""
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {path: {"content": text} for path, text in sources.items()},
            "settings": {
                "evmVersion": EVM_VERSION,
                "viaIR": True,
                "outputSelection": {LEDGER: {"VoucherLedger": ["evm.bytecode.object"]}},
            },
        },
        solc_binary=ROOT / "scripts/solc.js",
    )
    contract = output["contracts"][LEDGER]["VoucherLedger"]
    return bytes.fromhex(contract["evm"]["bytecode"]["object"])


def chosen(code: bytes, number: int) -> bytes:
    """Return the code with one mutant selected, numbered from one; the compiled code has none
    selected."""
    assert _MARK in code
    return code.replace(_MARK, number.to_bytes(32))


def mutate(directory: Path, number: int) -> None:
    """Replace the contract on a chain by one of its mutants."""
    with EmbeddedChain(directory, sync=False) as chain:
        rpc = Rpc(chain.provider)
        code = bytes.fromhex(rpc("eth_getCode", contract_on(rpc))[2:])
    store = EngineDatabase(directory, sync=False)
    with store.transaction(write=True):
        code_hash = keccak(code)  # the account refers to its code by hash
        assert store[code_hash] == code
        store[code_hash] = chosen(code, number)
    store.close()
