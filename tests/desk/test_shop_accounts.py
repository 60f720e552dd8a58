"""The bank account of a shop without the app: proposed by one official, signed by two."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from kindpakket.actors import hexed
from kindpakket.protocol.enrolment import owner_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shops.bank_accounts import AccountValidity, find_account, list_versions
from kindpakket.store import tables as t
from tests.desk.office import NO_POINT, Desk, at_the_desk, read
from tests.support.payouts import give_account
from tests.support.town import BICYCLES, EVERYTHING, SAFE, Town, owner_of

ACCOUNT = {"iban": "nl20 ingb 0001 2345 67", "holder": "De Ketting"}
WORDS = "Winkel 1 wordt voortaan uitbetaald op NL20 INGB 0001 2345 67, op naam van De Ketting."


def propose(desk: Desk, account: dict[str, str] = ACCOUNT) -> str:
    """Propose an account for the bicycle shop; return the page for signing it."""
    answer = desk.post(f"/winkels/{BICYCLES}/rekening", account)
    assert answer.status_code == 303, read(answer.text)
    return str(answer.headers["location"]).removeprefix("/gemeente").partition("?")[0]


def sign(desk: Desk, path: str, **other: Any) -> str:
    """Sign the messages of a page; return the redirect."""
    answer = desk.post(f"{path}/handtekening", {"signature": desk.signed(path, **other)})
    assert answer.status_code == 303, read(answer.text)
    return str(answer.headers["location"])


def paid_on(town: Town) -> str | None:
    found = find_account(town.workspace.context, BICYCLES)
    return found[0].iban if found and found[1] is not AccountValidity.NOT_SIGNED else None


def test_two_officials_say_where_a_shop_is_paid(town: Town, anna: Desk, bram: Desk) -> None:
    path = propose(anna)
    assert WORDS.lower() in anna.page(path).lower()
    assert "Uw handtekening staat erop." not in anna.page(path)
    assert sign(anna, path).endswith("?gedaan=getekend")
    assert paid_on(town) is None
    assert WORDS.lower() in bram.page("/").lower(), "what waits for me"
    assert "De Ketting" not in anna.page("/")
    assert sign(bram, path) == "/gemeente/?gedaan=getekend"
    assert paid_on(town) == "NL20INGB0001234567"
    (version,) = list_versions(town.workspace.context, BICYCLES, 9)
    assert version.signers == tuple(sorted((anna.address, bram.address)))
    assert "De Ketting" not in bram.page("/")
    page = anna.page(f"/winkels/{BICYCLES}")
    assert "NL20 •••• 4567, De Ketting" in page
    assert "door twee ambtenaren" in page
    assert "0001 2345" not in page
    assert bram.get(path).status_code == 404


def test_an_account_proposed_twice_waits_once(town: Town, anna: Desk, bram: Desk) -> None:
    path = propose(anna)
    assert "Dit voorstel wachtte al." not in anna.page(path)
    town.clock.time += 60
    told = bram.told(f"/winkels/{BICYCLES}/rekening", ACCOUNT)
    assert "Dit voorstel wachtte al. Er is geen tweede gemaakt." in told
    assert propose(bram) == path
    assert propose(bram, ACCOUNT | {"holder": "Een ander"}) != path


def test_an_account_is_proposed_again_once_something_newer_was_signed(
    town: Town, anna: Desk
) -> None:
    path = propose(anna)
    town.clock.time += 60
    give_account(town, BICYCLES, "NL91 ABNA 0417 1643 00", "De Ketting")
    assert propose(anna) != path


def test_an_owner_who_signed_is_told_by_the_owner_code(town: Town, anna: Desk) -> None:
    give_account(town, BICYCLES, "NL20 INGB 0001 2345 67", "De Ketting")
    page = anna.page(f"/winkels/{BICYCLES}")
    assert f"eigenaarscode {owner_code(BICYCLES, address_of(owner_of(BICYCLES)))}" in page


def test_one_official_changes_no_account(town: Town, anna: Desk) -> None:
    path = propose(anna)
    sign(anna, path)
    again = anna.post(f"{path}/handtekening", {"signature": _signature(town, anna, path)})
    assert again.status_code == 303
    assert paid_on(town) is None
    assert "1 van 2" not in anna.page(f"/winkels/{BICYCLES}")
    assert "De Ketting" in anna.page(f"/winkels/{BICYCLES}")


@pytest.mark.parametrize("key", [SAFE, owner_of(BICYCLES)], ids=["without SHOPS", "the owner"])
def test_a_signature_without_shops_is_not_kept(
    town: Town, anna: Desk, bram: Desk, key: Any
) -> None:
    path = propose(anna)
    signed = {"signature": bram.signed(path, key)}
    assert bram.post(f"{path}/handtekening", signed).status_code == 409
    sign(anna, path)
    assert paid_on(town) is None


def test_a_signature_that_no_key_could_have_made_is_refused(anna: Desk) -> None:
    path = propose(anna)
    answer = anna.post(f"{path}/handtekening", {"signature": hexed(NO_POINT)})
    assert answer.status_code == 409
    assert "Uw handtekening staat erop." not in anna.page(path)


def test_a_wrong_digit_is_told_and_nothing_is_lost(anna: Desk) -> None:
    wrong = ACCOUNT | {"iban": "NL20INGB0001234568"}
    answer = anna.post(f"/winkels/{BICYCLES}/rekening", wrong)
    assert answer.status_code == 400
    assert "Dit is geen rekeningnummer (IBAN)" in read(answer.text)
    assert 'value="De Ketting"' in answer.text


def test_what_is_withdrawn_waits_no_more(town: Town, anna: Desk, bram: Desk) -> None:
    path = propose(anna)
    sign(anna, path)
    assert bram.post(f"{path}/intrekken").status_code == 303
    assert anna.get(path).status_code == 404
    assert paid_on(town) is None


def test_a_proposal_is_dead_once_the_owner_signed_a_newer_account(
    town: Town, anna: Desk, bram: Desk
) -> None:
    path = propose(anna)
    sign(anna, path)
    iban = "DE89370400440532013000"
    town.clock.time += 1
    town.api.set_account(owner_of(BICYCLES), BICYCLES, iban, "S. Jansen", town.now())
    refused = bram.post(f"{path}/handtekening", {"signature": bram.signed(path)})
    assert refused.status_code == 409
    assert "Er is al iets nieuwers besloten." in read(refused.text)
    assert paid_on(town) == iban


def test_who_signed_and_left_counts_no_more(town: Town, anna: Desk, bram: Desk) -> None:
    path = propose(anna)
    sign(anna, path)
    town.decide("setOfficial", anna.address, 32, by=EVERYTHING[1:])
    sign(bram, path)
    assert paid_on(town) is None


def test_a_proposal_that_was_changed_in_the_database_is_none(town: Town, anna: Desk) -> None:
    path = propose(anna)
    with town.workspace.context.store.write() as db:
        fields = json.loads(db.scalars(select(t.waiting_messages.c.fields)).one())
        fields["iban"] = "DE89370400440532013000"
        db.execute(update(t.waiting_messages).values(fields=json.dumps(fields)))
    assert anna.get(path).status_code == 404


def test_who_does_not_hold_shops_sees_no_proposal(town: Town, anna: Desk) -> None:
    path = propose(anna)
    with at_the_desk(town, SAFE) as (safe,):
        assert safe.get(path).status_code == 403
        assert "De Ketting" not in safe.page("/")
        assert safe.post(f"{path}/intrekken").status_code == 403
    assert address_of(SAFE) not in anna.page(path)


def _signature(town: Town, desk: Desk, path: str) -> list[str]:
    """Another signature of the same official, when the page no longer offers one."""
    with at_the_desk(town, EVERYTHING[2]) as (third,):
        return third.signed(path, desk.key)
