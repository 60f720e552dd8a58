"""What is done when a key is lost, as the runbook has it (docs/operations/keys.md)."""

import re

import pytest

from kindpakket.protocol.signatures import Key, address_of
from tests.support.shell import FIRST, SECOND, Shell

pytestmark = pytest.mark.xdist_group("cli")

EVERY = "Regels,Winkels,Budget,Toekennen,Uitbetalen,Ambtenaren,Persoonsgegevens"
SAFE = "kluis"


def addresses(shell: Shell) -> dict[str, str]:
    return {each["name"]: each["official"] for each in shell.json("official", "list")}


def take_from_safe(shell: Shell) -> None:
    """Make a keystore of the key that ``init`` printed for the safe."""
    printed = re.search(r"0x[0-9a-f]{64}", shell.said[0])
    assert printed
    shell.ok("official", "from-paper", "Kluis", stdin=printed[0] + "\n")


def decide(shell: Shell, decision: str, *keys: str) -> None:
    for key in keys:
        shell.ok("decisions", "approve", decision, "--key", key, "--yes")


def test_a_colleague_and_the_safe_replace_an_official_who_lost_the_key(shell: Shell) -> None:
    lost = addresses(shell)["Anna de Vries"]
    take_from_safe(shell)
    made = shell.json("official", "new", "Anna op haar nieuwe laptop")["address"]
    named = ("--name", "Anna op haar nieuwe laptop", "--capacity", EVERY)
    decide(shell, shell.json("official", "add", made, *named)["id"], SECOND, SAFE)
    decide(shell, shell.json("official", "remove", lost)["id"], SECOND, SAFE)
    assert lost not in addresses(shell).values()
    waiting = shell.json("scheme", "fund", 1, "100")["id"]
    decide(shell, waiting, SECOND)
    shell.fail("decisions", "approve", waiting, "--key", FIRST, "--yes")
    decide(shell, waiting, "anna-op-haar-nieuwe-laptop")
    assert shell.json("audit")["clean"]


def test_two_officials_replace_the_key_in_the_safe(shell: Shell) -> None:
    former = addresses(shell)["Kluis"]
    made = shell.json("official", "new-safe", "Kluis 2027")
    decide(shell, made["id"], FIRST, SECOND)
    decide(shell, shell.json("official", "remove", former)["id"], FIRST, SECOND)
    assert addresses(shell)["Kluis 2027"] == address_of(Key(bytes.fromhex(made["key"][2:])))
    assert former not in addresses(shell).values()
    assert (
        shell.json("official", "from-paper", "Kluis", stdin=made["key"])["address"]
        == (addresses(shell)["Kluis 2027"])
    )


@pytest.mark.parametrize(
    "typed", ["", "0x12", "0x" + "zz" * 32, "0x" + "00" * 32, "0x" + "ff" * 32]
)
def test_what_is_no_key_makes_no_keystore(shell: Shell, typed: str) -> None:
    said = shell.fail("official", "from-paper", "Kluis", exit_code=2, stdin=typed)
    assert said == "Dit is geen sleutel: 0x en 64 cijfers en letters van a tot f."
    assert not (shell.data / "keys" / "kluis.json").exists()


def test_a_key_for_the_safe_is_shown_once_and_kept_nowhere(shell: Shell) -> None:
    told = shell.ok("official", "new-safe")
    printed = re.search(r"0x[0-9a-f]{64}", told)
    assert printed
    kept = [path for path in shell.data.rglob("*") if path.is_file()]
    assert not any(printed[0][2:].encode() in path.read_bytes() for path in kept)
    assert not any(bytes.fromhex(printed[0][2:]) in path.read_bytes() for path in kept)
