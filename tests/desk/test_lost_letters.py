"""Requests to replace a lost letter: who signs, what is refused, and what each alone can open."""

import base64
import json
import re
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import delete, select, update

from kindpakket.backup import backup
from kindpakket.desk.replacements import officer_names
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.letters import serial
from kindpakket.protocol.keys import coupon_key
from kindpakket.services.lost_letters.replacements import VALID_FOR, list_replacements
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.services.signing.messages import find_message
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from tests.desk.lost import REASON, Office, sign
from tests.desk.office import Desk, field, read
from tests.desk.runs import OFFICERS, look_at, made_blank, name_officer, order_of
from tests.support.age import file_key, opened_with
from tests.support.municipality import OWN
from tests.support.town import Town

FIRST, SECOND = OFFICERS


@pytest.fixture
def lost(with_runs: Office) -> Office:
    return with_runs


def task_of(desk: Desk, path: str) -> Any:
    """What a request gives this official to open; None when it gives nothing."""
    found = re.search(r"data-task>(.*?)</script>", desk.get(path).text)
    return found and json.loads(found[1])


def opened_by_both(letter: dict[str, str]) -> str:
    """The text of a letter that nobody opened yet."""
    layer = pyrage.decrypt(base64.b64decode(letter["sealed"]), [SECOND])
    return pyrage.decrypt(layer, [FIRST]).decode()


def inner(letter: dict[str, str]) -> bytes:
    """What the first officer opens: the stored letter without its outer layer."""
    return opened_with(base64.b64decode(letter["sealed"]), base64.b64decode(letter["outer"]))


def outer_opened(lost: Office, path: str) -> None:
    """The second officer opens the outer layers and hands in their file keys."""
    task = task_of(lost.bram, path)
    form = {
        name: "0x" + file_key(base64.b64decode(task[name]["sealed"]), str(SECOND)).hex()
        for name in ("lost", "blank")
        if task[name]
    }
    assert lost.bram.post(f"{path}/geopend", form).status_code == 303


def stored(town: Town) -> Any:
    with town.workspace.context.store.read() as db:
        return db.execute(select(t.letter_replacements)).one()


def test_two_officials_sign_then_two_officers_open_one_after_the_other(lost: Office) -> None:
    path = lost.signed()
    assert "wacht op de tweede privacyfunctionaris" in lost.dirk.page(path)
    assert task_of(lost.anna, path) is None, "the first officer is not yet asked"
    task = task_of(lost.bram, path)
    assert task["lost"]["outer"] is None
    assert opened_by_both(task["lost"]) == lost.letters[0].text
    outer_opened(lost, path)
    assert task_of(lost.bram, path) is None
    task = task_of(lost.anna, path)
    assert pyrage.decrypt(inner(task["lost"]), [FIRST]).decode() == lost.letters[0].text
    assert pyrage.decrypt(inner(task["blank"]), [FIRST]).decode() == lost.blanks[0].text
    assert lost.anna.post(f"{path}/klaar").status_code == 303
    row = stored(lost.town)
    assert (row.opened_lost, row.opened_blank) == (None, None), "what was opened is deleted"
    shown = lost.eva.page(path)
    assert "Op brief" not in shown
    assert "klaar" in shown
    log = lost.bram.page("/brieven/vervangen")
    assert serial(lost.run, 1) in log
    assert "klaar" in log
    assert task_of(lost.anna, path) is None
    assert lost.anna.post(f"{path}/klaar").status_code == 404


def test_a_card_is_replaced_by_its_number(lost: Office) -> None:
    path = lost.signed(lost=51)
    assert opened_by_both(task_of(lost.bram, path)["lost"]) == lost.letters[50].text


def test_what_is_left_goes_back_to_the_scheme(lost: Office) -> None:
    path = lost.signed(blank=None)
    assert task_of(lost.bram, path)["blank"] is None
    outer_opened(lost, path)
    assert task_of(lost.anna, path)["blank"] is None
    assert "terug naar de regeling" in lost.dirk.page(path)


def test_a_request_with_one_signature_opens_nothing(lost: Office) -> None:
    path = lost.proposed()
    assert sign(lost.dirk, path) == 303
    page = f"/brieven/vervangen/{path.rpartition('/')[2]}"
    assert lost.bram.get(page).status_code == 404
    assert lost.bram.post(f"{page}/geopend", {"lost": "0x00"}).status_code == 404
    assert list_replacements(lost.town.workspace.context) == []


def test_one_signature_of_one_official_twice_is_one(lost: Office) -> None:
    path = lost.proposed()
    form = {"signature": lost.dirk.signed(path)}
    for _ in range(2):
        assert lost.dirk.post(f"{path}/handtekening", form).status_code == 303
    assert list_replacements(lost.town.workspace.context) == []


def test_a_privacy_officer_signs_no_request(lost: Office) -> None:
    path = lost.proposed()
    assert "data-sign-messages" not in lost.anna.get(path).text
    message = find_message(lost.town.workspace.context, path.rpartition("/")[2]).message
    signature = message.sign(lost.town.api.domain, lost.anna.key).hex()
    assert lost.anna.post(f"{path}/handtekening", {"signature": signature}).status_code == 409
    assert sign(lost.dirk, path) == 303
    assert list_replacements(lost.town.workspace.context) == []
    assert sign(lost.eva, path) == 303
    assert len(list_replacements(lost.town.workspace.context)) == 1


def test_who_signed_and_becomes_a_privacy_officer_ends_the_request(lost: Office) -> None:
    path = lost.signed()
    register = int(Capacity.REGISTER | Capacity.ISSUE)
    lost.town.decide("setOfficial", lost.dirk.address, register)
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    lost.town.clock.time += 1
    name_officer(1, recipient, lost.dirk, (lost.anna, lost.bram))
    assert lost.bram.get(path).status_code == 404


def test_signatures_that_the_server_makes_up_open_nothing(lost: Office) -> None:
    path = lost.signed()
    with lost.town.workspace.context.store.write() as db:
        db.execute(update(t.letter_replacements).values(number=2))
    assert lost.bram.get(path).status_code == 404
    assert list_replacements(lost.town.workspace.context) == []


@pytest.mark.parametrize("identity", OFFICERS, ids=["first", "second"])
def test_one_officer_and_the_database_read_no_letter(lost: Office, identity: Any) -> None:
    path = lost.signed()
    texts = {each.text for each in (*lost.letters, *lost.blanks)}

    def opens() -> set[str]:
        with lost.town.workspace.context.store.read() as db:
            sealed = list(db.scalars(select(t.sealed_letters.c.sealed)))
        row = stored(lost.town)
        keys = [each for each in (row.opened_lost, row.opened_blank) if each]
        for file, key in product(tuple(sealed), keys):
            with suppress(ValueError):
                sealed.append(opened_with(file, key))
        found = set()
        for each in sealed:
            with suppress(pyrage.DecryptError):
                found.add(pyrage.decrypt(each, [identity]).decode(errors="replace"))
        return found & texts

    assert opens() == set()
    outer_opened(lost, path)
    # Between the two openings the first officer needs nothing else, for these two letters.
    both = {lost.letters[0].text, lost.blanks[0].text}
    assert opens() == (both if identity is FIRST else set())


def test_the_server_with_its_database_opens_nothing(lost: Office) -> None:
    path = lost.signed()
    outer_opened(lost, path)
    task = task_of(lost.anna, path)
    for letter, secret in ((task["lost"], lost.letters[0]), (task["blank"], lost.blanks[0])):
        for known in (base64.b64decode(letter["outer"]), inner(letter)):
            assert secret.text.encode() not in known
            assert secret.secret not in known


def test_a_stolen_backup_opens_and_spends_nothing(lost: Office, tmp_path: Path) -> None:
    """Neither a letter, nor a coupon's key, nor a key that opens a sealed letter is in it."""
    outer_opened(lost, lost.signed())
    backup(Settings(data=lost.town.directory), tmp_path / "copy")
    secrets = [b"AGE-SECRET-KEY-1", *(str(each).encode() for each in OFFICERS)]
    for letter in (*lost.letters, *lost.blanks):
        key = coupon_key(letter, 0, 0)
        secrets += [letter.text.encode(), letter.secret, letter.secret.hex().encode()]
        secrets += [key, key.hex().encode()]
    files = [each for each in (tmp_path / "copy").rglob("*") if each.is_file()]
    assert {"store.sqlite3", "contract.json"} <= {each.name for each in files}
    for file in files:
        content = file.read_bytes()
        assert not [each for each in secrets if each in content], file.name


def test_what_belongs_on_a_blank_letter_never_goes_back_to_the_scheme(lost: Office) -> None:
    path = lost.signed()
    outer_opened(lost, path)
    with lost.town.workspace.context.store.write() as db:
        db.execute(update(t.letter_replacements).values(opened_blank=None))
    assert task_of(lost.anna, path) is None


def test_only_the_officer_whose_turn_it_is_hands_in(lost: Office) -> None:
    path = lost.signed()
    form = {"lost": "0x" + bytes(16).hex()}
    for desk in (lost.anna, lost.dirk, lost.eva):
        assert desk.post(f"{path}/geopend", form).status_code == 403
    for desk in (lost.bram, lost.dirk, lost.eva):
        assert desk.post(f"{path}/klaar").status_code == 403
    assert lost.anna.post(f"{path}/klaar").status_code == 404, "not yet"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"lost": "0x"},
        {"lost": "0x00", "blank": "0x00"},
        {"lost": "nothing", "blank": "nothing"},
        {"lost": "0x" + bytes(16).hex()},
        {"lost": "0x" + bytes(16).hex(), "blank": "0x" + bytes(17).hex()},
        dict.fromkeys(("lost", "blank"), "0x" + b"age-encryption.org/v1\n".hex()),
    ],
)
def test_what_is_no_file_key_is_not_handed_in(lost: Office, form: dict[str, str]) -> None:
    path = lost.signed()
    assert lost.bram.post(f"{path}/geopend", form).status_code == 409
    assert task_of(lost.bram, path) is not None


def test_a_request_lapses_and_what_was_opened_is_deleted(lost: Office) -> None:
    path = lost.signed()
    outer_opened(lost, path)
    lost.later(VALID_FOR + 60)
    assert "verlopen" in lost.dirk.page(path)
    assert task_of(lost.anna, path) is None
    assert lost.anna.post(f"{path}/klaar").status_code == 404
    delete_expired(lost.town.workspace.context)
    assert stored(lost.town).opened_lost is None
    assert stored(lost.town).opened_blank is None


def test_a_request_is_withdrawn_before_anything_is_opened(lost: Office) -> None:
    path = lost.signed()
    assert lost.anna.post(f"{path}/intrekken").status_code == 303
    assert task_of(lost.bram, path) is None
    assert lost.bram.post(f"{path}/geopend", {"lost": "0x00"}).status_code == 404
    assert "ingetrokken" in lost.dirk.page("/brieven/vervangen")
    assert stored(lost.town).withdrawn_by == lost.anna.address
    lost.town.clock.time += 1
    again = lost.signed()
    assert again != path
    assert task_of(lost.bram, again) is not None, "with the same letters"


def test_a_request_of_which_something_was_opened_is_not_withdrawn(lost: Office) -> None:
    path = lost.signed()
    assert "Trek dit verzoek in" in lost.dirk.page(path)
    outer_opened(lost, path)
    page = lost.dirk.page(path)
    assert "Trek dit verzoek in" not in page
    assert "Intrekken kan niet meer" in page
    assert lost.dirk.post(f"{path}/intrekken").status_code == 404
    assert task_of(lost.anna, path) is not None


def test_the_first_officer_stops_a_request_that_cannot_be_carried_out(lost: Office) -> None:
    path = lost.signed()
    assert lost.anna.post(f"{path}/stoppen").status_code == 404, "not yet opened"
    outer_opened(lost, path)
    for desk in (lost.bram, lost.dirk):
        assert "Stop dit verzoek" not in desk.page(path)
        assert desk.post(f"{path}/stoppen").status_code == 403
    assert "Stop dit verzoek" in lost.anna.page(path)
    assert lost.anna.post(f"{path}/stoppen").status_code == 303
    row = stored(lost.town)
    assert (row.opened_lost, row.opened_blank) == (None, None)
    assert row.withdrawn_by == lost.anna.address
    assert "gestopt" in lost.dirk.page(path)
    assert task_of(lost.anna, path) is None
    assert lost.anna.post(f"{path}/klaar").status_code == 404


def test_the_blank_letter_of_a_stopped_request_stays_for_the_same_letter(lost: Office) -> None:
    path = lost.signed()
    outer_opened(lost, path)
    lost.anna.post(f"{path}/stoppen")
    lost.town.clock.time += 1
    told = "Deze lege brief is al voor een ander verzoek gebruikt."
    _refused(lost, lost.form(2, blank=1), told)
    again = lost.signed()
    assert task_of(lost.bram, again) is not None


def test_the_blank_letter_of_a_withdrawn_request_is_free(lost: Office) -> None:
    assert lost.anna.post(f"{lost.signed()}/intrekken").status_code == 303
    lost.town.clock.time += 1
    assert task_of(lost.bram, lost.signed(2, blank=1)) is not None


def test_a_letter_that_was_replaced_is_not_replaced_again(lost: Office) -> None:
    path = lost.signed(blank=1)
    outer_opened(lost, path)
    lost.anna.post(f"{path}/klaar")
    lost.town.clock.time += 1
    old, new = serial(lost.run, 1), serial(lost.blank_run, 1)
    told = f"Brief {old} is vervangen door brief {new}: vul dat nummer in."
    _refused(lost, lost.form(blank=2), told)
    _refused(lost, lost.form(blank=None), told)
    assert task_of(lost.bram, lost.signed(blank=1)) is not None, "what was not moved"


def test_a_letter_that_went_back_to_the_scheme_gets_no_blank_one(lost: Office) -> None:
    path = lost.signed(blank=None)
    outer_opened(lost, path)
    lost.anna.post(f"{path}/klaar")
    lost.town.clock.time += 1
    told = f"Wat op brief {serial(lost.run, 1)} stond, is terug naar de regeling."
    _refused(lost, lost.form(blank=1), told)


def test_the_second_signer_is_told_whom_to_call(lost: Office) -> None:
    path = lost.proposed()
    assert sign(lost.dirk, path) == 303
    form = {"signature": lost.eva.signed(path)}
    location = lost.eva.post(f"{path}/handtekening", form).headers["location"]
    assert location.endswith(f"/brieven/vervangen/{path.rpartition('/')[2]}?gedaan=getekend")
    shown = lost.eva.page(location.removeprefix("/gemeente"))
    names = ", ".join(officer_names(lost.town.workspace.context))
    assert f"Bel nu beide privacyfunctionarissen: {names}." in shown


def test_it_is_told_that_a_part_was_moved_before(lost: Office) -> None:
    path = lost.signed()
    outer_opened(lost, path)
    answer = lost.anna.post(f"{path}/klaar", {"elsewhere": "2"})
    shown = lost.anna.page(answer.headers["location"].removeprefix("/gemeente"))
    assert "een deel was al eerder verplaatst" in shown


def test_what_was_moved_by_mistake_moves_on_to_another_blank_letter(lost: Office) -> None:
    path = lost.signed(blank=1)
    outer_opened(lost, path)
    lost.anna.post(f"{path}/klaar")
    filled = serial(lost.blank_run, 1)
    assert f"Het geld is niet weg: het staat op brief {filled}." in lost.dirk.page(path)
    form = lost.form(blank=2) | {"lost": filled}
    assert lost.dirk.post("/brieven/vervangen/nieuw", form).status_code == 303


def test_what_went_back_to_the_scheme_does_not_come_back(lost: Office) -> None:
    path = lost.signed(blank=None)
    outer_opened(lost, path)
    lost.anna.post(f"{path}/klaar")
    page = lost.dirk.page(path)
    assert "Dit kan niet ongedaan worden gemaakt." in page
    assert "een brief met een bedrag uit de voorraad" in page


def test_the_family_is_told_why_the_money_went_back(lost: Office) -> None:
    path = lost.signed(blank=None)
    outer_opened(lost, path)
    assert lost.dirk.get(f"{path}/brief").status_code == 404, "not yet"
    lost.anna.post(f"{path}/klaar")
    assert f"{path}/brief" in lost.dirk.get(path).text
    letter = lost.dirk.page(f"{path}/brief")
    for told in (serial(lost.run, 1), REASON, OWN["contact_phone"], "zes weken"):
        assert told in letter


def test_a_proposal_lapses(lost: Office) -> None:
    path = lost.proposed()
    assert sign(lost.dirk, path) == 303
    lost.later(VALID_FOR + 60)
    assert lost.eva.get(path).status_code == 404


def test_a_lapsed_request_can_be_made_again_with_the_same_blank_letter(lost: Office) -> None:
    lost.signed()
    lost.later(VALID_FOR + 60)
    path = lost.signed()
    assert task_of(lost.bram, path) is not None


def test_there_is_one_open_request_for_a_letter(lost: Office) -> None:
    path = lost.proposed()
    lost.town.clock.time += 1
    assert lost.proposed(blank=2) == path
    assert [sign(each, path) for each in (lost.dirk, lost.eva)] == [303, 303]
    _refused(lost, lost.form(blank=2), "Voor deze brief is er al een verzoek.")


def test_a_blank_letter_serves_one_request(lost: Office) -> None:
    lost.proposed(1, blank=1)
    lost.town.clock.time += 1
    _refused(lost, lost.form(2, blank=1), "Deze lege brief staat al in een ander verzoek.")
    lost.signed(3, blank=2)
    lost.later(VALID_FOR + 60)
    told = "Deze lege brief is al voor een ander verzoek gebruikt."
    _refused(lost, lost.form(4, blank=2), told)


def test_blank_letters_of_a_request_are_not_handed_in_again(lost: Office) -> None:
    """Who began them could otherwise put in one of their own between the two openings."""
    lost.signed()
    content = made_blank(order_of(lost.anna, lost.blank_run))[1]
    looked = field(look_at(lost.anna, content).text, "sha256")
    answer = lost.anna.post("/brieven", {"content": content.decode(), "sha256": looked})
    assert answer.status_code == 400
    assert "is al aangeleverd, met een ander bestand" in read(answer.text)


def test_what_cannot_be_requested(lost: Office) -> None:
    blank = serial(lost.blank_run, 1)
    none = "Er is geen brief of kaart"
    _refused(lost, lost.form() | {"lost": "twaalf"}, "Vul het nummer in")
    _refused(lost, lost.form() | {"blank": ""}, "Vul het nummer in")
    _refused(lost, lost.form() | {"reason": ""}, "Vul 1 tot 300 leesbare tekens in.")
    _refused(lost, lost.form(52), f"{none} {serial(lost.run, 52)}.")
    _refused(lost, lost.form() | {"lost": "99-001"}, f"{none} 99-001.")
    _refused(lost, lost.form() | {"lost": blank}, "Dit is tweemaal dezelfde brief.")
    other = serial(lost.run, 2)
    _refused(lost, lost.form() | {"blank": other}, f"Brief {other} is geen lege brief.")


def test_the_letters_of_a_run_of_the_station_are_not_here(lost: Office) -> None:
    with lost.town.workspace.context.store.write() as db:
        db.execute(delete(t.sealed_letters).where(t.sealed_letters.c.run == lost.run))
        db.execute(delete(t.begun_runs).where(t.begun_runs.c.run == lost.run))
    _refused(lost, lost.form(), "is gemaakt met de opdrachtregel")


def test_the_reason_is_encrypted(lost: Office) -> None:
    lost.signed()
    path = lost.town.directory
    content = b"".join(each.read_bytes() for each in path.rglob("*") if each.is_file())
    assert b"bij een verhuizing" not in content


def test_the_page_says_that_the_lost_letter_can_be_spent_until_both_are_done(lost: Office) -> None:
    told = "Wie de oude brief nu heeft, kan ermee betalen tot beide privacyfunctionarissen klaar"
    assert told in lost.dirk.page("/brieven/vervangen/nieuw")
    assert told in lost.dirk.page(lost.proposed(2, blank=2))
    path = lost.signed()
    assert told in lost.dirk.page(path)
    outer_opened(lost, path)
    lost.anna.post(f"{path}/klaar")
    assert told not in lost.dirk.page(path)


def test_only_the_page_that_moves_may_make_requests(lost: Office) -> None:
    path = lost.signed()

    def policy(desk: Desk) -> str:
        return str(desk.get(path).headers["content-security-policy"])

    assert "connect-src" not in policy(lost.bram)
    outer_opened(lost, path)
    assert policy(lost.anna).endswith("; connect-src 'self'")
    assert "connect-src" not in policy(lost.dirk)


def _refused(lost: Office, form: dict[str, str], told: str) -> None:
    answer = lost.dirk.post("/brieven/vervangen/nieuw", form)
    assert answer.status_code == 400, answer.headers
    assert told in read(answer.text)
