"""The projection of ledger events to the views. Applying a block is idempotent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kindpakket.domain.ids import ZERO, Address, Hash
from kindpakket.protocol.change_files import PREFIX_BYTES
from kindpakket.store import tables as t

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """The position and time of an event."""

    block: int
    time: int
    transaction: Hash


@dataclass(frozen=True)
class Cursor:
    """The last block in the views."""

    block: int
    hash: Hash
    time: int
    secret_sha256: str
    """Of the secret with which changes of coupons were sealed, in hex."""


EMPTY = Cursor(-1, Hash(""), 0, "")


def read_cursor(db: Connection) -> Cursor:
    """Return the last block in the views; EMPTY when there is none."""
    row = db.execute(select(t.cursor)).one_or_none()
    return Cursor(row.block, Hash(row.hash), row.time, row.secret_sha256) if row else EMPTY


def move_cursor(db: Connection, cursor: Cursor) -> None:
    """Record the last block in the views."""
    db.execute(delete(t.cursor))
    db.execute(insert(t.cursor).values(**vars(cursor)))


def clear(db: Connection) -> None:
    """Delete the views, to be rebuilt from the ledger."""
    for table in reversed(t.views.sorted_tables):
        db.execute(delete(table))


def apply(db: Connection, name: str, args: Args, place: Place) -> None:
    """Apply one event."""
    _HANDLERS[name](db, args, place)


def remember_key(db: Connection, coupon: Address, public_key: bytes) -> None:
    """Store a coupon's public key, recovered from its first signature."""
    unknown = (t.coupons.c.coupon == coupon) & t.coupons.c.public_key.is_(None)
    db.execute(update(t.coupons).where(unknown).values(public_key=public_key))


def count_entries(db: Connection, coupon: Address, month: int, entries: int) -> None:
    """Store how many changes of a coupon were sealed in a month."""
    counted = update(t.coupons).where(t.coupons.c.coupon == coupon)
    db.execute(counted.values(entry_month=month, entries=entries))


def add_changes(db: Connection, scheme: int, block: int, time: int, groups: bytes) -> None:
    """Store the sealed changes of a block."""
    row = {"scheme": scheme, "block": block, "time": time, "groups": groups}
    db.execute(insert(t.coupon_changes).values(row))


def _paid(db: Connection, args: Args, place: Place) -> None:
    payment = _hex(args["payment"])
    db.execute(
        insert(t.payments).values(
            payment=payment,
            scheme=args["scheme"],
            shop=args["shop"],
            till=args["till"],
            amount=args["amount"],
            nonce=args["nonce"],
            time=place.time,
            block=place.block,
            transaction=place.transaction,
        )
    )
    for position, (coupon, debit) in enumerate(zip(args["coupons"], args["debits"], strict=True)):
        db.execute(
            insert(t.debits).values(payment=payment, position=position, coupon=coupon, amount=debit)
        )
        _change_coupon(
            db,
            coupon,
            remaining=t.coupons.c.remaining - debit,
            last_nonce=args["nonce"],
        )
    _add(db, t.schemes, t.schemes.c.scheme, args["scheme"], spent=args["amount"])
    _add(db, t.shops, t.shops.c.shop, args["shop"], owed=args["amount"])


def _refunded(db: Connection, args: Args, place: Place) -> None:
    payment, amount = _hex(args["payment"]), args["amount"]
    given_back = args["coupon"] == ZERO
    db.execute(
        insert(t.refunds).values(
            refund=_hex(args["refund"]),
            payment=payment,
            shop=args["shop"],
            till=args["till"],
            coupon=None if given_back else args["coupon"],
            amount=amount,
            time=place.time,
            block=place.block,
            transaction=place.transaction,
        )
    )
    _add(db, t.payments, t.payments.c.payment, payment, refunded=amount)
    scheme = db.scalar(select(t.payments.c.scheme).where(t.payments.c.payment == payment))
    _add(db, t.schemes, t.schemes.c.scheme, scheme, refunded=amount)
    if given_back:
        _add(db, t.schemes, t.schemes.c.scheme, scheme, issued=-amount)
    else:
        _change_coupon(db, args["coupon"], remaining=t.coupons.c.remaining + amount)
    _add(db, t.shops, t.shops.c.shop, args["shop"], owed=-amount)


def _moved(db: Connection, args: Args, place: Place) -> None:
    for coupon, target, amount in zip(args["from"], args["to"], args["amounts"], strict=True):
        _change_coupon(db, coupon, remaining=0, last_nonce=args["nonce"], moved=True)
        if target == ZERO:
            _add(db, t.schemes, t.schemes.c.scheme, args["scheme"], issued=-amount)
            _change_budget(db, args["scheme"], "given_back", [coupon], amount, place)
        else:
            before = select(t.coupons.c.origin).where(t.coupons.c.coupon == coupon)
            origin = db.scalar(before) or coupon
            _new_coupon(db, target, args["scheme"], amount, origin)


def _issued(db: Connection, args: Args, place: Place) -> None:
    for coupon in args["coupons"]:
        _new_coupon(db, coupon, args["scheme"], args["value"])
    _change_budget(db, args["scheme"], "granted", args["coupons"], args["value"], place)
    _add_issued(db, args["scheme"], args["value"], args["coupons"])
    first = (t.schemes.c.scheme == args["scheme"]) & t.schemes.c.first_issue.is_(None)
    db.execute(update(t.schemes).where(first).values(first_issue=place.time))
    issued = args["value"] * len(args["coupons"])
    _add(db, t.schemes, t.schemes.c.scheme, args["scheme"], issued=issued)


def _funded(db: Connection, args: Args, place: Place) -> None:
    _change_budget(db, args["scheme"], "funded", [""], args["amount"], place)
    _add(db, t.schemes, t.schemes.c.scheme, args["scheme"], funded=args["amount"])


def _rules(db: Connection, args: Args, _place: Place) -> None:
    values = {
        "opens": args["opens"],
        "closes": args["closes"],
        "permitted": hex(args["permitted"]),
        "excluded": hex(args["excluded"]),
    }
    _upsert(db, t.schemes, t.schemes.c.scheme, args["scheme"], values)


def _closed(db: Connection, args: Args, _place: Place) -> None:
    values = {"closes": args["closes"], "closed": True}
    _upsert(db, t.schemes, t.schemes.c.scheme, args["scheme"], values)


def _paused(db: Connection, args: Args, _place: Place) -> None:
    _upsert(db, t.schemes, t.schemes.c.scheme, args["scheme"], {"paused": args["paused"]})


def _shop(db: Connection, args: Args, _place: Place) -> None:
    values = {
        "owner": args["owner"],
        "categories": hex(args["categories"]),
        "admitted": args["admitted"],
    }
    _upsert(db, t.shops, t.shops.c.shop, args["shop"], values)


def _suspended(db: Connection, args: Args, _place: Place) -> None:
    _upsert(db, t.shops, t.shops.c.shop, args["shop"], {"suspended": args["suspended"]})


def _till(db: Connection, args: Args, _place: Place) -> None:
    values = {"shop": args["shop"], "active": args["active"], "nonce": args["nonce"]}
    _upsert(db, t.tills, t.tills.c.till, args["till"], values)


def _settled(db: Connection, args: Args, place: Place) -> None:
    for position, (shop, amount) in enumerate(zip(args["shops"], args["amounts"], strict=True)):
        db.execute(
            insert(t.settlements).values(
                batch=args["batch"],
                position=position,
                shop=shop,
                amount=amount,
                sha256=_hex(args["sha256OfLines"]),
                time=place.time,
                block=place.block,
            )
        )
        _add(db, t.shops, t.shops.c.shop, shop, owed=-amount, settled=amount)


def _official(db: Connection, args: Args, _place: Place) -> None:
    values = {"capacities": args["capacities"]}
    _upsert(db, t.officials, t.officials.c.official, args["official"], values)


def _executed(db: Connection, args: Args, place: Place) -> None:
    _decided(db, args, place, args["signers"], cancelled=False)


def _cancelled(db: Connection, args: Args, place: Place) -> None:
    _decided(db, args, place, [args["signer"]], cancelled=True)


def _decided(
    db: Connection, args: Args, place: Place, signers: list[str], *, cancelled: bool
) -> None:
    db.execute(
        insert(t.decisions).values(
            decision=_hex(args["decision"]),
            call=args["call"],
            nonce=args["nonce"],
            signers=" ".join(signers),
            cancelled=cancelled,
            time=place.time,
            block=place.block,
        )
    )


def _ignore(_db: Connection, _args: Args, _place: Place) -> None:
    """The hash of the category table is read from the ledger itself."""


_HANDLERS: dict[str, Callable[[Connection, Args, Place], None]] = {
    "Paid": _paid,
    "Refunded": _refunded,
    "Moved": _moved,
    "Issued": _issued,
    "Funded": _funded,
    "SchemeOpened": _rules,
    "RulesSet": _rules,
    "SchemeClosed": _closed,
    "PausedSet": _paused,
    "CategoriesSet": _ignore,
    "ShopSet": _shop,
    "SuspendedSet": _suspended,
    "TillChanged": _till,
    "Settled": _settled,
    "OfficialSet": _official,
    "DecisionExecuted": _executed,
    "DecisionCancelled": _cancelled,
    "EIP712DomainChanged": _ignore,
}


def _new_coupon(
    db: Connection,
    coupon: str,
    scheme: int,
    value: int,
    origin: str | None = None,
) -> None:
    db.execute(
        insert(t.coupons).values(
            coupon=coupon,
            scheme=scheme,
            value=value,
            remaining=value,
            origin=origin,
        )
    )


def _add_issued(db: Connection, scheme: int, value: int, coupons: Sequence[str]) -> None:
    """Merge the first bytes of addresses with those of the same value."""
    table = t.issued_coupons
    row = (table.c.scheme == scheme) & (table.c.value == value)
    known = db.scalar(select(table.c.prefixes).where(row)) or b""
    prefixes = [known[n : n + PREFIX_BYTES] for n in range(0, len(known), PREFIX_BYTES)]
    prefixes += [bytes.fromhex(coupon[2:])[:PREFIX_BYTES] for coupon in coupons]
    merged = {"scheme": scheme, "value": value, "prefixes": b"".join(sorted(prefixes))}
    db.execute(delete(table).where(row))
    db.execute(insert(table).values(merged))


def _change_coupon(db: Connection, coupon: str, **values: Any) -> None:
    db.execute(update(t.coupons).where(t.coupons.c.coupon == coupon).values(**values))


def _change_budget(
    db: Connection, scheme: int, total: str, coupons: Sequence[str], amount: int, place: Place
) -> None:
    """Record a change of a total: this amount in cents for each of these coupons."""
    table = t.budget_changes
    at = {"scheme": scheme, "total": total, "block": place.block, "time": place.time}
    for coupon in coupons:
        same = [table.c[name] == value for name, value in (at | {"coupon": coupon}).items()]
        more = update(table).where(*same).values(amount=table.c.amount + amount)
        if db.execute(more).rowcount == 0:
            db.execute(insert(table).values(coupon=coupon, amount=amount, **at))


def _add(db: Connection, table: Any, key: Any, value: Any, **amounts: int) -> None:
    sums = {name: table.c[name] + amount for name, amount in amounts.items()}
    db.execute(update(table).where(key == value).values(**sums))


def _upsert(db: Connection, table: Any, key: Any, value: Any, values: dict[str, Any]) -> None:
    if db.execute(update(table).where(key == value).values(**values)).rowcount == 0:
        db.execute(insert(table).values({key.name: value, **values}))


def _hex(value: bytes) -> Hash:
    return Hash("0x" + value.hex())
