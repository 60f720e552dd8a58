"""Make a data directory with the code of this version, for the tests of later versions.

Run it before a migration is added, and commit what it makes:

    python -m scripts.make_version
"""

import sqlite3
import tarfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kindpakket.backup import backup
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import ShopId
from kindpakket.domain.locations import Location
from kindpakket.domain.times import day_of
from kindpakket.ledger.abi import encode_call
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base import names
from kindpakket.services.decisions.invitations import invite_official
from kindpakket.services.decisions.prepare import Preparer, prepare
from kindpakket.services.oversight.inspections import open_inspection
from kindpakket.services.oversight.requested_audits import ask_audit, run_audits
from kindpakket.services.oversight.retention import delete_expired
from kindpakket.services.shops.enrol import invite_owner
from kindpakket.services.shops.register import ShopDetails, describe_shop
from kindpakket.services.signing.messages import propose_account, sign_message
from kindpakket.settings import Settings
from kindpakket.store_access import DATABASE
from tests.support.payouts import HOLDERS, IBANS, get_file, give_account, pay_out, sell
from tests.support.town import (
    BICYCLES,
    BICYCLES_AND_SPIRITS,
    BOOKS,
    EVERYTHING,
    SCHEME,
    Clock,
    Town,
    found,
    opened,
    till_of,
)

VERSIONS = Path(__file__).parent.parent / "tests/store/versions"
OFFICIALS = ("Anna de Vries", "Bram Bos", "Çiğdem Yılmaz")
NEWCOMER = "Daan Smit"
SHOPS = {
    BICYCLES: ("De Ketting", "Dorpsstraat 4, 1234 AB Voorbeeldstad", "12345678"),
    BOOKS: ("De Kaft", "Kerkplein 3, 1234 AC Voorbeeldstad", ""),
}
TILL = "De kassa van Fatma"
WHY_INSPECTED = "Mevrouw Jansen zegt dat er twee keer is betaald."
WHY_SUSPENDED = "De heer Visser belde over deze winkel."
WAITING = ("BE68539007547034", "Erik Mulder")
"""An account that waits for a second signature, and its holder."""


def make(directory: Path) -> Path:
    """Write the archive of a data directory; return its path. Its name is that of the schema."""
    with TemporaryDirectory() as temporary:
        data, copy = Path(temporary, "data"), Path(temporary, "copy")
        found(data)
        clock = Clock()
        clock.time += 24 * 3600
        with opened(data, clock) as town:
            _give_names(town)
            _trade(town)
            _oversee(town)
        backup(Settings(data=data), copy)
        with closing(sqlite3.connect(copy / DATABASE)) as db:
            ((version,),) = db.execute("SELECT version_num FROM alembic_version")
        archive = directory / f"{version}.tar.xz"
        with tarfile.open(archive, "w:xz", preset=9) as tar:
            tar.add(copy, arcname=".", filter=_of_nobody)
        return archive


def _give_names(town: Town) -> None:
    context, store = town.workspace.context, town.workspace.context.store
    for key, name in zip(EVERYTHING, OFFICIALS, strict=True):
        names.name_founder(store, address_of(key), name)
    names.name_scheme(store, SCHEME, "Kindpakket")
    names.rename_scheme(store, SCHEME, "Kindpakket 2027", town.now())
    for shop, (name, address, kvk) in SHOPS.items():
        details = ShopDetails(name, address, Location(53.247, 6.402), kvk)
        describe_shop(context, shop, replace(details, name=f"{name} (oud)"))
        describe_shop(context, shop, details)
        give_account(town, shop, IBANS[shop], HOLDERS[shop])
    names.name_till(store, address_of(till_of(BICYCLES).key), TILL)
    invite_owner(context, ShopId(BICYCLES_AND_SPIRITS))
    invite_official(context, NEWCOMER, Capacity.SHOPS, address_of(EVERYTHING[0]))


def _trade(town: Town) -> None:
    sell(town, BICYCLES, 30_00)
    sell(town, BOOKS, 12_50)
    get_file(town, pay_out(town))
    sell(town, BICYCLES, 10_00)


def _oversee(town: Town) -> None:
    context, official = town.workspace.context, address_of(EVERYTHING[0])
    today = day_of(town.now())
    open_inspection(context, official, BICYCLES, today, today, WHY_INSPECTED)
    ask_audit(context, official)
    run_audits(context)
    waiting = propose_account(context, BOOKS, *WAITING, official)
    sign_message(context, waiting, waiting.message.sign(town.api.domain, EVERYTHING[0]))
    prepare(context, encode_call("setSuspended", BOOKS, True), Preparer(official, WHY_SUSPENDED))
    delete_expired(context)


def _of_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    print(make(VERSIONS))
