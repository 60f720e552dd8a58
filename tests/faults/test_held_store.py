"""Another process holds the database's write lock while many acts wait for it."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx2

from kindpakket.actors import API, fields
from kindpakket.domain.ids import ShopId
from kindpakket.main import build_app, serving
from kindpakket.protocol.messages import TillChange
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.limits import Lane
from kindpakket.settings import Settings
from kindpakket.store_access import DATABASE
from tests.support.town import BICYCLES, BOOKS, HERE, Town, owner_of

MANY = 60


def new_till(town: Town, number: int) -> dict[str, object]:
    """A till with a name, which is written to the database after the till is on the ledger."""
    shop = (BICYCLES, BOOKS)[number % 2]
    key = Key(bytes([number + 1]) * 32)
    message = TillChange(ShopId(shop), address_of(key), True, town.now() + number)
    signatures = [message.sign(town.api.domain, each).hex() for each in (owner_of(shop), key)]
    signed = dict(zip(("signature", "tillSignature"), ("0x" + s for s in signatures), strict=True))
    return fields(message) | signed | {"name": f"Kassa {number}"}


def test_reading_goes_on_while_acts_wait_for_the_database(town: Town) -> None:
    counts = town.workspace.context.limits._counts._counts
    bodies = [new_till(town, number) for number in range(MANY)]
    settings = Settings(data=town.directory, app_address=HERE)
    with (
        serving(build_app(town.workspace, settings), None) as base_url,
        httpx2.Client(base_url=base_url + API, timeout=60, trust_env=False) as http,
        closing(sqlite3.connect(town.directory / DATABASE, isolation_level=None)) as other,
        ThreadPoolExecutor(2 * MANY) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")

        def post(path: str, body: object) -> int:
            url = f"{base_url}{API}{path}"
            return httpx2.post(url, json=body, timeout=60, trust_env=False).status_code

        acts = [pool.submit(post, "/tills", body) for body in bodies]
        sign_ins = [pool.submit(post, "/session-challenges", {}) for _ in range(MANY)]

        def arrived() -> int:
            here = f"LIMITER/{Lane.SIGN_IN}/127.0.0.1/"
            return sum(count.hits for key, count in counts.items() if key.startswith(here))

        while arrived() < MANY:
            assert http.get("/ledger").status_code == 200
            assert http.get("/categories").status_code == 200
        assert not all(each.done() for each in sign_ins)
        assert http.get("/ledger").status_code == 200
        other.execute("ROLLBACK")
        assert {act.result() for act in acts} <= {201, 409}
        assert {each.result() for each in sign_ins} <= {201, 503}
    tills = [town.view("tills", address_of(Key(bytes([n + 1]) * 32))) for n in range(MANY)]
    assert any(till["active"] for till in tills)
