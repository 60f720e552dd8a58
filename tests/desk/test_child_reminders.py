"""Four weeks before the end of a scheme, the parents of all children with a letter are reminded."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import insert, select

from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from kindpakket.services.children.deletion import delete_child
from kindpakket.services.children.looks import ChildAct, list_looks
from kindpakket.services.children.people import Child, RemindedBy, Reminder, change_person
from kindpakket.services.letters import reminders
from kindpakket.store import tables as t
from kindpakket.store.register_tables import given_letters
from kindpakket.store.register_tables import reminders as stored
from tests.children.test_hand_out import replaced
from tests.desk.office import Desk, at_the_desk, field, read
from tests.desk.test_access import HOLDERS
from tests.support.children import HANDING_OUT, MEES, NOOR, SAAR, add, everyone
from tests.support.paper import open_pdf, words
from tests.support.town import SCHEME, Town

READS = HOLDERS[Capacity.REGISTER]
FOUR_WEEKS = 28 * 24 * 3600
DUE = "Herinner de ouders: regeling 1 eindigt bijna"
PAGE = f"/kinderen/herinneren/{SCHEME}"
JIP = replace(MEES, name="Jip de Boer")


def with_letters(town: Town) -> list[Child]:
    """Saar and Mees, and Noor, whose address is secret; Jip has no letter."""
    noor = replace(NOOR, phone="0594 65 43 21")
    saar, mees, noor_, _jip = children = add(town, SAAR, MEES, noor, JIP)
    rows = [
        {"run": 4, "number": number, "child": child.id, "given_at": 1}
        for number, child in enumerate((saar, mees, noor_), start=1)
    ]
    run = {"run": 4, "scheme": SCHEME, "letters": 50, "coupons": 300, "list_sha256": "0x4"}
    with town.workspace.context.store.write() as db:
        db.execute(insert(t.letter_runs).values(run | {"made_at": 1}))
        db.execute(insert(given_letters), rows)
    return children


def closes(town: Town) -> int:
    return int(town.view("schemes", SCHEME)["closes"])


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """The desk, four weeks before the end of the scheme, with four children."""
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    with_letters(town)
    town.clock.time = closes(town) - FOUR_WEEKS
    with at_the_desk(town, READS) as (desk,):
        yield desk


def sent(town: Town) -> dict[str, list[str]]:
    return {each.person.name: [one.by for one in each.reminders] for each in everyone(town)}


def test_the_desk_says_when_it_is_time_and_no_earlier(town: Town) -> None:
    town.decide("setOfficial", address_of(READS), int(Capacity.REGISTER))
    saar, *_ = with_letters(town)
    end = closes(town)
    for time, is_due in (
        (end - FOUR_WEEKS - 1, False),
        (end - FOUR_WEEKS, True),
        (end - 1, True),
        (end, False),
    ):
        town.clock.time = time
        with at_the_desk(town, READS) as (desk,):
            assert (DUE in desk.page("/")) == is_due
            assert (DUE in desk.page("/kinderen")) == is_due
            assert ("Maak de PDF" in desk.page(PAGE)) == is_due
            if not is_due:
                desk.told(f"{PAGE}/verstuurd", {"children": saar.id})
    assert list(sent(town).values()) == [[], [], [], []]


def test_who_decides_and_reads_no_children_is_not_asked_to_remind(desk: Desk) -> None:
    issues = HOLDERS[Capacity.ISSUE]
    desk.town.decide("setOfficial", address_of(issues), int(Capacity.ISSUE))
    with at_the_desk(desk.town, issues) as (other,):
        assert DUE not in other.page("/")


def test_the_page_says_why_everybody_with_a_letter_is_reminded(desk: Desk) -> None:
    page = desk.page(PAGE)
    assert "De gemeente kan niet zien op welke brieven nog geld staat" in page
    assert "Daarom krijgt elk kind met een brief een herinnering, ook als alles al op is." in page
    assert "tot en met 15 januari 2028" in page
    assert "Er zijn nog 2 kinderen met een adres." in page
    assert desk.get("/kinderen/herinneren/9").status_code == 404


def test_reminders_are_printed_for_a_window_envelope_without_a_secret_address(desk: Desk) -> None:
    batch = {"children": field(desk.get(PAGE).text, "children")}
    pdf = desk.post(f"{PAGE}/afdrukken", batch | {"kind": "brieven"})
    assert pdf.headers["cache-control"] == "no-store"
    first, second = open_pdf(pdf.content)
    assert "verzorger(s) van Saar de Wit Dorpsstraat 4 1234 AB Voorbeeldstad" in words(first)
    assert "kunt u uitgeven tot en met 15 januari 2028" in words(first)
    assert "Er is een brief of kaart met geld voor uw kind." in words(first)
    assert "Daarom krijgt iedereen deze herinnering." in words(first)
    assert "Mees de Wit" in words(second)
    (labels,) = open_pdf(desk.post(f"{PAGE}/afdrukken", batch | {"kind": "etiketten"}).content)
    told = words(labels)
    assert ("Saar" in told, "Noor" in told, "Jip" in told, "Brief" in told) == (
        (True, False, False, False)
    )
    noor = next(each.id for each in everyone(desk.town) if each.person.secret)
    refused = desk.post(f"{PAGE}/afdrukken", {"children": noor, "kind": "etiketten"})
    assert "Er is niemand die nu op de post een herinnering krijgt." in read(refused.text)
    assert list(sent(desk.town).values()) == [[], [], [], []], "printing is not posting"


def test_no_parent_is_reminded_twice_by_mistake(desk: Desk) -> None:
    town, batch = desk.town, {"children": field(desk.get(PAGE).text, "children")}
    told = desk.told(f"{PAGE}/verstuurd", batch)
    assert "Er staat bij deze kinderen dat de herinnering op de post is." in told
    assert "Er is niemand die nu op de post een herinnering krijgt." in told
    assert "Al herinnerd 2 kinderen" in told
    posted = {"Saar de Wit": ["post"], "Mees de Wit": ["post"]}
    assert sent(town) == posted | {"Noor Bakker": [], "Jip de Boer": []}
    moment = town.now()
    town.clock.time += 60
    assert desk.post(f"{PAGE}/afdrukken", batch | {"kind": "brieven"}).status_code == 400
    assert "zijn ze twee keer gepost?" not in told
    told = desk.told(f"{PAGE}/verstuurd", batch)
    assert "Van 2 kinderen stond dat er al bij" in told
    saar = everyone(town)[0]
    assert saar.reminders == (Reminder(SCHEME, RemindedBy.POST, moment),)
    reminded = "Herinnerd regeling 1, op de post 19 december 2027"
    assert reminded in desk.page(f"/kinderen/kind/{saar.id}")
    assert reminded in desk.page(f"/kinderen/kind/{saar.id}/afdrukken")
    assert DUE in desk.page("/"), "Noor is still to be called"


def test_the_parent_of_a_secret_address_is_called(desk: Desk) -> None:
    noor = next(each for each in everyone(desk.town) if each.person.secret)
    assert "Noor Bakker, 0594 65 43 21" in desk.page(PAGE)
    told = desk.told(f"{PAGE}/gebeld", {"child": [noor.id]})
    assert "Er staat bij deze kinderen dat hun ouder gebeld is." in told
    assert "Er is niemand om te bellen." in told
    assert sent(desk.town)["Noor Bakker"] == ["phone"]
    desk.told(f"{PAGE}/verstuurd", {"children": field(desk.get(PAGE).text, "children")})
    assert DUE not in desk.page("/")


def test_what_is_recorded_as_posted_is_the_batch_that_the_page_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "MOST_POSTED", 1)
    page = desk.page(PAGE)
    assert "Er zijn nog 2 kinderen met een adres. Het gaat nu om de eerste 1." in page
    first = {"children": field(desk.get(PAGE).text, "children")}
    desk.told(f"{PAGE}/verstuurd", first)
    desk.told(f"{PAGE}/verstuurd", first)
    assert sent(desk.town)["Mees de Wit"] == []


def test_who_became_secret_after_printing_was_not_reminded_by_post(desk: Desk) -> None:
    saar, _mees, noor, _jip = everyone(desk.town)
    batch = {"children": field(desk.get(PAGE).text, "children")}
    context = desk.town.workspace.context
    change_person(context, HANDING_OUT, saar.id, replace(SAAR, secret=True))
    desk.told(f"{PAGE}/verstuurd", batch)
    assert (sent(desk.town)["Saar de Wit"], sent(desk.town)["Mees de Wit"]) == ([], ["post"])
    called = reminders.list_to_call(context, HANDING_OUT, SCHEME)
    assert [each.id for each in called] == [saar.id, noor.id]


@pytest.mark.parametrize(
    ("blanks", "reminded"),
    [
        ([(0, 0)], False),
        ([(5, 1)], True),
        ([(5, 1), (0, 0)], False),
        ([(5, 1), (5, 2)], True),
        ([(5, 1), (5, 2), (0, 0)], False),
    ],
)
def test_nobody_is_reminded_of_a_letter_whose_money_went_back(
    desk: Desk, blanks: list[tuple[int, int]], reminded: bool
) -> None:
    """Each letter replaces the one before it, and Saar was given all of them."""
    saar, *_ = everyone(desk.town)
    run = {"run": 5, "scheme": SCHEME, "letters": 50, "coupons": 0, "list_sha256": "0x5"}
    with desk.town.workspace.context.store.write() as db:
        db.execute(insert(t.letter_runs).values(run | {"made_at": 1}))
        for blank_run, number in blanks:
            if blank_run:
                given = {"run": blank_run, "number": number, "child": saar.id, "given_at": 1}
                db.execute(insert(given_letters).values(given))
    for (lost_run, lost), blank in pairwise([(4, 1), *blanks]):
        replaced(desk.town, lost, blank, run=lost_run)
    batch = reminders.read_reminders(desk.town.workspace.context, SCHEME).batch
    assert (saar.id in batch) == reminded


def test_every_act_is_a_line_in_the_log_of_looks(desk: Desk) -> None:
    saar, mees, noor, _jip = (each.id for each in everyone(desk.town))
    batch = {"children": f"{saar} {mees}"}
    desk.post(f"{PAGE}/afdrukken", batch | {"kind": "brieven"})
    desk.post(f"{PAGE}/verstuurd", batch)
    desk.post(f"{PAGE}/gebeld", {"child": [noor]})
    looks = {(each.act, each.child) for each in list_looks(desk.town.workspace.context, 5)}
    printed = {(ChildAct.PRINTED, saar), (ChildAct.PRINTED, mees)}
    reminded = {(ChildAct.REMINDED, each) for each in (saar, mees, noor)}
    assert looks == printed | reminded
    desk.town.clock.time += 1
    assert "Noor" not in desk.page(PAGE)


def test_a_scheme_that_runs_longer_is_reminded_of_again(desk: Desk) -> None:
    town = desk.town
    children = [each.id for each in everyone(town)]
    context = town.workspace.context
    assert reminders.mark_reminded(context, HANDING_OUT, SCHEME, children, RemindedBy.PHONE) == 3
    assert reminders.list_due(context) == []
    view = town.view("schemes", SCHEME)
    later = view["closes"] + 2 * FOUR_WEEKS
    rules = view["opens"], later, view["permitted"], view["excluded"]
    town.decide("setRules", SCHEME, *rules)
    town.clock.time = later - FOUR_WEEKS
    assert reminders.list_due(context) == [SCHEME]
    assert reminders.mark_reminded(context, HANDING_OUT, SCHEME, children, RemindedBy.PHONE) == 3


def test_nothing_of_a_reminder_is_left_of_a_child_that_is_deleted(desk: Desk) -> None:
    saar, *_ = everyone(desk.town)
    context = desk.town.workspace.context
    reminders.mark_reminded(context, HANDING_OUT, SCHEME, [saar.id], RemindedBy.POST)
    delete_child(context, HANDING_OUT, saar.id)
    with context.store.read() as db:
        assert db.execute(select(stored)).all() == []


def test_a_child_with_letters_of_two_schemes_is_reminded_of_each(desk: Desk) -> None:
    """The other ends one day later."""
    town, context = desk.town, desk.town.workspace.context
    saar, *_ = everyone(town)
    view = town.view("schemes", SCHEME)
    town.clock.time += 24 * 3600
    ends = view["closes"] + 24 * 3600
    town.decide("openScheme", 2, town.now(), ends, view["permitted"], view["excluded"])
    run = {"run": 5, "scheme": 2, "letters": 50, "coupons": 300, "list_sha256": "0x5"}
    with context.store.write() as db:
        db.execute(insert(t.letter_runs).values(run | {"made_at": 1}))
        given = {"run": 5, "number": 1, "child": saar.id, "given_at": 2}
        db.execute(insert(given_letters).values(given))
    assert reminders.mark_reminded(context, HANDING_OUT, SCHEME, [saar.id], RemindedBy.POST) == 1
    assert reminders.read_reminders(context, 2).batch == (saar.id,)
    assert reminders.mark_reminded(context, HANDING_OUT, 2, [saar.id], RemindedBy.POST) == 1
    assert [each.scheme for each in everyone(town)[0].reminders] == [SCHEME, 2]
