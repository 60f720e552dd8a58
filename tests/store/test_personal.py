"""Personal data in the database are encrypted, each value for its own place."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, select, text, update

from kindpakket.settings import Settings
from kindpakket.store import tables as t
from kindpakket.store.database import Store, StoreUnavailable
from kindpakket.store.personal import StoreKeyMissing, StoreKeys, personal_columns
from kindpakket.store_access import STORE_KEY, open_store
from kindpakket.store_key import NoNewKey, rotate_key
from tests.support.town import copied

OLD, NEW = "11" * 32, "22" * 32
DOCUMENT = Path(__file__).parents[2] / "docs/operations/encrypt.md"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with closing(Store(database_url, StoreKeys(OLD))) as store:
        yield store


def add(store: Store, **rows: dict[str, Any]) -> None:
    with store.write() as db:
        for table, row in rows.items():
            db.execute(insert(t.facts.tables[table]).values(row))


def account(shop: int, iban: str, holder: str = "A. Jansen") -> dict[str, Any]:
    row = {"shop": shop, "nonce": 5, "iban": iban, "holder": holder}
    return row | {"signatures": b"\x01", "set_at": 1, "block": 1}


def raw(url: str, statement: str) -> list[Any]:
    """What a thief of the database reads."""
    engine = create_engine(url)
    with engine.begin() as connection:
        done = connection.execute(text(statement))
        rows = list(map(tuple, done)) if done.returns_rows else []
    engine.dispose()
    return rows


def ibans(store: Store) -> list[str]:
    with store.read() as db:
        return list(db.scalars(select(t.bank_accounts.c.iban).order_by(t.bank_accounts.c.shop)))


def test_every_kind_of_value_comes_back_and_an_absent_one_stays_absent(store: Store) -> None:
    shop = {"shop": 1, "name": "Çağlar | 北京", "address": "", "invited_at": 1}
    place = {"latitude": 53.2470001, "longitude": -6.4, "kvk": None}
    add(store, shop_details=shop | place, bank_accounts=account(1, "NL20INGB0001234567"))
    with store.read() as db:
        found = db.execute(select(t.shop_details)).mappings().one()
        bank = db.execute(select(t.bank_accounts.alias())).one()
    assert {name: found[name] for name in shop | place} == shop | place
    assert (bank.iban, bank.holder, bank.signatures) == ("NL20INGB0001234567", "A. Jansen", b"\x01")


def test_equal_values_look_different_and_nothing_of_them_is_in_the_database(
    store: Store, database_url: str
) -> None:
    for shop in (1, 2):
        add(store, bank_accounts=account(shop, "NL20INGB0001234567"))
    (first, second) = raw(database_url, "SELECT iban, holder FROM bank_accounts")
    assert len({*first, *second}) == 4
    assert all(re.fullmatch(r"[0-9a-f]{8}\.[\w=-]+", value) for value in (*first, *second))


@pytest.mark.parametrize(
    "moved",
    [
        "UPDATE bank_accounts SET shop = 9 WHERE shop = 1",
        "UPDATE bank_accounts SET nonce = 6 WHERE shop = 1",
        "UPDATE bank_accounts SET iban = holder WHERE shop = 1",
        "UPDATE bank_accounts SET iban = (SELECT iban FROM bank_accounts WHERE shop = 2)"
        " WHERE shop = 1",
        "UPDATE bank_accounts SET iban = 'NL20INGB0001234567' WHERE shop = 1",
        "UPDATE bank_accounts SET iban = substr(iban, 1, 30) WHERE shop = 1",
        "UPDATE bank_accounts SET iban = '' WHERE shop = 1",
    ],
)
def test_a_value_in_another_place_is_not_read(store: Store, database_url: str, moved: str) -> None:
    add(store, bank_accounts=account(1, "NL20INGB0001234567"))
    add(store, bank_accounts=account(2, "DE89370400440532013000"))
    raw(database_url, moved)
    with pytest.raises(StoreUnavailable, match=r"bank_accounts\.iban"):
        ibans(store)


def test_an_update_encrypts_for_each_row(store: Store, database_url: str) -> None:
    for shop in (1, 2, 3):
        add(store, bank_accounts=account(shop, f"NL0{shop}"))
    with store.write() as db:
        there = t.bank_accounts.c.shop < 3
        db.execute(update(t.bank_accounts).where(there).values(iban="NL99", block=7))
        db.execute(update(t.bank_accounts).where(t.bank_accounts.c.shop == 8).values(iban="x"))
    assert ibans(store) == ["NL99", "NL99", "NL03"]
    assert len(set(raw(database_url, "SELECT iban FROM bank_accounts"))) == 3


def test_many_rows_at_once_are_encrypted_too(store: Store, database_url: str) -> None:
    with store.write() as db:
        db.execute(insert(t.bank_accounts), [account(1, "NL01"), account(2, "NL02")])
    assert ibans(store) == ["NL01", "NL02"]
    assert "NL0" not in str(raw(database_url, "SELECT iban FROM bank_accounts"))


def test_what_cannot_be_done_with_encrypted_values_fails(store: Store) -> None:
    iban = t.bank_accounts.c.iban
    with pytest.raises(Exception, match="encrypted for its row"), store.read() as db:
        db.execute(select(t.bank_accounts).where(iban == "NL01"))
    with pytest.raises(TypeError, match="keeps what names it"), store.write() as db:
        db.execute(update(t.bank_accounts).values(shop=2))
    with pytest.raises(KeyError), store.write() as db:
        db.execute(insert(t.bank_accounts).values(iban="NL01"))


# ------------------------------------------------------------------------------ the key


def test_another_key_opens_nothing_and_says_where_it_belongs(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    add(store, bank_accounts=account(1, "NL01"))
    with pytest.raises(StoreKeyMissing, match="KINDPAKKET_STORE_KEY"):
        Store(database_url, StoreKeys(NEW))
    with pytest.raises(StoreKeyMissing, match=r"lost\.key"):
        Store(database_url, StoreKeys(tmp_path / "lost.key"))


def test_values_are_encrypted_again_in_batches_and_go_on_where_they_stopped(
    founded: Path, tmp_path: Path, database_url: str
) -> None:
    data = copied(founded, tmp_path / "town")
    settings = Settings(data=data, database_url=database_url)
    key = data / STORE_KEY
    old = key.read_text()
    with closing(Store(database_url, StoreKeys(key))) as store, store.write() as db:
        rows = [account(shop, f"NL{shop}") for shop in range(1, 202)]
        db.execute(insert(t.bank_accounts), rows)

    class Stopped(Exception):
        pass

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rotate_key(settings, stop)
    both = key.read_text().split()
    assert both[1:] == old.split()
    assert len({value[:8] for (value,) in raw(database_url, "SELECT iban FROM bank_accounts")}) == 2
    with closing(open_store(settings)) as store:
        assert len(ibans(store)) == 201
        counts: list[int] = []
        assert rotate_key(settings, counts.append) == 3 * 201 - 200  # three columns, one batch done
        assert counts == sorted(counts)
        assert key.read_text().split() == both[:1]
        add(store, bank_accounts=account(300, "NL300"))  # by a server that went on
        assert ibans(store)[-1] == "NL300"
    ids = {value[:8] for (value,) in raw(database_url, "SELECT iban FROM bank_accounts")}
    assert ids == {StoreKeys(both[0]).ids[0]}
    assert key.stat().st_mode & 0o777 == 0o600


def test_what_a_server_wrote_meanwhile_with_the_former_key_is_encrypted_again_too(
    founded: Path, tmp_path: Path, database_url: str
) -> None:
    data = copied(founded, tmp_path / "town")
    settings = Settings(data=data, database_url=database_url)
    former = StoreKeys((data / STORE_KEY).read_text())
    with closing(Store(database_url, former)) as server:
        add(server, bank_accounts=account(1, "NL01"))

        def write(done: int) -> None:
            if done == 3:  # every column has been looked at
                add(server, bank_accounts=account(2, "NL02"))

        assert rotate_key(settings, write) == 6
    with closing(open_store(settings)) as store:
        assert ibans(store) == ["NL01", "NL02"]


def test_a_key_in_the_settings_is_replaced_by_who_keeps_it(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    add(store, bank_accounts=account(1, "NL01"))
    settings = Settings(data=tmp_path, database_url=database_url, store_key=OLD)
    with pytest.raises(NoNewKey):
        rotate_key(settings, lambda _: None)
    two = settings.model_copy(update={"store_key": f"{NEW}, {OLD}"})
    assert rotate_key(two, lambda _: None) == 3
    with closing(open_store(settings.model_copy(update={"store_key": NEW}))) as new:
        assert ibans(new) == ["NL01"]
    assert not (tmp_path / STORE_KEY).exists()


# ------------------------------------------------------------------------------ what is encrypted


def test_the_document_lists_every_column_of_facts() -> None:
    """Also those that are not encrypted, so that a new column is thought about."""
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", DOCUMENT.read_text(), re.MULTILINE))
    encrypted = {table.name: set(personal_columns(table)) for table in t.facts.sorted_tables}
    assert {
        table: set(re.findall(r"`(\w+)`", columns)) for table, columns in told.items()
    } == encrypted
