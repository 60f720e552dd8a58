"""A well-formed body for each POST route; the rules may still refuse it."""

from typing import Any

from kindpakket.actors import claim, decision_body, hexed
from kindpakket.protocol.messages import BankAccount
from kindpakket.protocol.signatures import Key
from kindpakket.services.shops.enrol import invite_owner
from tests.support.messages import addresses, coupons, decision, move, refund, signed, till_change
from tests.support.town import BICYCLES, EVERYTHING, SCHEME, Town, owner_of, till_of

NEW_OWNER = Key(b"\x66" * 32)


def bodies(town: Town) -> dict[str, dict[str, Any]]:
    """By path."""
    till = till_of(BICYCLES)
    decided = decision(town, "fund", SCHEME, 1)
    return {
        "/payments": claim(town.api.domain, till, town.code(1_000), 1_000),
        "/refunds": refund(town, till, "0x" + "11" * 32, 1_000),
        "/tills": till_change(
            town,
            BICYCLES,
            addresses([till.key])[0],
            by=owner_of(BICYCLES),
            active=True,
            till_key=till.key,
        ),
        "/moves": move(
            town,
            coupons(0),
            addresses(coupons(0, generation=1)),
            by=coupons(0) + coupons(0, generation=1),
        ),
        "/decisions": decision_body(town.api.domain, decided, EVERYTHING[:2]),
        "/cancellations": signed(town, decided, EVERYTHING[0]),
        "/bank-accounts": signed(
            town,
            BankAccount(BICYCLES, "NL20INGB0001234567", "Fietsenwinkel", town.now()),
            owner_of(BICYCLES),
        ),
        "/enrolments": {
            "shop": BICYCLES,
            "secret": hexed(invite_owner(town.workspace.context, BICYCLES)[0].secret),
            "owner": addresses([NEW_OWNER])[0],
        },
        "/sessions": {"message": "sign me in", "signature": "0x" + "11" * 64},
    }
