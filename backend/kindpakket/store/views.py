"""The projection of ledger events to the views. Applying a block is idempotent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Update, bindparam, delete, insert, select, update

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

_REMEMBER_KEY = (
    update(t.coupons)
    .where(t.coupons.c.coupon == bindparam("this"), t.coupons.c.public_key.is_(None))
    .values(public_key=bindparam("key"))
)


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
    db.execute(_REMEMBER_KEY, {"this": coupon, "key": public_key})


def count_entries(db: Connection, coupon: Address, month: int, entries: int) -> None:
    """Store how many changes of a coupon were sealed in a month."""
    _change(db, t.coupons.c.coupon, coupon, {"entry_month": month, "entries": entries})


def add_changes(db: Connection, scheme: int, block: int, time: int, groups: bytes) -> None:
    """Store the sealed changes of a block."""
    row = {"scheme": scheme, "block": block, "time": time, "groups": groups}
    db.execute(insert(t.coupon_changes), row)


def _paid(db: Connection, args: Args, place: Place) -> None:
    payment, nonce = _hex(args["payment"]), args["nonce"]
    row = {name: args[name] for name in ("scheme", "shop", "till", "amount", "nonce")}
    db.execute(insert(t.payments), row | vars(place) | {"payment": payment})
    for position, (coupon, debit) in enumerate(zip(args["coupons"], args["debits"], strict=True)):
        row = {"payment": payment, "position": position, "coupon": coupon, "amount": debit}
        db.execute(insert(t.debits), row)
        _change(db, t.coupons.c.coupon, coupon, {"last_nonce": nonce}, {"remaining": -debit})
    _add(db, t.schemes.c.scheme, args["scheme"], spent=args["amount"])
    _add(db, t.shops.c.shop, args["shop"], owed=args["amount"])


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
    _add(db, t.payments.c.payment, payment, refunded=amount)
    scheme = db.scalar(select(t.payments.c.scheme).where(t.payments.c.payment == payment))
    _add(db, t.schemes.c.scheme, scheme, refunded=amount)
    if given_back:
        _add(db, t.schemes.c.scheme, scheme, issued=-amount)
    else:
        _add(db, t.coupons.c.coupon, args["coupon"], remaining=amount)
    _add(db, t.shops.c.shop, args["shop"], owed=-amount)


def _moved(db: Connection, args: Args, place: Place) -> None:
    for coupon, target, amount in zip(args["from"], args["to"], args["amounts"], strict=True):
        gone = {"remaining": 0, "last_nonce": args["nonce"], "moved": True}
        _change(db, t.coupons.c.coupon, coupon, gone)
        if target == ZERO:
            _add(db, t.schemes.c.scheme, args["scheme"], issued=-amount)
            _change_budget(db, args["scheme"], "given_back", coupon, amount, place)
        else:
            before = select(t.coupons.c.origin).where(t.coupons.c.coupon == coupon)
            origin = db.scalar(before) or coupon
            _new_coupons(db, [target], args["scheme"], amount, origin)


def _issued(db: Connection, args: Args, place: Place) -> None:
    scheme, value, coupons = args["scheme"], args["value"], args["coupons"]
    _new_coupons(db, coupons, scheme, value)
    granted = _budget_change(scheme, "granted", place) | {"amount": value}
    db.execute(insert(t.budget_changes), [granted | {"coupon": coupon} for coupon in coupons])
    _add_issued(db, scheme, value, coupons)
    first = (t.schemes.c.scheme == scheme) & t.schemes.c.first_issue.is_(None)
    db.execute(update(t.schemes).where(first).values(first_issue=place.time))
    _add(db, t.schemes.c.scheme, scheme, issued=value * len(coupons))


def _funded(db: Connection, args: Args, place: Place) -> None:
    _change_budget(db, args["scheme"], "funded", "", args["amount"], place)
    _add(db, t.schemes.c.scheme, args["scheme"], funded=args["amount"])


def _rules(db: Connection, args: Args, _place: Place) -> None:
    values = {
        "opens": args["opens"],
        "closes": args["closes"],
        "permitted": hex(args["permitted"]),
        "excluded": hex(args["excluded"]),
    }
    _upsert(db, t.schemes.c.scheme, args["scheme"], values)


def _closed(db: Connection, args: Args, _place: Place) -> None:
    values = {"closes": args["closes"], "closed": True}
    _upsert(db, t.schemes.c.scheme, args["scheme"], values)


def _paused(db: Connection, args: Args, _place: Place) -> None:
    _upsert(db, t.schemes.c.scheme, args["scheme"], {"paused": args["paused"]})


def _shop(db: Connection, args: Args, _place: Place) -> None:
    values = {
        "owner": args["owner"],
        "categories": hex(args["categories"]),
        "admitted": args["admitted"],
    }
    _upsert(db, t.shops.c.shop, args["shop"], values)


def _suspended(db: Connection, args: Args, _place: Place) -> None:
    _upsert(db, t.shops.c.shop, args["shop"], {"suspended": args["suspended"]})


def _till(db: Connection, args: Args, _place: Place) -> None:
    values = {"shop": args["shop"], "active": args["active"], "nonce": args["nonce"]}
    _upsert(db, t.tills.c.till, args["till"], values)


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
        _add(db, t.shops.c.shop, shop, owed=-amount, settled=amount)


def _official(db: Connection, args: Args, _place: Place) -> None:
    values = {"capacities": args["capacities"]}
    _upsert(db, t.officials.c.official, args["official"], values)


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


def _new_coupons(
    db: Connection,
    coupons: Sequence[str],
    scheme: int,
    value: int,
    origin: str | None = None,
) -> None:
    row = {"scheme": scheme, "value": value, "remaining": value, "origin": origin}
    db.execute(insert(t.coupons), [row | {"coupon": coupon} for coupon in coupons])


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


def _change_budget(
    db: Connection, scheme: int, total: str, coupon: str, amount: int, place: Place
) -> None:
    """Record a change of a total, in cents."""
    table = t.budget_changes
    row = _budget_change(scheme, total, place) | {"coupon": coupon}
    same = [table.c[name] == value for name, value in row.items()]
    more = update(table).where(*same).values(amount=table.c.amount + amount)
    if db.execute(more).rowcount == 0:
        db.execute(insert(table), row | {"amount": amount})


def _budget_change(scheme: int, total: str, place: Place) -> dict[str, Any]:
    return {"scheme": scheme, "total": total, "block": place.block, "time": place.time}


def _add(db: Connection, key: Column[Any], value: object, **amounts: int) -> None:
    _change(db, key, value, {}, amounts)


def _change(
    db: Connection,
    key: Column[Any],
    value: object,
    values: Mapping[str, object],
    amounts: Mapping[str, int] = {},
) -> int:
    """Set columns to values and add amounts to columns; return the number of rows."""
    parameters = {f"new_{name}": each for name, each in {**values, **amounts}.items()}
    return db.execute(_update(key, (*values,), (*amounts,)), parameters | {"this": value}).rowcount


@cache
def _update(key: Column[Any], names: tuple[str, ...], sums: tuple[str, ...]) -> Update:
    """Built once, since that takes longer than executing it."""
    columns = key.table.c
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    values |= {name: columns[name] + bindparam(f"new_{name}") for name in sums}
    return update(key.table).where(key == bindparam("this")).values(values)


def _upsert(db: Connection, key: Column[Any], value: object, values: dict[str, Any]) -> None:
    if _change(db, key, value, values) == 0:
        db.execute(insert(key.table), {key.name: value, **values})


def _hex(value: bytes) -> Hash:
    return Hash("0x" + value.hex())
