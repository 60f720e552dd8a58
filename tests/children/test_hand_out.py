"""Letters are given to children, posted, handed over and called for, without the ledger."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from kindpakket.domain.children import Person, person_from_json
from kindpakket.services.children import people
from kindpakket.services.children.deletion import delete_child
from kindpakket.services.children.looks import ChildAct, Purpose, RegisterReader, list_looks
from kindpakket.services.children.people import Child, add_list, search_children
from kindpakket.services.letters import hand_out
from kindpakket.services.letters.cover_sheets import print_cover_sheets, print_list_labels
from kindpakket.services.letters.hand_out import (
    LetterNotGiven,
    find_ready,
    give_in_order,
    give_letter,
    hand_over,
    hand_over_card,
    list_batch,
    list_cards,
    list_not_collected,
    next_batch,
    next_waiting,
    post_batch,
    report_lost,
    take_back,
)
from kindpakket.services.letters.runs import RunFile
from kindpakket.store import tables as t
from tests.support.children import ANNA, HANDING_OUT, MEES, NOOR, SAAR, add, everyone
from tests.support.paper import barcodes, open_pdf, words
from tests.support.printed import STATIONERY
from tests.support.town import SCHEME, Town

WEEK = 7 * 24 * 3600
RUN, BLANK, OTHER = 4, 5, 6
LETTERS = 50
COUNTER = RegisterReader(ANNA, Purpose.COUNTER)


@pytest.fixture
def runs(town: Town) -> Town:
    """A run of letters on the ledger, a run of blank ones, and one of another scheme."""
    with town.workspace.context.store.write() as db:
        for run, scheme, coupons in ((RUN, SCHEME, 300), (BLANK, SCHEME, 0), (OTHER, 2, 300)):
            row = {"run": run, "scheme": scheme, "letters": LETTERS, "coupons": coupons}
            row |= {"list_sha256": f"0x{run}", "made_at": town.now()}
            db.execute(insert(t.letter_runs).values(row))
    return town


def in_order(town: Town, children: list[Child], first: int = 1, run: int = RUN) -> int:
    return give_in_order(town.workspace.context, HANDING_OUT, children[0].list, run, first)


def given(town: Town) -> dict[str, list[tuple[int, int, str | None]]]:
    return {
        each.person.name: [(e.run, e.number, e.handed_out) for e in each.letters]
        for each in everyone(town)
    }


def test_a_list_gets_the_letters_of_a_run_in_order(runs: Town) -> None:
    children = add(runs, SAAR, MEES, NOOR)
    give_letter(runs.workspace.context, COUNTER, children[1].id, "4-018")
    before = runs.workspace.context.ledger.head()
    assert in_order(runs, children, 17) == 2
    assert given(runs) == {
        "Saar de Wit": [(RUN, 17, None)],
        "Mees de Wit": [(RUN, 18, None)],
        "Noor Bakker": [(RUN, 19, None)],
    }
    assert runs.workspace.context.ledger.head() == before
    acts = [
        e.child for e in list_looks(runs.workspace.context, 9) if e.act is ChildAct.LETTER_GIVEN
    ]
    assert sorted(acts) == sorted(each.id for each in children)
    with pytest.raises(LetterNotGiven, match="wacht geen kind"):
        in_order(runs, children)


def test_each_child_of_a_list_gets_a_letter_of_the_run_for_its_ages(runs: Town) -> None:
    """One list for two schemes: giving their runs in order leaves the others' children out."""
    context = runs.workspace.context
    with context.store.write() as db:
        rows = [(SCHEME, SAAR), (2, NOOR), (SCHEME, MEES)]
        number = add_list(db, context, HANDING_OUT, rows)
    assert give_in_order(context, HANDING_OUT, number, OTHER, 7) == 1
    assert give_in_order(context, HANDING_OUT, number, RUN, 1) == 2
    assert given(runs) == {
        "Saar de Wit": [(RUN, 1, None)],
        "Noor Bakker": [(OTHER, 7, None)],
        "Mees de Wit": [(RUN, 2, None)],
    }


@pytest.mark.parametrize(
    ("run", "first", "sentence"),
    [
        (RUN, LETTERS, "nog 1 brieven, en er wachten 2 kinderen"),
        (BLANK, 1, "lege brief"),
        (OTHER, 1, "wacht geen kind op een brief van deze serie"),
        (9, 1, "Deze serie is er niet"),
    ],
)
def test_no_letter_is_given_that_is_not_there_or_worth_nothing(
    runs: Town, run: int, first: int, sentence: str
) -> None:
    children = add(runs, SAAR, MEES)
    with pytest.raises(LetterNotGiven, match=sentence):
        in_order(runs, children, first, run)
    assert given(runs) == {"Saar de Wit": [], "Mees de Wit": []}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("5-001", "lege brief"),
        ("6-001", "andere regeling"),
        ("4-051", "niet van deze serie"),
        ("4-001", "al toegewezen"),
        ("https://town.test/#KL1.SECRET", "geen briefnummer"),
    ],
)
def test_a_number_that_is_not_for_this_child_is_refused(
    runs: Town, typed: str, sentence: str
) -> None:
    saar, mees = add(runs, SAAR, MEES)
    give_letter(runs.workspace.context, HANDING_OUT, saar.id, "4-001")
    with pytest.raises(LetterNotGiven, match=sentence) as refused:
        give_letter(runs.workspace.context, HANDING_OUT, mees.id, typed)
    assert "SECRET" not in str(refused.value)


def test_the_next_child_that_waits_is_shown(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees = add(runs, SAAR, MEES)
    for child in (saar, mees):
        assert next_waiting(context, HANDING_OUT, saar.list) == child
        give_letter(context, HANDING_OUT, child.id, f"4-{child.position:03}")
    assert next_waiting(context, HANDING_OUT, saar.list) is None


def test_letters_are_posted_but_not_to_a_secret_address(runs: Town) -> None:
    context = runs.workspace.context
    children = add(runs, SAAR, NOOR)
    in_order(runs, children)
    assert next_batch(context, children[0].list) == [(RUN, 1)]
    assert post_batch(context, HANDING_OUT, children[0].list, [(RUN, 1), (RUN, 2)]) == 1
    assert given(runs) == {"Saar de Wit": [(RUN, 1, "post")], "Noor Bakker": [(RUN, 2, None)]}
    assert next_batch(context, children[0].list) == []
    assert post_batch(context, HANDING_OUT, children[0].list, [(RUN, 1)]) == 0


def test_what_is_printed_and_posted_is_one_batch(
    runs: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Letters that come later are neither logged as printed nor recorded as posted."""
    monkeypatch.setattr(hand_out, "MOST_POSTED", 2)
    context = runs.workspace.context
    children = add(runs, SAAR, MEES, replace(SAAR, name="Fien"))
    number = children[0].list
    in_order(runs, children)
    first = next_batch(context, number)
    assert first == [(RUN, 1), (RUN, 2)]
    printed = list_batch(context, HANDING_OUT, number, [*first, (RUN, 3)])
    assert [each.person.name for each in printed] == ["Saar de Wit", "Mees de Wit"]
    take_back(context, COUNTER, children[0].id, "4-001")
    assert post_batch(context, HANDING_OUT, number, first) == 1
    assert given(runs) == {
        "Saar de Wit": [],
        "Mees de Wit": [(RUN, 2, "post")],
        "Fien": [(RUN, 3, None)],
    }
    assert next_batch(context, number) == [(RUN, 3)]
    acts = [(e.act, e.child) for e in list_looks(context, 99)]
    assert {child for act, child in acts if act is ChildAct.PRINTED} == {
        children[0].id,
        children[1].id,
    }
    assert [child for act, child in acts if act is ChildAct.HANDED_OUT] == [children[1].id]


def test_of_a_list_only_the_batch_is_read(runs: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing and posting keep others from writing, and reading a child takes its decryption."""
    context = runs.workspace.context
    children = add(runs, SAAR, MEES, replace(SAAR, name="Fien"))
    in_order(runs, children)
    read: list[str] = []

    def reads(kept: str) -> Person:
        person = person_from_json(kept)
        read.append(person.name)
        return person

    monkeypatch.setattr(people, "person_from_json", reads)
    list_batch(context, HANDING_OUT, children[0].list, [(RUN, 2)])
    post_batch(context, HANDING_OUT, children[0].list, [(RUN, 2)])
    assert read == ["Mees de Wit", "Mees de Wit"]


def test_a_letter_is_handed_over_once_at_the_counter(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees = add(runs, SAAR, MEES)
    in_order(runs, [saar])
    hand_over(context, COUNTER, saar.id, "4-001")
    assert given(runs)["Saar de Wit"] == [(RUN, 1, "counter")]
    for child, number in ((saar, "4-001"), (mees, "4-001"), (saar, "4-009"), (saar, "x")):
        with pytest.raises(LetterNotGiven):
            hand_over(context, COUNTER, child.id, number)
        with pytest.raises(LetterNotGiven):
            take_back(context, COUNTER, child.id, number)


def test_a_letter_that_is_given_to_a_parent_is_in_stock_no_more(runs: Town) -> None:
    context, stock = runs.workspace.context, t.letter_stock
    saar, mees, noor = add(runs, SAAR, MEES, NOOR)
    in_order(runs, [saar])
    with context.store.write() as db:
        kept = {"run": RUN, "stored_at": runs.now(), "stored_by": ANNA}
        db.execute(insert(stock), [kept | {"number": number} for number in range(1, 6)])
    hand_over(context, COUNTER, mees.id, "4-002")
    post_batch(context, HANDING_OUT, saar.list, [(RUN, 1)])
    with context.store.read() as db:
        out = db.execute(select(stock).where(stock.c.handed_out_at.is_not(None))).all()
    assert [(e.number, e.handed_out_at, e.handed_out_by) for e in out] == [
        (1, runs.now(), ANNA),
        (2, runs.now(), ANNA),
    ]
    assert [each[2] for each in given(runs)[noor.person.name]] == [None], "still in the safe"


def test_a_letter_for_the_wrong_child_is_taken_back(runs: Town) -> None:
    context = runs.workspace.context
    (saar,) = add(runs, SAAR)
    give_letter(context, COUNTER, saar.id, "4-007")
    take_back(context, COUNTER, saar.id, "4-007")
    assert given(runs) == {"Saar de Wit": []}
    acts = [e.act for e in list_looks(context, 9)]
    assert (acts.count(ChildAct.TAKEN_BACK), acts.count(ChildAct.CHANGED)) == (1, 0)


def test_who_has_not_collected_a_letter_is_on_a_list_to_call(runs: Town) -> None:
    context = runs.workspace.context
    children = add(runs, SAAR, NOOR)
    in_order(runs, children)
    post_batch(context, HANDING_OUT, children[0].list, [(RUN, 1)])
    runs.clock.time += 4 * WEEK
    assert list_not_collected(context, HANDING_OUT, 4) == ([], 0)
    runs.clock.time += 1
    ((noor,), total) = list_not_collected(context, HANDING_OUT, 4)
    assert (noor.person.name, total) == ("Noor Bakker", 1)


def test_a_call_list_is_shown_and_logged_by_the_page(
    runs: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_out, "PAGE", 2)
    context = runs.workspace.context
    children = add(runs, SAAR, MEES, NOOR)
    in_order(runs, children)
    runs.clock.time += 4 * WEEK + 1
    page, total = list_not_collected(context, HANDING_OUT, 4, 2)
    assert ([each.person.name for each in page], total) == (["Noor Bakker"], 3)
    listed = [e.child for e in list_looks(context, 99) if e.act is ChildAct.LISTED]
    assert listed == [children[2].id]


def replaced(
    town: Town, number: int, blank: tuple[int, int], *, done: bool = True, run: int = RUN
) -> None:
    """A request about a lost letter of a run."""
    row = {"replacement": f"0x{run}{number}", "run": run, "number": number, "reason": "kwijt"}
    row |= {"blank_run": blank[0], "blank_number": blank[1], "nonce": number, "signatures": b""}
    row |= {"signed_at": town.now(), "block": 1, "done_at": town.now() if done else None}
    with town.workspace.context.store.write() as db:
        db.execute(insert(t.letter_replacements).values(row))


def test_a_child_gets_a_second_letter_only_when_the_first_was_replaced(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees = add(runs, SAAR, MEES)
    give_letter(context, COUNTER, saar.id, "4-001")
    replaced(runs, 1, (BLANK, 7), done=False)
    replaced(runs, 2, (0, 0))
    replaced(runs, 9, (BLANK, 9))
    for number, sentence in (
        ("4-002", "Deze brief is vervangen"),
        ("4-003", "Dit kind heeft al een brief"),
        ("5-007", "lege brief"),
    ):
        with pytest.raises(LetterNotGiven, match=sentence):
            give_letter(context, COUNTER, saar.id, number)
    with context.store.write() as db:
        db.execute(update(t.letter_replacements).values(done_at=runs.now()))
    for child, number, sentence in (
        (saar, "4-003", "Dit kind krijgt de brief die de vorige vervangt: 5-007."),
        (saar, "5-009", "van een ander kind"),
        (mees, "5-007", "van een ander kind"),
    ):
        with pytest.raises(LetterNotGiven, match=sentence):
            give_letter(context, COUNTER, child.id, number)
    give_letter(context, COUNTER, saar.id, "5-007")
    assert in_order(runs, [mees]) == 1
    assert given(runs) == {
        "Saar de Wit": [(RUN, 1, None), (BLANK, 7, None)],
        "Mees de Wit": [(RUN, 3, None)],
    }
    with pytest.raises(LetterNotGiven, match="lege brief"):
        give_letter(context, COUNTER, mees.id, "5-008")


def test_a_replacement_that_was_replaced_is_not_due(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees = add(runs, SAAR, MEES)
    assert in_order(runs, [saar]) == 2
    replaced(runs, 1, (BLANK, 7))
    replaced(runs, 2, (BLANK, 8))
    replaced(runs, 7, (BLANK, 10), run=BLANK)
    replaced(runs, 8, (0, 0), run=BLANK)
    with pytest.raises(LetterNotGiven, match="vervangt: 5-010"):
        give_letter(context, COUNTER, saar.id, "4-003")
    give_letter(context, COUNTER, saar.id, "5-010")
    give_letter(context, COUNTER, mees.id, "4-003")


def test_a_letter_that_was_replaced_does_not_wait(runs: Town) -> None:
    """It is not printed, posted, called for or handed over; its child waits for the next one."""
    context = runs.workspace.context
    (saar,) = add(runs, SAAR)
    give_letter(context, COUNTER, saar.id, "4-001")
    replaced(runs, 1, (BLANK, 7))
    runs.clock.time += 4 * WEEK + 1
    assert next_batch(context, saar.list) == []
    assert list_batch(context, HANDING_OUT, saar.list, [(RUN, 1)]) == []
    assert post_batch(context, HANDING_OUT, saar.list, [(RUN, 1)]) == 0
    assert list_not_collected(context, HANDING_OUT, 4) == ([], 0)
    with pytest.raises(LetterNotGiven, match="al gegeven of vervangen"):
        hand_over(context, COUNTER, saar.id, "4-001")
    give_letter(context, COUNTER, saar.id, "5-007")
    assert next_batch(context, saar.list) == [(BLANK, 7)]
    assert list_batch(context, HANDING_OUT, saar.list, [(RUN, 1)]) == []
    runs.clock.time += 4 * WEEK + 1
    ((called,), total) = list_not_collected(context, HANDING_OUT, 4)
    assert (called.waiting_serials, len(called.letters), total) == (("5-007",), 1, 1)
    hand_over(context, COUNTER, saar.id, "5-007")
    assert given(runs) == {"Saar de Wit": [(RUN, 1, None), (BLANK, 7, "counter")]}


@pytest.mark.parametrize("is_given", [False, True])
def test_a_letter_that_was_replaced_is_not_taken_back(runs: Town, is_given: bool) -> None:
    """Without it nobody would be due the letter that replaced it."""
    context = runs.workspace.context
    (saar,) = add(runs, SAAR)
    give_letter(context, COUNTER, saar.id, "4-001")
    replaced(runs, 1, (BLANK, 7))
    if is_given:
        give_letter(context, COUNTER, saar.id, "5-007")
    with pytest.raises(LetterNotGiven, match="al gegeven of vervangen"):
        take_back(context, COUNTER, saar.id, "4-001")
    if is_given:
        take_back(context, COUNTER, saar.id, "5-007")
    give_letter(context, COUNTER, saar.id, "5-007")
    assert given(runs) == {"Saar de Wit": [(RUN, 1, None), (BLANK, 7, None)]}


def test_a_card_from_stock_is_given_and_handed_over_at_once(runs: Town) -> None:
    """Cards of a run of the browser come after its letters; other numbers are no cards."""
    context, stock = runs.workspace.context, t.letter_stock
    saar, mees = add(runs, SAAR, MEES)
    begun_with_cards(runs, LETTERS - 2)
    kept = {"run": RUN, "stored_at": 1, "stored_by": ANNA}
    with context.store.write() as db:
        db.execute(insert(stock), [kept | {"number": each} for each in (48, 49)])
    assert list_cards(context, SCHEME) == [(RUN, 49)]
    assert list_cards(context, 2) == []
    for number in ("4-048", "4-050", "6-049", "x"):
        with pytest.raises(LetterNotGiven, match="geen kaart uit de voorraad"):
            hand_over_card(context, COUNTER, saar.id, number)
    hand_over_card(context, COUNTER, saar.id, "4-049")
    assert given(runs)["Saar de Wit"] == [(RUN, 49, "counter")]
    acts = [each.act for each in list_looks(context, 9) if each.child == saar.id]
    assert {ChildAct.LETTER_GIVEN, ChildAct.HANDED_OUT} < set(acts)
    assert list_cards(context, SCHEME) == []
    with context.store.write() as db:
        db.execute(insert(stock).values(kept | {"number": 50}))
    with pytest.raises(LetterNotGiven, match="heeft al een brief"):
        hand_over_card(context, COUNTER, saar.id, "4-050")
    hand_over_card(context, COUNTER, mees.id, "4-050")


def test_a_card_that_left_stock_meanwhile_is_not_handed_over(
    runs: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, stock = runs.workspace.context, t.letter_stock
    (saar,) = add(runs, SAAR)
    begun_with_cards(runs, LETTERS - 1)
    with context.store.write() as db:
        row = {"run": RUN, "number": LETTERS, "stored_at": 1, "stored_by": ANNA}
        db.execute(insert(stock).values(row))

    def find(*args: Any) -> RunFile:
        with context.store.write() as db:
            db.execute(update(stock).values(handed_out_at=2, handed_out_by=ANNA))
        return find_ready(*args)

    monkeypatch.setattr(hand_out, "find_ready", find)
    with pytest.raises(LetterNotGiven, match="geen kaart uit de voorraad"):
        hand_over_card(context, COUNTER, saar.id, "4-050")
    assert given(runs) == {"Saar de Wit": []}


def test_a_lost_letter_of_a_child_is_reported_with_a_line_in_the_log(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees = add(runs, SAAR, MEES)
    in_order(runs, [saar])
    report_lost(context, COUNTER, saar.id, "4-001")
    look = next(e for e in list_looks(context, 9) if e.act is ChildAct.REPORTED_LOST)
    assert (look.child, look.purpose, look.official) == (saar.id, Purpose.COUNTER, ANNA)
    replaced(runs, 2, (0, 0))
    for child, number in ((saar, "4-002"), (mees, "4-001"), (mees, "4-002"), (saar, "x")):
        with pytest.raises(LetterNotGiven, match="vervangen, of niet van dit kind"):
            report_lost(context, COUNTER, child.id, number)


def begun_with_cards(town: Town, letters: int) -> None:
    """A browser made the run: so many letters, then cards."""
    row = {"run": RUN, "scheme": SCHEME, "letters": letters, "cards": LETTERS - letters}
    row |= {"first_recipient": "age1a", "second_recipient": "age1b", "begun_at": 1}
    row |= {"begun_by": ANNA, "blank": False, "letter_values": "5000", "card_values": "1000"}
    with town.workspace.context.store.write() as db:
        db.execute(insert(t.begun_runs).values(row))


def test_letters_that_stock_records_as_handed_out_are_left_out(runs: Town) -> None:
    children = add(runs, SAAR, MEES)
    with runs.workspace.context.store.write() as db:
        kept = {"run": RUN, "stored_at": 1, "stored_by": ANNA}
        out = {"handed_out_at": 2, "handed_out_by": ANNA}
        db.execute(insert(t.letter_stock), [kept | {"number": 1}, kept | {"number": 2}])
        db.execute(update(t.letter_stock).where(t.letter_stock.c.number == 1).values(out))
    in_order(runs, children)
    assert given(runs) == {"Saar de Wit": [(RUN, 2, None)], "Mees de Wit": [(RUN, 3, None)]}


def test_a_child_is_found_by_the_number_of_its_letter(runs: Town) -> None:
    children = add(runs, SAAR, MEES)
    in_order(runs, children)
    found, _more = search_children(runs.workspace.context, COUNTER, "4-002")
    assert [each.person.name for each in found] == ["Mees de Wit"]


def test_a_letter_that_is_with_a_parent_is_given_to_nobody_else(runs: Town) -> None:
    context = runs.workspace.context
    saar, mees, noor = add(runs, SAAR, MEES, NOOR)
    in_order(runs, [saar])
    hand_over(context, COUNTER, saar.id, "4-001")
    delete_child(context, COUNTER, saar.id)
    delete_child(context, COUNTER, mees.id)
    take_back(context, COUNTER, noor.id, "4-003")
    with pytest.raises(LetterNotGiven, match="al toegewezen"):
        give_letter(context, COUNTER, noor.id, "4-001")
    give_letter(context, COUNTER, noor.id, "4-002")


def test_cover_sheets_have_address_and_number_and_no_secret_address(runs: Town) -> None:
    context = runs.workspace.context
    children = add(runs, SAAR, NOOR, MEES)
    in_order(runs, children)
    batch = next_batch(context, children[0].list)
    found = list_batch(context, HANDING_OUT, children[0].list, batch)
    assert [each.person.name for each in found] == ["Saar de Wit", "Mees de Wit"]
    first, second = open_pdf(print_cover_sheets(found, STATIONERY, runs.now()))
    assert "verzorger(s) van Saar de Wit Dorpsstraat 4 1234 AB Voorbeeldstad" in words(first)
    assert "Brief 4-001" in words(first)
    assert "Brief 4-003" in words(second)
    assert barcodes(first) == [("Code128", "4-001")]
    assert barcodes(second) == [("Code128", "4-003")]
    (labels,) = open_pdf(print_list_labels(found, 1, STATIONERY, runs.now()))
    assert "Brief 4-003" in words(labels)
    assert "Noor" not in words(labels)
