"""Compile the contracts to ABI and bytecode in the packages, by py-solc-x with the npm compiler."""

import hashlib
import json
import posixpath
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
AUDIT = ROOT / "audit/kindpakket_audit/contract.json"
_IMPORT = re.compile(r'from "([^"]+)"')
_OUTPUTS = (
    "abi",
    "storageLayout",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
)


def compile_contract(name: str, sources: dict[str, str]) -> dict[str, Any]:
    """Return ``contracts/NAME.sol``, compiled, for sources by path.

    ``input`` is the compiler's whole standard input, with every source that is imported, so that
    anyone can compile it again. ``creation`` and ``runtime`` are code in hex, ``immutables`` has
    the places of each immutable in ``runtime`` as ``[start, length]``, in bytes, by its name, and
    ``layout`` is the compiler's layout of storage.

    Raises:
        solcx.exceptions.SolcError: it does not compile.
        SystemExit: the compiler warns.
    """
    asked = _standard_input(name, _with_imports(sources))
    output = solcx.compile_standard(asked, solc_binary=ROOT / "scripts/solc.js")
    if warnings := [error["formattedMessage"] for error in output.get("errors", [])]:
        sys.exit("\n".join(warnings))
    contract = output["contracts"][f"contracts/{name}.sol"][name]
    names = {
        str(node["id"]): node["name"]
        for source in output["sources"].values()
        for node in _nodes(source["ast"])
        if node.get("mutability") == "immutable"
    }
    deployed = contract["evm"]["deployedBytecode"]
    return {
        "input": asked,
        "abi": contract["abi"],
        "creation": contract["evm"]["bytecode"]["object"],
        "runtime": deployed["object"],
        "immutables": {
            names[number]: [[place["start"], place["length"]] for place in places]
            for number, places in deployed["immutableReferences"].items()
        },
        "layout": contract["storageLayout"],
    }


def artifact(compiled: dict[str, Any]) -> dict[str, Any]:
    """Return ``{"abi", "bytecode", "runtime"}``, what the server needs of a contract.

    ``runtime`` has the SHA-256 of the deployed code with zeros for its immutables, and the places
    of those.
    """
    runtime = {
        "sha256": hashlib.sha256(bytes.fromhex(compiled["runtime"])).hexdigest(),
        "immutables": sorted(place for each in compiled["immutables"].values() for place in each),
    }
    return {"abi": compiled["abi"], "bytecode": "0x" + compiled["creation"], "runtime": runtime}


def _with_imports(sources: dict[str, str]) -> dict[str, str]:
    """The sources, and all that they import from packages."""
    found, waiting = dict(sources), list(sources)
    while waiting:
        path = waiting.pop()
        for told in _IMPORT.findall(found[path]):
            name = posixpath.normpath(f"{path}/../{told}") if told.startswith(".") else told
            if name not in found:
                found[name] = (ROOT / "node_modules" / name).read_text()
                waiting.append(name)
    return found


def _standard_input(name: str, sources: dict[str, str]) -> dict[str, Any]:
    return {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": {
            "evmVersion": runpy.run_path(str(EVM))["EVM_VERSION"],
            "viaIR": True,
            "optimizer": {"enabled": True, "runs": 1000000},
            "metadata": {"bytecodeHash": "none"},
            "outputSelection": {"*": {name: list(_OUTPUTS), "": ["ast"]}},
        },
    }


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """The nodes of a syntax tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for each in tree:
            yield from _nodes(each)


if __name__ == "__main__":
    texts = {path: (ROOT / path).read_text() for path in SOURCES}
    for name, directories in ARTIFACTS.items():
        compiled = compile_contract(name, texts)
        made = artifact(compiled)
        for directory in directories:
            (directory / f"{name}.json").write_text(json.dumps(made))
        if name == "VoucherLedger":
            AUDIT.write_text(json.dumps(compiled))
        print(f"{name}: {len(made['bytecode']) // 2 - 1} bytes of creation code")
