"""The desk's pages for handing out letters."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.letters import serial
from kindpakket.protocol.messages import LetterReplacement
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.looks import ChildAct, Purpose, list_looks
from kindpakket.services.children.people import add_list
from kindpakket.services.signing.messages import list_messages
from kindpakket.store import tables as t
from kindpakket.store.register_tables import given_letters
from tests.children.test_hand_out import begun_with_cards, replaced
from tests.desk.lost import Office, sign
from tests.desk.office import Desk, at_the_desk, field, read
from tests.desk.test_access import HOLDERS
from tests.support.children import HANDING_OUT, MEES, NOOR, SAAR, add
from tests.support.paper import barcodes, open_pdf, words
from tests.support.town import SCHEME, Town

READS, OTHER_SCHEME = HOLDERS[Capacity.REGISTER], 2
SECRET = "https://town.test/#KL1.0123456789ABCDEF0123456789ABCDEF0123"


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """At the desk, with a run of fifty letters."""
    with town.workspace.context.store.write() as db:
        row = {"run": 4, "scheme": SCHEME, "letters": 50, "coupons": 300}
        db.execute(insert(t.letter_runs).values(row | {"list_sha256": "0x4", "made_at": 1}))
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    with at_the_desk(town, READS) as (desk,):
        yield desk


def test_a_list_is_given_letters_printed_and_posted(desk: Desk) -> None:
    saar, _noor = add(desk.town, SAAR, NOOR)
    path = f"/kinderen/lijsten/{saar.list}"
    told = desk.told(f"{path}/toewijzen", {"run": "4", "first": "17"})
    assert "De brieven zijn toegewezen." in told
    assert "4-017, niet gegeven" in told
    batch = {"letters": field(desk.get(path).text, "letters")}
    assert batch == {"letters": "4-017"}, "not of one whose address is secret"
    pdf = desk.post(f"{path}/afdrukken", batch | {"kind": "voorbladen"})
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["cache-control"] == "no-store"
    (cover,) = open_pdf(pdf.content)
    assert "Brief 4-017" in words(cover)
    ((_, scanned),) = barcodes(cover)
    assert "Saar de Wit" in read(desk.post("/kinderen/zoeken", {"typed": scanned}).text)
    told = desk.told(f"{path}/posten", batch)
    assert "4-017, op de post" in told
    assert "4-018, niet gegeven" in told
    assert "Er is geen brief die op de post moet." in told
    assert "twee keer gepost" not in told
    again = desk.told(f"{path}/posten", batch)
    assert "Van 1 kind stond dat er al bij" in again
    refused = desk.post(f"{path}/afdrukken", batch | {"kind": "etiketten"})
    assert "Er is geen brief die op de post moet." in read(refused.text)


def test_letters_are_given_one_by_one(desk: Desk) -> None:
    saar, mees = add(desk.town, SAAR, MEES)
    path = f"/kinderen/lijsten/{saar.list}/uitdelen"
    assert "Saar de Wit" in desk.page(path)
    assert "Mees de Wit" in desk.told(path, {"child": saar.id, "number": "4-001"})
    assert "Elk kind van deze lijst heeft een brief." in desk.told(
        path, {"child": mees.id, "number": "4-002"}
    )


def test_a_secret_that_was_scanned_is_not_repeated(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    forms: dict[str, dict[str, str]] = {
        f"/kinderen/lijsten/{saar.list}/uitdelen": {"child": saar.id},
        f"/kinderen/kind/{saar.id}/brief": {},
    }
    for path, form in forms.items():
        answer = desk.post(path, form | {"number": SECRET})
        assert answer.status_code == 400
        assert "Dit is geen briefnummer." in read(answer.text)
        assert "KL1" not in answer.text


def test_a_letter_is_handed_over_to_somebody_who_was_seen(desk: Desk) -> None:
    (noor,) = add(desk.town, NOOR)
    path = f"/kinderen/kind/{noor.id}"
    desk.told(f"{path}/brief", {"number": "4-018"})
    answer = desk.post(f"{path}/gegeven", {"number": "4-018"})
    assert "Kijk eerst wie de brief ophaalt" in read(answer.text)
    told = desk.told(f"{path}/gegeven", {"number": "4-018", "seen": "ja"})
    assert "4-018, aan het loket" in told
    again = desk.post(f"{path}/terug", {"number": "4-018"})
    assert "Deze brief is al gegeven of vervangen, of niet van dit kind." in read(again.text)


def test_a_letter_that_was_replaced_is_shown_as_such_and_cannot_be_handed_over(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    path = f"/kinderen/kind/{saar.id}"
    assert "4-018, niet gegeven" in desk.told(f"{path}/brief", {"number": "4-018"})
    assert "Brief 4-018 is gegeven" in desk.page(path)
    replaced(desk.town, 18, (0, 0))
    page = desk.page(path)
    assert "is kwijt" not in page
    assert "4-018, vervangen" in page
    assert "Brief 4-018 is gegeven" not in page
    refused = desk.post(f"{path}/gegeven", {"number": "4-018", "seen": "ja"})
    assert "Deze brief is al gegeven of vervangen, of niet van dit kind." in read(refused.text)


def test_a_replacement_is_requested_from_the_page_of_a_child(with_runs: Office) -> None:
    """Who holds REGISTER proposes it; two with ISSUE sign."""
    lost, town = with_runs, with_runs.town
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    with at_the_desk(town, READS) as (desk,):
        (saar,) = add(town, SAAR)
        path, number = f"/kinderen/kind/{saar.id}", serial(lost.run, 1)
        with town.workspace.context.store.write() as db:
            row = {"run": lost.run, "number": 1, "child": saar.id, "given_at": 1}
            db.execute(insert(given_letters).values(row))
        assert f"Brief {number} is kwijt" in desk.page(path)
        form = desk.post(f"{path}/kwijt", {"number": number, "voor": "request"})
        assert f'value="{number}"' in form.text, read(form.text)
        looks = [(each.act, each.purpose) for each in list_looks(town.workspace.context, 9)]
        assert (ChildAct.REPORTED_LOST, Purpose.REQUEST) in looks
        told = desk.told("/brieven/vervangen/nieuw", lost.form())
        assert "Twee ambtenaren met de bevoegdheid toekennen tekenen het" in told
        assert f"om brief {number} te vervangen: wacht op handtekeningen" in desk.page(path)
        assert "is kwijt" not in desk.page(path)
        again = desk.told("/brieven/vervangen/nieuw", lost.form(blank=2))
        assert "Dit verzoek wachtte al op handtekeningen." in again
        (waiting,) = list_messages(town.workspace.context, LetterReplacement)
        message = f"/berichten/{waiting.id}"
        assert [sign(each, message) for each in (lost.dirk, lost.eva)] == [303, 303]
        assert "wacht op de tweede privacyfunctionaris" in desk.page(path)


def test_a_privacy_officer_requests_no_replacement(with_runs: Office) -> None:
    answer = with_runs.anna.post("/brieven/vervangen/nieuw", with_runs.form())
    assert answer.status_code == 400
    assert "Een privacyfunctionaris vraagt dit niet aan." in read(answer.text)


def test_a_lost_letter_of_another_child_is_not_requested(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    answer = desk.post(f"/kinderen/kind/{saar.id}/kwijt", {"number": "4-018"})
    assert answer.status_code == 400
    assert "Deze brief is vervangen, of niet van dit kind." in read(answer.text)


def test_a_card_from_stock_is_handed_over_to_somebody_who_was_seen(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    path = f"/kinderen/kind/{saar.id}"
    assert "Er ligt geen kaart van deze regeling in de voorraad." in desk.page(path)
    begun_with_cards(desk.town, 48)
    with desk.town.workspace.context.store.write() as db:
        kept = {"run": 4, "number": 50, "stored_at": 1, "stored_by": desk.address}
        db.execute(insert(t.letter_stock).values(kept))
    assert "In de voorraad liggen: 4-050." in desk.page(path)
    refused = desk.post(f"{path}/kaart", {"card": "4-050"})
    assert "Kijk eerst wie de kaart ophaalt" in read(refused.text)
    refused = desk.post(f"{path}/kaart", {"card": SECRET, "seen": "ja"})
    assert "Dit is geen kaart uit de voorraad." in read(refused.text)
    assert "KL1" not in refused.text
    told = desk.told(f"{path}/kaart", {"card": "4-050", "seen": "ja"})
    assert "Er staat bij dat de kaart aan het loket is gegeven." in told
    assert "4-050, aan het loket" in told


def test_a_purpose_is_kept_after_each_form(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    path, forms = f"/kinderen/kind/{saar.id}", {"voor": "request", "number": "4-018", "seen": "ja"}
    desk.town.clock.time += 1
    for act in ("brief", "terug", "brief", "gegeven"):
        desk.told(f"{path}/{act}", forms)
    looks = list_looks(desk.town.workspace.context, 8)
    assert [each.purpose for each in looks] == [Purpose.REQUEST] * 8


def test_a_letter_for_the_wrong_child_is_taken_back(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    desk.told(f"/kinderen/kind/{saar.id}/brief", {"number": "4-018"})
    told = desk.told(f"/kinderen/kind/{saar.id}/terug", {"number": "4-018"})
    assert "nog geen brief" in told


def test_who_did_not_collect_is_called(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    assert "Niemand: elke brief is op tijd gegeven." in desk.page("/kinderen/bellen")
    desk.told(f"/kinderen/kind/{saar.id}/brief", {"number": "4-018"})
    desk.town.clock.time += 7 * 24 * 3600 + 1
    with at_the_desk(desk.town, READS) as (later,):
        assert "0594 12 34 56 4-018" in later.page("/kinderen/bellen?weken=1")
        offered = re.findall(r'<option value="(\d+)"', later.get("/kinderen/bellen").text)
        assert offered == [str(weeks) for weeks in range(1, 13)]
        asked = {weeks: later.get(f"/kinderen/bellen?weken={weeks}") for weeks in (0, 1, 12, 13)}
        assert [each.status_code for each in asked.values()] == [404, 200, 200, 404]


def test_a_run_for_a_child_on_another_page_can_be_given(desk: Desk) -> None:
    context, others = desk.town.workspace.context, [(OTHER_SCHEME, SAAR)] * 50
    with context.store.write() as db:
        number = add_list(db, context, HANDING_OUT, [*others, (SCHEME, SAAR)])
    assert "Serie 4" in desk.page(f"/kinderen/lijsten/{number}")


def test_a_second_letter_is_given_to_who_has_one(desk: Desk) -> None:
    (saar,) = add(desk.town, SAAR)
    with desk.town.workspace.context.store.write() as db:
        row = {"run": 6, "scheme": OTHER_SCHEME, "letters": 50, "coupons": 300}
        db.execute(insert(t.letter_runs).values(row | {"list_sha256": "0x6", "made_at": 1}))
    path = "/kinderen/tweede-brief"
    assert "Wie zijn dat?" in desk.page(path)
    assert "Geen kind wacht op een tweede brief" in desk.page(f"{path}?van=1&naar=2")
    desk.told(f"/kinderen/kind/{saar.id}/brief", {"number": "4-018"})
    shown = desk.page(f"{path}?van=1&naar=2")
    assert "Saar de Wit" in shown
    assert "Serie 6" in shown
    form = {"van": "1", "naar": "2", "run": "6"}
    assert "Vul een nummer in" in read(desk.post(path, form).text)
    told = desk.told(path, form | {"first": "17"})
    assert "De tweede brieven zijn toegewezen." in told
    assert "4-018, niet gegeven; regeling 2: 6-017, niet gegeven" in desk.page(
        f"/kinderen/kind/{saar.id}"
    )
