"""The database of the town has nothing about persons in the clear."""

from schwifty import IBAN
from sqlalchemy import select

from kindpakket.demo import places
from kindpakket.demo.build import WHY_INSPECTED
from kindpakket.store import tables as t
from kindpakket.store_access import DATABASE
from tests.support.demo_town import Built, Inside


def test_no_name_address_account_or_reason_is_in_the_files_of_the_database(built: Built) -> None:
    files = b"".join(path.read_bytes() for path in built.data.glob(f"{DATABASE}*"))
    said = [official.name for official in places.OFFICIALS]
    said += [text for shop in places.SHOPS for text in (shop.name, shop.address)]
    said += [f"{IBAN.generate('NL', places.TEST_BANK, f'{shop.id:010}')}" for shop in places.SHOPS]
    said += [WHY_INSPECTED, "pain.001.001.09"]
    assert [text for text in said if text.encode() in files] == []
    assert places.SCHEME_NAMES[places.PAUSED_SCHEME].encode() in files  # so it would be found


def test_the_town_reads_what_it_encrypted(inside: Inside) -> None:
    with inside.workspace.context.store.read() as db:
        names = set(db.scalars(select(t.official_names.c.name)))
        files = list(db.scalars(select(t.payment_files.c.bytes)))
    assert names == {official.name for official in places.OFFICIALS}
    assert all(b"pain.001.001.09" in file for file in files)
