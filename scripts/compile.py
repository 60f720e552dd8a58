"""Compile the contracts to ABI and bytecode in the package, by py-solc-x with the npm compiler."""

import hashlib
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
_CODE = (
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
)


def compile_contract(name: str, sources: dict[str, str]) -> dict[str, object]:
    """Return ``{"abi", "bytecode", "runtime"}`` of ``contracts/NAME.sol``, for sources by path.

    ``runtime`` has the SHA-256 of the deployed code with zeros for its immutables, and the places
    of those as ``[start, length]``, in bytes.

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
                "outputSelection": {"*": {name: ["abi", *_CODE]}},
            },
        },
        solc_binary=ROOT / "scripts/solc.js",
    )
    if warnings := [error["formattedMessage"] for error in output.get("errors", [])]:
        sys.exit("\n".join(warnings))
    contract = output["contracts"][f"contracts/{name}.sol"][name]
    deployed = contract["evm"]["deployedBytecode"]
    places = [place for each in deployed["immutableReferences"].values() for place in each]
    runtime = {
        "sha256": hashlib.sha256(bytes.fromhex(deployed["object"])).hexdigest(),
        "immutables": sorted([place["start"], place["length"]] for place in places),
    }
    creation = "0x" + contract["evm"]["bytecode"]["object"]
    return {"abi": contract["abi"], "bytecode": creation, "runtime": runtime}


if __name__ == "__main__":
    texts = {path: (ROOT / path).read_text() for path in SOURCES}
    for name, directories in ARTIFACTS.items():
        artifact = compile_contract(name, texts)
        for directory in directories:
            (directory / f"{name}.json").write_text(json.dumps(artifact))
        print(f"{name}: {len(str(artifact['bytecode'])) // 2 - 1} bytes of creation code")
