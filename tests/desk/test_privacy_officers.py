"""The privacy officers: an official proposes an own key, two others name it, and it is replaced."""

import pyrage
import pytest
from sqlalchemy import select, update

from kindpakket.domain.capacities import Capacity
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.protocol.signatures import address_of
from kindpakket.services.lost_letters.privacy_officers import read_officers
from kindpakket.services.signing.messages import find_message
from kindpakket.store import tables as t
from tests.desk.office import ANNA, BRAM, CARLA, Desk, at_the_desk, read
from tests.support.town import Town

KEYS = (
    "age1p5tea4atgtrl8n8h59re38cq9nrvkgkvcszufklxm9swkuhe9efs4y4cn7",
    "age1wj8uj6vnzt7vshvysrfnjze7fq95khlljh77am56uc7zg0cz0elq34kt2z",
)
OTHER_KEY = str(pyrage.x25519.Identity.generate().to_public())
FIRST, SECOND = "1", "2"


def proposed(desk: Desk, place: str, recipient: str) -> str:
    """Propose a key of one's own; return the path of the message."""
    answer = desk.post("/privacy/voorstel", {"place": place, "recipient": recipient})
    assert answer.status_code == 303, read(answer.text)
    return answer.headers["location"].removeprefix("/gemeente").partition("?")[0]


def sign(desk: Desk, path: str) -> int:
    answer = desk.post(f"{path}/handtekening", {"signature": desk.signed(path)})
    return int(answer.status_code)


def named(desk: Desk, place: str, recipient: str, *signers: Desk) -> None:
    path = proposed(desk, place, recipient)
    assert [sign(each, path) for each in signers] == [303, 303]


def recipients(town: Town) -> dict[int, str]:
    officers = read_officers(town.workspace.context)
    return {place: each.recipient for place, each in officers.items()}


def test_a_key_is_named_by_two_others_and_replaced_in_the_same_way(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        path = proposed(anna, FIRST, KEYS[0])
        assert proposed(anna, FIRST, KEYS[0]) == path
        assert KEYS[0] in bram.get(path).text
        assert sign(bram, path) == 303
        assert recipients(town) == {}
        assert sign(carla, path) == 303
        assert recipients(town) == {1: KEYS[0]}
        town.clock.time += 1
        named(anna, FIRST, KEYS[1], bram, carla)
        assert recipients(town) == {1: KEYS[1]}


def test_who_is_named_does_not_sign_it(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        path = proposed(anna, FIRST, KEYS[0])
        assert "data-sign-messages" not in anna.get(path).text
        message = find_message(town.workspace.context, path.rpartition("/")[2]).message
        signature = message.sign(town.api.domain, anna.key).hex()
        assert anna.post(f"{path}/handtekening", {"signature": signature}).status_code == 409
        assert sign(bram, path) == 303
        assert recipients(town) == {}
        assert sign(carla, path) == 303


@pytest.mark.parametrize(
    ("place", "recipient", "told"),
    [
        ("3", KEYS[1], "Kies een plaats"),
        ("", KEYS[1], "Kies een plaats"),
        (SECOND, "age1" + "q" * 58, "Kies een plaats"),
        (SECOND, "", "Kies een plaats"),
        (SECOND, KEYS[1], "zijn twee mensen"),
        (SECOND, KEYS[0], "zijn twee mensen"),
    ],
)
def test_the_officers_are_two_people_with_keys_of_age(
    town: Town, place: str, recipient: str, told: str
) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        named(anna, FIRST, KEYS[0], bram, carla)
        answer = anna.post("/privacy/voorstel", {"place": place, "recipient": recipient})
        assert answer.status_code == 400
        assert told in read(answer.text)
        answer = bram.post("/privacy/voorstel", {"place": SECOND, "recipient": KEYS[0]})
        assert "elk een eigen sleutel" in read(answer.text)


def test_nobody_has_both_keys_one_after_the_other(town: Town) -> None:
    """A former officer still opens what was sealed then; the next one gets the former key."""
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        named(anna, FIRST, KEYS[0], bram, carla)
        town.clock.time += 1
        named(bram, FIRST, KEYS[1], anna, carla)
        answer = anna.post("/privacy/voorstel", {"place": SECOND, "recipient": OTHER_KEY})
        assert answer.status_code == 400
        assert "zijn twee mensen, ook als een van hen opvolgt" in read(answer.text)
        answer = carla.post("/privacy/voorstel", {"place": SECOND, "recipient": KEYS[0]})
        assert "elk een eigen sleutel" in read(answer.text)


def test_an_officer_holds_register(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        path = proposed(anna, FIRST, KEYS[0])
        assert sign(bram, path) == 303
        town.decide("setOfficial", anna.address, int(Capacity.RULES))
        assert sign(carla, path) == 409
        assert recipients(town) == {}


def test_a_key_that_the_server_puts_in_does_not_count(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        named(anna, FIRST, KEYS[0], bram, carla)
    context, table = town.workspace.context, t.privacy_officers
    with context.store.write() as db:
        db.execute(update(table).values(recipient=KEYS[1]))
    assert recipients(town) == {}


def test_without_the_ledger_officers_are_not_taken_for_absent(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        named(anna, FIRST, KEYS[0], bram, carla)

    def no_answer(*_: object, **__: object) -> None:
        raise LedgerUnavailable("no answer")

    monkeypatch.setattr(town.workspace.context.ledger, "view", no_answer)
    with pytest.raises(LedgerUnavailable):
        recipients(town)


def test_a_former_key_is_handed_over_by_its_holder_once(town: Town) -> None:
    with at_the_desk(town, ANNA, BRAM, CARLA) as (anna, bram, carla):
        named(anna, FIRST, KEYS[0], bram, carla)
        assert "Draag de vorige sleutel over" not in anna.page("/privacy")
        town.clock.time += 1
        named(anna, FIRST, KEYS[1], bram, carla)
        assert "Draag de vorige sleutel over" in anna.page("/privacy")
        assert "Draag de vorige sleutel over" not in bram.page("/privacy")
        with town.workspace.context.store.read() as db:
            nonce = min(db.scalars(select(t.privacy_officers.c.nonce)))
        form = {"place": FIRST, "nonce": str(nonce), "sealed": "0x0102"}
        assert bram.post("/privacy/overdracht", form).status_code == 404
        assert (
            anna.post("/privacy/overdracht", form | {"sealed": "0x" + "00" * 2001}).status_code
            == 404
        )
        assert "De sleutel is overgedragen." in anna.told("/privacy/overdracht", form)
        assert anna.post("/privacy/overdracht", form | {"sealed": "0x03"}).status_code == 404
        with town.workspace.context.store.read() as db:
            kept = db.scalars(select(t.privacy_officers.c.handed_over).order_by("nonce")).all()
        assert kept == [b"\x01\x02", None]


def test_only_who_holds_register_proposes_a_key(town: Town) -> None:
    town.decide("setOfficial", address_of(ANNA), int(~Capacity.REGISTER & 127))
    with at_the_desk(town, ANNA) as (anna,):
        form = {"place": FIRST, "recipient": KEYS[0]}
        assert anna.post("/privacy/voorstel", form).status_code == 403
