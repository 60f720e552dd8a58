"""Inviting a shop from the command line, and admitting the owner who used the invitation."""

import re
from typing import Any

import pytest

from kindpakket.actors import hexed
from kindpakket.protocol.enrolment import owner_code, read_invitation
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.shops.enrol import enrol
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.support.shell import BICYCLES, Shell

pytestmark = pytest.mark.xdist_group("cli")

OWNER, ANOTHER = Key(b"\x71" * 32), Key(b"\x72" * 32)
INVITE = ("shop", "invite", "De Kaft", "Kerkstraat 3", "--categories", "books")
SHOP = 3


def use(shell: Shell, link: str, owner: Key) -> None:
    """Use an invitation at the server, as the device does that opens the link."""
    invitation = read_invitation(link.partition("#KI1.")[2])
    with Workspace.open(Settings(data=shell.data), read_only=True) as workspace:
        enrol(workspace.context, invitation, address_of(owner))


def listed(shell: Shell) -> dict[str, Any]:
    (found,) = shell.json("shop", "enrolments")
    assert isinstance(found, dict)
    return found


def test_an_invitation_is_a_link_and_its_qr_with_a_date(shell: Shell) -> None:
    said = shell.ok(*INVITE)
    link = re.search(r"^https://town\.test/winkel/#KI1\.[0-9A-Z]{39}$", said, re.MULTILINE)
    assert link
    assert read_invitation(link[0].partition("#KI1.")[2]).shop == SHOP
    assert "█" in said
    assert re.search(r"Hij werkt één keer, tot en met \d+ [a-z]+ \d{4} om ", said)
    assert f"kindpakket shop admit {SHOP}" in said


def test_the_shop_app_is_where_the_site_is(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDPAKKET_APP_ADDRESS", "https://stad.example/")
    assert shell.json(*INVITE)["link"].startswith("https://stad.example/winkel/#KI1.")


def test_a_shop_is_not_admitted_before_its_invitation_was_used(shell: Shell) -> None:
    shell.ok(*INVITE)
    said = shell.fail("shop", "admit", SHOP, exit_code=2)
    assert said == f"De eigenaar van winkel {SHOP} heeft de uitnodiging nog niet gebruikt."
    assert listed(shell)["ownerCode"] is None
    assert "uitgenodigd, tot en met" in shell.ok("shop", "enrolments")


def test_who_used_it_is_compared_and_then_admitted(shell: Shell) -> None:
    use(shell, shell.json(*INVITE)["link"], OWNER)
    code = owner_code(SHOP, address_of(OWNER))
    assert (listed(shell)["ownerCode"], listed(shell)["waits"]) == (code, True)
    assert code in shell.ok("shop", "enrolments")
    said = shell.ok("shop", "admit", SHOP)
    assert f"Eigenaarscode: {code}" in said
    assert "telefonisch of aan het loket" in said
    assert said.index("voordat u tekent") < said.index("decisions approve")
    (waiting,) = shell.json("decisions", "list")
    assert f"eigenaarscode {code}." in waiting["words"]  # for the second official
    shell.approve_all()
    assert shell.json("shop", "list")[-1]["owner"] == address_of(OWNER)
    assert listed(shell)["waits"] is False
    assert "besloten" in shell.ok("shop", "enrolments")


def test_a_lost_owner_device_is_replaced(shell: Shell) -> None:
    before = shell.json("shop", "list")[0]["owner"]
    use(shell, shell.json("shop", "invite-again", BICYCLES)["link"], ANOTHER)
    bicycles = shell.json("shop", "list")[0]
    assert (bicycles["owner"], bicycles["enrolled"]) == (before, address_of(ANOTHER))
    assert owner_code(BICYCLES, address_of(ANOTHER)) in shell.ok("shop", "admit", BICYCLES)
    shell.approve_all()
    bicycles = shell.json("shop", "list")[0]
    assert (bicycles["owner"], bicycles["enrolled"]) == (address_of(ANOTHER), None)


def test_a_shop_that_takes_part_no_more_keeps_the_owner_it_has(shell: Shell) -> None:
    before = shell.json("shop", "list")[0]["owner"]
    use(shell, shell.json("shop", "invite-again", BICYCLES)["link"], ANOTHER)
    shell.decide("shop", "end", BICYCLES)
    assert shell.json("shop", "list")[0]["owner"] == before


def test_other_categories_need_no_comparing(shell: Shell) -> None:
    said = shell.ok("shop", "admit", BICYCLES, "--categories", "bicycles,sports")
    assert "Vergelijk" not in said


def test_an_owner_who_holds_a_key_already_needs_no_invitation(shell: Shell) -> None:
    said = shell.ok(*INVITE, "--owner", address_of(OWNER))
    assert "#KI1." not in said
    assert shell.json("shop", "enrolments") == []
    assert owner_code(SHOP, address_of(OWNER)) in shell.ok("shop", "admit", SHOP)


def test_an_invitation_is_shown_once(shell: Shell) -> None:
    link = shell.json(*INVITE)["link"]
    secret = hexed(read_invitation(link.partition("#KI1.")[2]).secret)[2:]
    for file in shell.data.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert bytes.fromhex(secret) not in data
            assert secret.encode() not in data


def test_a_shop_that_nobody_registered_is_not_invited(shell: Shell) -> None:
    assert shell.fail("shop", "invite-again", 9, exit_code=2) == "Er is geen winkel 9."
