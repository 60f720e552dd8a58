"""From an invitation to the first sale, and invitations that are lost, stolen or expired."""

import pytest
from sqlalchemy import select

from kindpakket.protocol.enrolment import Invitation
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.shops.enrol import list_enrolments
from kindpakket.services.shops.register import find_shop_file
from kindpakket.store import tables as t
from tests.support.enrolment import admit, ask_invitation, device, get_invitation, register
from tests.support.problems import problem
from tests.support.sessions import read, sign_in
from tests.support.town import BICYCLES, EVERYTHING, SAFE, SITE, Town, owner_of, till_of

WEEK = 7 * 24 * 3600
NEW = 6
"""The number of the first shop that is registered."""


def code_of_shop(town: Town) -> str | None:
    """The owner code on the officials' page."""
    (enrolment,) = list_enrolments(town.workspace.context)
    return enrolment.owner_code


def test_a_shop_goes_from_an_invitation_to_its_first_sale(town: Town) -> None:
    shop = register(town)
    assert shop == NEW
    mine = device(town, shop)
    answer = mine.enrol(get_invitation(town, shop))
    assert answer.status_code == 201
    assert answer.json() == {
        "shop": NEW,
        "name": "De Kaft",
        "address": "Kerkstraat 3",
        "categories": ["books"],
        "tills": 0,
    }
    assert mine.code == code_of_shop(town)
    problem(mine.look(), 404, "not_found")

    admit(town, shop, mine.owner)
    assert mine.look().json() == {
        "id": NEW,
        "name": "De Kaft",
        "address": "Kerkstraat 3",
        "location": None,
        "owner": address_of(mine.owner),
        "categories": ["books"],
        "admitted": True,
        "suspended": False,
        "owed": 0,
        "settled": 0,
        "rights": {"refunds": True, "books": True},
    }
    assert mine.open_till(name="Kassa 1").status_code == 201
    assert town.api.pay(mine.as_till, town.code(1_250), 1_250)["amount"] == 1_250
    assert mine.look().json()["owed"] == 1_250


def test_nothing_is_on_the_ledger_before_the_officials_decide(town: Town) -> None:
    shop = register(town)
    mine = device(town, shop)
    before = town.workspace.context.ledger.head()
    assert mine.enrol(get_invitation(town, shop)).is_success
    assert town.workspace.context.ledger.head() == before
    problem(mine.open_till(), 409, "shop_not_admitted")


def test_a_second_till_signs_in_once_its_owner_scanned_its_request(town: Town) -> None:
    shop = register(town)
    mine = device(town, shop)
    mine.enrol(get_invitation(town, shop))
    admit(town, shop, mine.owner)
    second = Key(b"\xaa" * 32)
    problem(read(town, f"/shops/{shop}", sign_in(town, second)), 403, "not_authorised")
    assert mine.open_till(second, name="Achter").status_code == 201
    assert read(town, f"/shops/{shop}", sign_in(town, second)).status_code == 200


def test_a_till_that_is_blocked_loses_all_reading_at_once(town: Town) -> None:
    mine = device(town, BICYCLES)
    mine.owner = owner_of(BICYCLES)
    token = sign_in(town, till_of(BICYCLES).key)
    paths = [f"/shops/{BICYCLES}{what}" for what in ("", "/tills", "/payments", "/payouts")]
    for path in paths:
        assert read(town, path, token).status_code == 200
    town.clock.time += 1
    assert mine.block(address_of(till_of(BICYCLES).key)).status_code == 201
    for path in paths:
        problem(read(town, path, token), 403, "not_authorised")


# the link


def test_a_link_leads_to_the_shop_app_and_works_for_seven_days(town: Town) -> None:
    answer = ask_invitation(town, BICYCLES)
    assert answer.status_code == 201
    assert set(answer.json()) == {"link", "expiresAt"}
    assert answer.json()["expiresAt"] == "2027-01-22T09:00:00Z"
    link, _, text = answer.json()["link"].partition("#")
    assert link == f"{SITE}/winkel/"
    assert len(text) == len("KI1.") + 39


def test_an_invitation_works_in_its_last_second_and_not_after(town: Town) -> None:
    shop, other = register(town), register(town)
    in_time, too_late = get_invitation(town, shop), get_invitation(town, other)
    town.clock.time += WEEK
    assert device(town, shop).enrol(in_time).status_code == 201
    town.clock.time += 1
    problem(device(town, other).enrol(too_late), 409, "invitation_expired")


def test_the_same_owner_again_is_harmless(town: Town) -> None:
    shop = register(town)
    mine, invitation = device(town, shop), get_invitation(town, shop)
    first = mine.enrol(invitation)
    town.clock.time += 2 * WEEK  # a device that was offline
    again = mine.enrol(invitation)
    assert (again.status_code, again.json()) == (200, first.json())


def test_an_invitation_is_used_by_one_owner(town: Town) -> None:
    shop = register(town)
    invitation = get_invitation(town, shop)
    mine, thief = device(town, shop, 1), device(town, shop, 2)
    assert mine.enrol(invitation).status_code == 201
    problem(thief.enrol(invitation), 409, "invitation_used")
    assert code_of_shop(town) == mine.code


def test_an_older_invitation_is_dead_once_there_is_a_newer_one(town: Town) -> None:
    shop = register(town)
    older, newer = get_invitation(town, shop), get_invitation(town, shop)
    problem(device(town, shop).enrol(older), 409, "invitation_unknown")
    assert device(town, shop).enrol(newer).status_code == 201


def test_who_used_a_leaked_invitation_is_forgotten_with_a_newer_one(town: Town) -> None:
    shop = register(town)
    thief, mine = device(town, shop, 2), device(town, shop, 1)
    thief.enrol(get_invitation(town, shop))
    assert code_of_shop(town) != mine.code  # so the officials do not sign
    newer = get_invitation(town, shop)
    assert code_of_shop(town) is None
    mine.enrol(newer)
    assert code_of_shop(town) == mine.code


def test_an_invitation_of_another_shop_is_not_known(town: Town) -> None:
    one, other = register(town), register(town)
    secret = get_invitation(town, one).secret
    problem(device(town, other).enrol(Invitation(other, secret)), 409, "invitation_unknown")


def test_a_secret_that_nobody_gave_is_not_known(town: Town) -> None:
    shop = register(town)
    get_invitation(town, shop)
    wrong = Invitation(shop, b"\x01" * 16)
    problem(device(town, shop).enrol(wrong), 409, "invitation_unknown")


def test_the_store_holds_no_secret(town: Town) -> None:
    shop = register(town)
    invitation = get_invitation(town, shop)
    with town.workspace.context.store.read() as db:
        (row,) = db.execute(select(t.invitations)).all()
    kept = " ".join(map(str, row))
    assert invitation.secret.hex() not in kept
    wrong = Invitation(shop, bytes.fromhex(row.secret_sha256)[:16])
    problem(device(town, shop).enrol(wrong), 409, "invitation_unknown")


# a lost device


def test_a_lost_owner_device_is_replaced_by_two_officials(town: Town) -> None:
    shop = register(town)
    lost, mine = device(town, shop, 1), device(town, shop, 2)
    lost.enrol(get_invitation(town, shop))
    admit(town, shop, lost.owner)
    assert lost.open_till().status_code == 201
    old_session = sign_in(town, lost.owner)

    mine.enrol(get_invitation(town, shop))
    (waiting,) = list_enrolments(town.workspace.context)
    assert (waiting.owner_code, waiting.waits) == (mine.code, True)
    problem(mine.look(), 403, "not_authorised")  # the ledger still has another owner
    admit(town, shop, mine.owner)
    assert mine.look().json()["owner"] == address_of(mine.owner)

    town.clock.time += 1
    problem(lost.open_till(Key(b"\xab" * 32)), 409, "signature_invalid")
    problem(lost.block(address_of(lost.till)), 409, "signature_invalid")
    problem(read(town, f"/shops/{shop}", old_session), 403, "not_authorised")
    assert mine.open_till().status_code == 201
    town.clock.time += 1
    assert mine.block(address_of(lost.till)).status_code == 201


def test_an_enrolment_waits_until_the_officials_decide(town: Town) -> None:
    shop = register(town)
    mine = device(town, shop)
    mine.enrol(get_invitation(town, shop))
    context = town.workspace.context
    assert [each.waits for each in list_enrolments(context)] == [True]
    admit(town, shop, mine.owner)
    assert [each.waits for each in list_enrolments(context)] == [False]
    # Another owner was set without an invitation: the earlier enrolment is not proposed again.
    admit(town, shop, Key(b"\xac" * 32))
    file = find_shop_file(context, shop)
    assert file is not None
    assert file.candidate == address_of(Key(b"\xac" * 32))


# who may invite


def test_who_does_not_hold_shops_invites_nobody(town: Town) -> None:
    for key in (SAFE, owner_of(BICYCLES), till_of(BICYCLES).key, Key(b"\x99" * 32)):
        problem(ask_invitation(town, BICYCLES, key), 403, "not_authorised")
    with town.workspace.context.store.read() as db:
        assert db.execute(select(t.invitations)).all() == []


def test_an_official_who_lost_shops_invites_nobody_from_then_on(town: Town) -> None:
    all_but_shops = sum((1, 4, 8, 16, 32))
    assert ask_invitation(town, BICYCLES).status_code == 201
    town.decide("setOfficial", address_of(EVERYTHING[0]), all_but_shops, by=EVERYTHING[1:])
    problem(ask_invitation(town, BICYCLES), 403, "not_authorised")


def test_nobody_is_invited_without_a_session(still_town: Town) -> None:
    problem(still_town.post("/shops/1/invitations", {}), 401, "session_invalid")


@pytest.mark.parametrize("shop", [0, NEW, 2**32 - 1])
def test_a_shop_that_nobody_registered_is_not_invited(town: Town, shop: int) -> None:
    problem(ask_invitation(town, shop), 404, "not_found")
