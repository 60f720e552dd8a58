"""The cost of a move or payment does not grow with the number of earlier ones of the same coupon.

Whoever holds a letter can repeat either without limit, and all other clients pay for the reads.
"""

import gc
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kindpakket.domain.ids import Address, Hash
from kindpakket.services.figures import signals
from kindpakket.services.figures.letter_bound import read_origins
from kindpakket.store import views
from kindpakket.store.database import Store

SHORT, LONG = 400, 1_600
MOST = 2 * LONG / SHORT
"""Upper bound on the ratio of the times; a cost per earlier move would make it 16."""


def coupon(hop: int) -> Address:
    return Address(f"0x{hop:040x}")


def issued() -> dict[str, object]:
    return {"scheme": 1, "value": 100, "coupons": (coupon(1),)}


def moved(hop: int) -> dict[str, object]:
    return {
        "scheme": 1,
        "nonce": hop,
        "from": (coupon(hop),),
        "to": (coupon(hop + 1),),
        "amounts": (100,),
    }


def project(db: Connection, hops: int) -> None:
    views.apply(db, "Issued", issued(), views.Place(0, 0, Hash("0x")))
    for hop in range(1, hops + 1):
        views.apply(db, "Moved", moved(hop), views.Place(hop, hop, Hash("0x")))


def projecting(db: Connection, hops: int) -> Callable[[], object]:
    return lambda: project(db, hops)


def reading(db: Connection, hops: int) -> Callable[[], object]:
    project(db, hops)

    def read() -> None:
        for _time in range(20):
            assert set(read_origins(db).values()) == {coupon(1)}

    return read


def watching(_db: Connection, hops: int) -> Callable[[], object]:
    """Payments from one coupon, one each hour, so that none is near another."""
    draws = [hop * signals.DRAWS_WITHIN for hop in range(10 * hops)]

    def watch() -> None:
        for _time in range(20):
            assert signals._bursts(draws) == []

    return watch


@pytest.mark.parametrize("what", [projecting, reading, watching])
def test_what_a_long_history_costs_grows_with_its_length(
    what: Callable[[Connection, int], Callable[[], object]], tmp_path: Path
) -> None:
    spent = {}
    for hops in (SHORT, LONG):
        store = Store(f"sqlite:///{tmp_path / str(hops)}.sqlite3")
        with store.write(views=True) as db:
            work = what(db, hops)
            gc.collect()  # otherwise garbage of other tests may be collected during the measurement
            begun = time.process_time()
            work()
            spent[hops] = time.process_time() - begun
        store.close()
    assert spent[LONG] < MOST * spent[SHORT]
