"""Who may add and block tills."""

import pytest

from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import Address
from kindpakket.protocol.signatures import Key, address_of
from tests.support.messages import DAY, till_change
from tests.support.town import BICYCLES, BOOKS, ENDED, Town, owner_of, till_of

NEW = Key(b"\x77" * 32)
NEW_ADDRESS = address_of(NEW)
STRANGER = Key(b"\x99" * 32)
OWNER = owner_of(BICYCLES)
OLD = till_of(BICYCLES).key
OLD_ADDRESS = address_of(OLD)


def is_active(town: Town, till: Address) -> bool:
    active: bool = town.view("tills", till)["active"]
    return active


# signatures


def test_owner_and_till_together_activate_a_till(town: Town) -> None:
    body = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True, till_key=NEW)
    assert town.post("/tills", body).status_code == 201
    assert town.view("tills", NEW_ADDRESS) == {"shop": BICYCLES, "active": True}


def test_the_owner_alone_does_not_activate_a_till(town: Town) -> None:
    body = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", body)


def test_another_key_does_not_sign_for_the_till(town: Town) -> None:
    body = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True, till_key=OWNER)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", body)


@pytest.mark.parametrize(
    "signer",
    [NEW, OLD, STRANGER, owner_of(BOOKS)],
    ids=["the till itself", "another till", "a stranger", "another owner"],
)
def test_nobody_but_the_owner_activates_a_till(town: Town, signer: Key) -> None:
    body = till_change(town, BICYCLES, NEW_ADDRESS, by=signer, active=True, till_key=NEW)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", body)


def test_the_owner_alone_blocks_a_till(town: Town) -> None:
    body = till_change(town, BICYCLES, OLD_ADDRESS, by=OWNER, active=False)
    assert town.post("/tills", body).status_code == 201
    assert town.view("tills", OLD_ADDRESS) == {"shop": BICYCLES, "active": False}


@pytest.mark.parametrize(
    "signer",
    [OLD, STRANGER, owner_of(BOOKS)],
    ids=["the till itself", "a stranger", "another owner"],
)
def test_nobody_but_the_owner_blocks_a_till(town: Town, signer: Key) -> None:
    body = till_change(town, BICYCLES, OLD_ADDRESS, by=signer, active=False, till_key=OLD)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", body)
    assert is_active(town, OLD_ADDRESS)


def test_a_block_does_not_pass_for_an_activation(town: Town) -> None:
    town.post("/tills", till_change(town, BICYCLES, OLD_ADDRESS, by=OWNER, active=False))
    town.clock.time += 1
    body = till_change(town, BICYCLES, OLD_ADDRESS, by=OWNER, active=False, till_key=OLD)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", body | {"active": True})


def test_a_new_owner_replaces_the_old_one(town: Town) -> None:
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), address_of(STRANGER), True)
    old = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True, till_key=NEW)
    with town.refusing("signature_invalid"):
        town.api.post("/tills", old)
    new = till_change(town, BICYCLES, NEW_ADDRESS, by=STRANGER, active=True, till_key=NEW)
    assert town.post("/tills", new).status_code == 201
    assert is_active(town, OLD_ADDRESS)


# which keys, which shops


def test_a_till_that_was_blocked_can_be_activated_again(town: Town) -> None:
    town.api.change_till(OWNER, BICYCLES, OLD, town.now(), active=False)
    town.api.change_till(OWNER, BICYCLES, OLD, town.now() + 1, active=True)
    assert is_active(town, OLD_ADDRESS)


def test_blocking_one_till_leaves_the_others(town: Town) -> None:
    town.api.change_till(OWNER, BICYCLES, NEW, town.now(), active=True)
    town.api.change_till(OWNER, BICYCLES, OLD, town.now() + 1, active=False)
    assert is_active(town, NEW_ADDRESS)
    assert not is_active(town, OLD_ADDRESS)


def test_a_till_belongs_to_one_shop_for_ever(town: Town) -> None:
    with town.refusing("till_of_other_shop"):
        town.api.change_till(owner_of(BOOKS), BOOKS, OLD, town.now(), active=True)
    town.api.change_till(OWNER, BICYCLES, OLD, town.now(), active=False)
    with town.refusing("till_of_other_shop"):
        town.api.change_till(owner_of(BOOKS), BOOKS, OLD, town.now(), active=True)


def test_another_shop_cannot_block_a_till(town: Town) -> None:
    with town.refusing("till_of_other_shop"):
        town.api.change_till(owner_of(BOOKS), BOOKS, OLD, town.now(), active=False)
    assert is_active(town, OLD_ADDRESS)


def test_a_key_that_never_was_a_till_cannot_be_blocked(town: Town) -> None:
    with town.refusing("till_not_active"):
        town.api.change_till(OWNER, BICYCLES, NEW, town.now(), active=False)


def test_a_shop_that_nobody_registered_has_no_tills(town: Town) -> None:
    with town.refusing("shop_not_admitted"):
        town.api.change_till(OWNER, 99, NEW, town.now(), active=True)


def test_a_suspended_shop_still_changes_its_tills(town: Town) -> None:
    town.api.change_till(owner_of(ENDED), ENDED, NEW, town.now(), active=True)
    assert is_active(town, NEW_ADDRESS)


# nonces


def test_the_same_change_again_is_refused(town: Town) -> None:
    activation = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True, till_key=NEW)
    town.api.post("/tills", activation)
    with town.refusing("nonce_too_old"):
        town.api.post("/tills", activation)


def test_an_activation_that_was_kept_does_not_undo_a_later_block(town: Town) -> None:
    activation = till_change(town, BICYCLES, NEW_ADDRESS, by=OWNER, active=True, till_key=NEW)
    town.api.post("/tills", activation)
    town.api.change_till(OWNER, BICYCLES, NEW, town.now() + 1, active=False)
    with town.refusing("nonce_too_old"):
        town.api.post("/tills", activation)
    assert not is_active(town, NEW_ADDRESS)


def test_the_nonce_grows_for_the_shop_not_for_the_till(town: Town) -> None:
    town.api.change_till(OWNER, BICYCLES, NEW, town.now() + 5, active=True)
    with town.refusing("nonce_too_old"):
        town.api.change_till(OWNER, BICYCLES, OLD, town.now() + 5, active=False)
    town.api.change_till(owner_of(BOOKS), BOOKS, till_of(BOOKS).key, town.now(), active=False)


def test_a_till_changes_nonce_is_at_most_a_day_ahead(town: Town) -> None:
    with town.refusing("nonce_too_far_ahead"):
        town.api.change_till(OWNER, BICYCLES, NEW, town.now() + DAY + 1, active=True)
    town.api.change_till(OWNER, BICYCLES, NEW, town.now() + DAY, active=True)
    assert is_active(town, NEW_ADDRESS)
