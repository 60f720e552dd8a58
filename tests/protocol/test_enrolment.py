"""Enrolment of devices of shops and officials, tested with the vectors shared with TypeScript."""

import hashlib
import json
from pathlib import Path

import pytest

from kindpakket.domain.proofs import ProofUnreadable, format_proof, id_range, read_proof
from kindpakket.protocol.enrolment import (
    Invitation,
    InvitationUnreadable,
    OfficialInvitation,
    RecoverySheet,
    RecoverySheetUnreadable,
    TillRequestUnreadable,
    make_till_request,
    official_code,
    owner_code,
    read_invitation,
    read_official_invitation,
    read_recovery_sheet,
    read_till_request,
    recover_new_official,
)
from kindpakket.protocol.messages import Domain, TillChange
from kindpakket.protocol.signatures import SignatureMalformed, address_of
from tests.support.proofs import proof_of

VECTORS = Path(__file__).parents[1] / "vectors"
ROWS = json.loads((VECTORS / "enrolment.json").read_text())
LEDGER = Domain(131277322940537, "0xf2e246bb76df876cef8b38ae84130f4f55de395b")


def rows(kind):
    found = [row for row in ROWS if row["kind"] == kind and "why" not in row]
    assert len(found) >= 4
    return found


def raw(text):
    return bytes.fromhex(text.removeprefix("0x"))


def domain_of(row):
    return Domain(row["domain"]["chainId"], row["domain"]["verifyingContract"])


@pytest.mark.parametrize("row", rows("invitation"))
def test_an_invitation_is_this_text_and_this_link(row):
    invitation = Invitation(row["shop"], raw(row["secret"]))
    assert invitation.text == row["text"]
    assert invitation.link(row["app"]) == invitation.link(row["app"] + "/") == row["link"]
    assert "0x" + hashlib.sha256(invitation.secret).hexdigest() == row["sha256OfSecret"]
    assert len(row["text"]) == 39
    for spelling in [row["text"], *row["spellings"]]:
        assert read_invitation(spelling) == invitation


@pytest.mark.parametrize("row", rows("owner code"))
def test_an_owner_code_is_this_text(row):
    assert owner_code(row["shop"], row["owner"]) == row["code"]
    assert [len(part) for part in row["code"].split("-")] == [4, 4, 4]


@pytest.mark.parametrize("row", rows("official invitation"))
def test_an_officials_invitation_is_this_text_and_this_link(row):
    invitation = OfficialInvitation(raw(row["secret"]))
    assert invitation.text == row["text"]
    assert invitation.link(row["app"]) == invitation.link(row["app"] + "/") == row["link"]
    assert len(row["text"]) == 32
    for spelling in [row["text"], *row["spellings"]]:
        assert read_official_invitation(spelling) == invitation


@pytest.mark.parametrize("row", rows("official code"))
def test_an_official_code_is_this_text(row):
    assert official_code(address_of(raw(row["key"]))) == row["code"]
    assert [len(part) for part in row["code"].split("-")] == [4, 4, 4]


@pytest.mark.parametrize("row", rows("official code"))
def test_a_new_official_shows_that_the_key_is_theirs(row):
    proof = raw(row["proof"])
    assert recover_new_official(row["official"], proof) == row["official"]
    assert recover_new_official("0x" + row["official"][2:].upper(), proof) == row["official"]


def test_a_new_official_cannot_name_the_key_of_another():
    anna, bram, *_ = rows("official code")
    for official, proof in (
        (bram["official"], raw(anna["proof"])),
        (anna["official"], raw(anna["proof"])[:-1]),
        (anna["official"] + "!", raw(anna["proof"])),
        ("", raw(anna["proof"])),
    ):
        with pytest.raises(SignatureMalformed):
            recover_new_official(official, proof)


@pytest.mark.parametrize("row", rows("till request"))
def test_a_till_request_is_this_text_and_the_owner_signs_the_same_message(row):
    request = make_till_request(row["shop"], raw(row["key"]), row["nonce"], domain_of(row))
    assert request.text == row["text"]
    assert request.change == TillChange(row["shop"], row["till"], True, row["nonce"])
    assert request.signature == raw(row["signature"])
    assert read_till_request(row["text"], domain_of(row)) == request
    assert len(row["text"]) == len("KT1:") + 94 // 2 * 3


@pytest.mark.parametrize("row", rows("recovery sheet"))
def test_a_recovery_sheet_is_this_text_and_this_link(row):
    sheet = RecoverySheet(row["shop"], raw(row["key"]))
    assert sheet.text == row["text"]
    assert sheet.grouped == row["grouped"]
    assert sheet.link(row["app"]) == row["link"]
    assert [len(part) for part in row["grouped"].split("-")] == [4] * 16
    assert address_of(sheet.key) == row["owner"]
    for spelling in [row["text"], *row["spellings"]]:
        assert read_recovery_sheet(spelling) == sheet


@pytest.mark.parametrize("row", rows("proof code"))
def test_a_proof_code_is_this_text_and_finds_its_payment(row):
    proof = proof_of(row["payment"])
    assert format_proof(proof) == row["proof"]
    first, last = id_range(proof)
    assert first <= row["payment"] <= last
    for spelling in [row["proof"], *row["spellings"]]:
        assert read_proof(spelling) == proof


def test_the_ids_of_a_proof_code_are_those_that_begin_with_its_fifty_bits():
    # 00000-00001 is forty-nine zeros and a one: six bytes, and the top two bits of the seventh.
    first, last = id_range(read_proof("00000-00001"))
    assert first == "0x00000000000040" + "00" * 25
    assert last == "0x0000000000007f" + "ff" * 25


READERS = {
    "invitation": (read_invitation, InvitationUnreadable),
    "official invitation": (read_official_invitation, InvitationUnreadable),
    "recovery sheet": (read_recovery_sheet, RecoverySheetUnreadable),
    "till request": (lambda text: read_till_request(text, LEDGER), TillRequestUnreadable),
    "proof code": (read_proof, ProofUnreadable),
}
REFUSED = [row for row in ROWS if "why" in row]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row['kind']}: {row['why']}")
def test_every_malformed_vector_is_refused(row):
    read, error = READERS[row["kind"]]
    with pytest.raises(error):
        read(row["input"])


def test_malformed_rows_are_all_different():
    assert {row["kind"] for row in REFUSED} == set(READERS)
    assert len({(row["kind"], row["input"]) for row in REFUSED}) == len(REFUSED) >= 100


def test_a_secret_shows_in_no_log():
    assert "sixteen" not in repr(Invitation(7, b"sixteen letters!"))
    assert "sixteen" not in repr(OfficialInvitation(b"sixteen letters!"))
    assert "UUUU" not in repr(RecoverySheet(7, b"\x55" * 32))


def test_an_owner_is_another_code_at_another_shop():
    owner = address_of(b"\x11" * 32)
    assert owner_code(1, owner) != owner_code(2, owner)


def test_two_invitations_have_two_secrets():
    assert OfficialInvitation.generate() != OfficialInvitation.generate()
