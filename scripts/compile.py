"""Compile the contracts to ABI and bytecode in the package, by py-solc-x with the npm compiler."""

import json
import runpy
import sys
from pathlib import Path

import solcx

ROOT = Path(__file__).parent.parent
SOURCES = (
    "contracts/interfaces/IVoucherLedger.sol",
    "contracts/Messages.sol",
    "contracts/Signatures.sol",
    "contracts/Parties.sol",
    "contracts/VoucherLedger.sol",
)
EVM = ROOT / "backend/kindpakket/ledger/evm.py"
ARTIFACTS = {
    "VoucherLedger": (ROOT / "backend/kindpakket/ledger",),
    "Parties": (ROOT / "backend/kindpakket/ledger", ROOT / "node/parties"),
}


def compile_contract(name: str, sources: dict[str, str]) -> dict[str, object]:
    """Return ``{"abi", "bytecode"}`` of ``contracts/NAME.sol``, for sources by path.

    Raises:
        solcx.exceptions.SolcError: it does not compile.
        SystemExit: the compiler warns.
    """
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {path: {"content": text} for path, text in sources.items()},
            "settings": {
                "evmVersion": runpy.run_path(str(EVM))["EVM_VERSION"],
                "viaIR": True,
                "optimizer": {"enabled": True, "runs": 1000000},
                "metadata": {"bytecodeHash": "none"},
                "outputSelection": {"*": {name: ["abi", "evm.bytecode.object"]}},
            },
        },
        solc_binary=ROOT / "scripts/solc.js",
    )
    if warnings := [error["formattedMessage"] for error in output.get("errors", [])]:
        sys.exit("\n".join(warnings))
    contract = output["contracts"][f"contracts/{name}.sol"][name]
    return {"abi": contract["abi"], "bytecode": "0x" + contract["evm"]["bytecode"]["object"]}


if __name__ == "__main__":
    texts = {path: (ROOT / path).read_text() for path in SOURCES}
    for name, directories in ARTIFACTS.items():
        artifact = compile_contract(name, texts)
        for directory in directories:
            (directory / f"{name}.json").write_text(json.dumps(artifact))
        print(f"{name}: {len(str(artifact['bytecode'])) // 2 - 1} bytes of creation code")
