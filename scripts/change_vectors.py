"""Test vectors of sealed changes of coupons, and of the files with them, on a pure-Python curve.

Every file that a reader refuses is made from a good one, with one thing wrong.
"""

import hashlib
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eth_keys.backends.native.jacobian import fast_multiply
from eth_keys.constants import SECPK1_G
from vector_parts import (
    ELSEWHERE,
    LEDGER,
    OTHER_SECRET,
    SECRET,
    N,
    Vector,
    address,
    base32,
    coupon_key,
    hkdf,
    letter_body,
    named_key,
    raw,
)

SCHEME = 1
BLANK = named_key("a blank letter")[:16]
SERVER_SECRET = named_key("the server's secret")
DAY, NEXT_DAY = date(2027, 1, 30), date(2027, 1, 31)
PAYMENT, OTHER_PAYMENT = named_key("a payment")[:7], named_key("another payment")[:7]
NOON, TEN_PAST = 1_801_310_400, 1_801_311_000
"""30 January 2027, 12:00 and 12:10 in UTC."""
PAID, REFUNDED, MOVED, MADE = 1, 2, 3, 4
NUMBER_OF_MAKING = 2**32 - 1


def changes() -> list[Vector]:
    """Single entries, with all that they follow from."""
    most = (PAID, 2**32 - 1, 2**32 - 1, 2**32 - 1, 2**40 - 1, 2**40 - 1, b"\xff" * 7)
    return [
        _entry(LEDGER, 1, 202701, SECRET, 0, (PAID, 7, 4250, 4250, NOON, NOON + 3, PAYMENT)),
        _entry(LEDGER, 1, 202701, SECRET, 1, (REFUNDED, 7, 250, 0, 0, NOON + 9, PAYMENT)),
        _entry(LEDGER, 1, 202702, SECRET, 0, (MOVED, 0, 5750, 5750, NOON, NOON + 9, bytes(7))),
        _entry(LEDGER, 2, 202701, SECRET, 0, (PAID, 1, 100, 0, 1, NOON, OTHER_PAYMENT)),
        _entry(LEDGER, 1, 202701, SECRET, NUMBER_OF_MAKING, (MADE, 0, 5750, 0, 0, NOON, bytes(7))),
        _entry(ELSEWHERE, 65535, 999912, OTHER_SECRET, 2**32 - 1, most),
    ]


def change_files() -> list[Vector]:
    """Files, and what a letter holds after them; with `refused`, the last one must be refused."""
    return [*_stories(), *_refused()]


def coupon_files() -> list[Vector]:
    """Files of issued coupons; `coupons` is null when a reader must refuse the file."""
    good = _coupons_file()
    first_value, at = good[:9], 9
    coupons = {}
    for value, number in ((1_000, 3), (5_000, 3), (10_000, 1)):
        at += 8
        for _ in range(number):
            coupons[_hex(good[at : at + 6])] = value
            at += 6
    one = good[-14:]
    refused = {
        "nothing at all": b"",
        "cut in the header": good[:8],
        "cut in a value": first_value + good[9:14],
        "cut in an address": good[:-1],
        "one byte too many": good + b"\0",
        "a value twice": good + one,
        "values that descend": first_value + one + good[9:-14],
        "a value without coupons": good + (20_000).to_bytes(4) + bytes(4),
        "addresses that descend": good[:17] + good[23:29] + good[17:23] + good[29:],
        "more coupons than there are": good[:13] + b"\xff" * 4 + good[17:],
        "of another scheme": good[:3] + b"\0\x02" + good[5:],
        "of another version": good[:2] + b"\x02" + good[3:],
        "another kind of file": b"KD" + good[2:],
        "a day that no calendar has": good[:5] + b"\xff" * 4 + good[9:],
    }
    files = {"three values": (good, coupons), "no coupons at all": (first_value, {})}
    return [
        {"about": about, "scheme": SCHEME, "bytes": _hex(data), "coupons": read}
        for about, (data, read) in (
            files | {why: (data, None) for why, data in refused.items()}
        ).items()
    ]


def _entry(
    domain: dict[str, Any], scheme: int, month: int, secret: bytes, number: int, change: Any
) -> Vector:
    ours, theirs = _month_key(scheme, month, domain), coupon_key(secret, scheme, 0, 0)
    return {
        "secret": _hex(SERVER_SECRET),
        "chainId": domain["chainId"],
        "contract": domain["verifyingContract"],
        "scheme": scheme,
        "month": month,
        "monthKey": _hex(ours),
        "monthPublicKey": _hex(_public(ours)),
        "couponKey": _hex(theirs),
        "couponPublicKey": _hex(_public(theirs)),
        "number": number,
        "change": _told(change),
        "entry": _hex(_seal(ours, theirs, month, number, _plain(*change))),
    }


def _stories() -> list[Vector]:
    first, second = _coupon(0), _coupon(1)
    fresh, freshest = _coupon(0, 1), _coupon(0, 2)
    bundle = (PAID, 7, 12_000, 10_000, NOON, NOON + 3, PAYMENT)
    rest = (PAID, 7, 12_000, 2_000, NOON, NOON + 3, PAYMENT)
    back = (REFUNDED, 7, 12_000, 0, 0, TEN_PAST, PAYMENT)
    bought = [(NOON + 3, [(first, 0, bundle), (second, 0, rest)])]
    move = (MOVED, 0, 10_000, 10_000, NOON, NOON + 3, _start(fresh))
    gone = (MOVED, 0, 10_000, 10_000, NOON, NOON + 3, bytes(7))
    away = (MOVED, 0, 10_000, 10_000, NOON, NOON + 3, b"\x01" * 7)
    again = (MOVED, 0, 9_000, 9_000, TEN_PAST, TEN_PAST, _start(freshest))
    spent = (PAID, 7, 1_000, 1_000, NOON + 4, NOON + 4, PAYMENT)
    late = (REFUNDED, 7, 500, 0, 0, TEN_PAST + 60, PAYMENT)
    tomorrow = (PAID, 8, 1, 1, NOON + 86_400, NOON + 86_400, OTHER_PAYMENT)
    untouched = [_held(0, 10_000), _held(1, 5_000), _held(2, 1_000)]
    after = [
        _held(0, 0, NOON, [bundle]),
        _held(1, 3_000, NOON, [rest]),
        _held(2, 1_000),
    ]
    noise = named_key("a coupon of somebody else")
    strange = (noise, 0, (PAID, 7, 1, 1, 1, NOON + 3, PAYMENT))
    like_it = _tag(first, 202701, 0) + b"\x77" * 48
    with_noise = [(NOON + 3, [(first, 0, bundle), (second, 0, rest), strange])]
    moved = [
        (NOON + 3, [(first, 0, move)]),
        (NOON + 4, [(fresh, 0, spent)]),
        (TEN_PAST, [(fresh, 1, again)]),
        (TEN_PAST + 60, [(freshest, 0, late)]),
    ]
    return [
        _read("a day without changes", [_day(DAY, [])], untouched),
        _read("a day without changes that is over", [_day(DAY, [], over=True)], untouched),
        _read("a payment of two coupons", [_day(DAY, bought)], after),
        _read("the same in a file of the month", [_month([*bought], over=True)], after),
        _read("entries of others are left alone", [_day(DAY, with_noise)], after),
        _read(
            "a refund makes more of the first coupon than it was issued with",
            [_day(DAY, [*bought, (TEN_PAST, [(first, 1, back)])])],
            [_held(0, 12_000, NOON, [bundle, back]), *after[1:]],
        ),
        _read(
            "entries are counted on in the next day of the month",
            [
                _day(DAY, bought, over=True),
                _day(NEXT_DAY, [(NOON + 86_400, [(second, 1, tomorrow)])]),
            ],
            [after[0], _held(1, 2_999, NOON + 86_400, [rest, tomorrow]), after[2]],
        ),
        _read(
            "entries are counted from 0 in the next month",
            [_month(bought, over=True), _next_month(first, second)],
            [
                _held(0, 100, NOON, [bundle, _FEBRUARY_BACK]),
                _held(1, 2_999, _FEBRUARY, [rest, _FEBRUARY_PAID]),
                after[2],
            ],
        ),
        _read(
            "coupons that were moved twice, a payment between, and a refund afterwards",
            [_day(DAY, moved)],
            [
                _held(0, 0, NOON, [move], moved=True),
                _held(0, 0, TEN_PAST, [spent, again], generation=1, moved=True),
                _held(0, 9_500, 0, [late], generation=2),
                *untouched[1:],
            ],
        ),
        _read(
            "a coupon that was given back",
            [_day(DAY, [(NOON + 3, [(first, 0, gone)])])],
            [_held(0, 0, NOON, [gone], moved=True), *untouched[1:]],
        ),
        _read(
            "a coupon that was moved to an address of another letter",
            [_day(DAY, [(NOON + 3, [(first, 0, away)])])],
            [_held(0, 0, NOON, [away], moved=True), *untouched[1:]],
        ),
        _read(
            "a blank letter that a move filled in part, a payment and a refund",
            [_day(DAY, _filled())],
            [
                _held(0, 5_350, NOON + 9, [(PAID, 7, 400, 400, NOON + 9, NOON + 9, PAYMENT)]),
                _held(2, 600, 0, [(REFUNDED, 7, 100, 0, 0, TEN_PAST, OTHER_PAYMENT)]),
            ],
            letter=BLANK,
        ),
        _read("a blank letter that nothing filled", [_day(DAY, bought)], [], letter=BLANK),
        _read(
            "an entry of another with the same tag, before the coupon's own",
            [_raw_day([(NOON + 3, [like_it, _sealed(first, 0, bundle)])])],
            [after[0], *untouched[1:]],
        ),
        _read(
            "an entry of another with the same tag, and none of the coupon",
            [_raw_day([(NOON + 3, [like_it])])],
            untouched,
        ),
    ]


_FEBRUARY = NOON + 3 * 86_400
_FEBRUARY_PAID = (PAID, 8, 1, 1, _FEBRUARY, _FEBRUARY, OTHER_PAYMENT)
_FEBRUARY_BACK = (REFUNDED, 7, 100, 0, 0, _FEBRUARY + 5, PAYMENT)


def _filled() -> list[Any]:
    first, third = coupon_key(BLANK, SCHEME, 0, 0), coupon_key(BLANK, SCHEME, 0, 2)
    return [
        (NOON + 3, [(first, NUMBER_OF_MAKING, (MADE, 0, 5_750, 0, 0, NOON + 3, bytes(7)))]),
        (NOON + 3, [(third, NUMBER_OF_MAKING, (MADE, 0, 500, 0, 0, NOON + 3, bytes(7)))]),
        (NOON + 9, [(first, 0, (PAID, 7, 400, 400, NOON + 9, NOON + 9, PAYMENT))]),
        (TEN_PAST, [(third, 0, (REFUNDED, 7, 100, 0, 0, TEN_PAST, OTHER_PAYMENT))]),
    ]


def _next_month(first: bytes, second: bytes) -> tuple[str, bytes]:
    groups = [
        (_FEBRUARY, [_sealed(second, 0, _FEBRUARY_PAID, 202702)]),
        (_FEBRUARY + 5, [_sealed(first, 0, _FEBRUARY_BACK, 202702)]),
    ]
    return "2027-02", _header(b"KM", 202702, 202702) + b"".join(_group(*each) for each in groups)


def _refused() -> list[Vector]:
    first, fresh = _coupon(0), _coupon(0, 1)
    paid = (PAID, 7, 4_000, 4_000, NOON, NOON + 3, PAYMENT)
    again = (PAID, 7, 5_000, 5_000, NOON + 1, TEN_PAST, OTHER_PAYMENT)
    late = _group(TEN_PAST, [_sealed(first, 1, again)])
    early = _group(NOON + 3, [_sealed(first, 0, paid)])
    header = _header(b"KD", _days(DAY), 202701)
    good = header + early + late
    end = _last_minute(DAY) + bytes(2)
    other_key = header[:9] + b"\x02" + b"\xff" * 32
    month = _month([(NOON + 3, [(first, 0, paid)])])[1]
    moved = (MOVED, 0, 10_000, 10_000, NOON, NOON + 3, _start(fresh))
    files = {
        "nothing at all": b"",
        "cut in the header": good[:8],
        "cut in the month's key": good[:41],
        "cut in a group's head": header + early + late[:5],
        "cut in an entry": good[:-1],
        "one byte too many": good + b"\0",
        "something after the end": good + end + end,
        "an end of another minute": good + _group(TEN_PAST, []),
        "an end that is not the last": header + early + end + late,
        "of another day": _header(b"KD", _days(NEXT_DAY), 202701) + early,
        "of the month": month,
        "of another scheme": header[:3] + b"\0\x02" + good[5:],
        "of another version": header[:2] + b"\x02" + good[3:],
        "another kind of file": b"KC" + good[2:],
        "groups in another order": header + late + early,
        "a group of the day before": header + _group(NOON - 86_400, [bytes(56)]) + late,
        "a group of the next day": header + early + _group(NOON + 86_400, [bytes(56)]),
        "a month's key that is no point": other_key + early,
        "a change of another minute": header + _group(NOON + 63, [_sealed(first, 0, paid)]),
    }
    kinds = {
        "a making among the changes": (MADE, 0, 4_000, 0, 0, NOON + 3, bytes(7)),
        "an unknown kind": (5, 7, 4_000, 4_000, NOON, NOON + 3, PAYMENT),
        "kind zero": (0, 7, 4_000, 4_000, NOON, NOON + 3, PAYMENT),
        "more than is left": (PAID, 7, 10_001, 10_001, NOON, NOON + 3, PAYMENT),
        "more from the coupon than was paid": (PAID, 7, 99, 100, NOON, NOON + 3, PAYMENT),
        "a payment without a nonce": (PAID, 7, 4_000, 4_000, 0, NOON + 3, PAYMENT),
        "a refund that takes": (REFUNDED, 7, 100, 100, 0, NOON + 3, PAYMENT),
        "a refund with a nonce": (REFUNDED, 7, 100, 0, NOON, NOON + 3, PAYMENT),
        "a move of a part": (MOVED, 0, 9_000, 9_000, NOON, NOON + 3, _start(fresh)),
        "a move of more than was taken": (MOVED, 0, 10_001, 10_000, NOON, NOON + 3, bytes(7)),
        "a move to a shop": (MOVED, 7, 10_000, 10_000, NOON, NOON + 3, bytes(7)),
        "a move without a nonce": (MOVED, 0, 10_000, 10_000, 0, NOON + 3, bytes(7)),
    }
    for about, change in kinds.items():
        files[about] = header + _group(NOON + 3, [_sealed(first, 0, change)])
    padded = _plain(*paid)[:-1] + b"\x01"
    sealed = _seal(_month_key(SCHEME, 202701), first, 202701, 0, padded)
    files["padding that is not zero"] = header + _group(NOON + 3, [sealed])
    repeated = (PAID, 7, 1, 1, NOON, TEN_PAST, OTHER_PAYMENT)
    for about, start, change in (
        ("a nonce for the second time", paid, repeated),
        ("a payment of a coupon that was moved", moved, again),
        ("a refund to a coupon that was moved", moved, (REFUNDED, 7, 1, 0, 0, TEN_PAST, PAYMENT)),
    ):
        groups = [(NOON + 3, [(first, 0, start)]), (TEN_PAST, [(first, 1, change)])]
        files[about] = _day(DAY, groups)[1]
    # Two blocks in one minute, so that only the order of the groups is wrong.
    soon = (PAID, 7, 5_000, 5_000, NOON + 1, NOON + 9, OTHER_PAYMENT)
    swapped = [_group(NOON + 9, [_sealed(first, 1, soon)]), early]
    files["the second change before the first"] = header + b"".join(swapped)
    untouched = [_held(0, 10_000), _held(1, 5_000), _held(2, 1_000)]
    changed = [_read(about, [(f"{DAY}", data)], untouched) for about, data in files.items()]
    return [vector | {"refused": True} for vector in (*changed, *_wrong_makings())]


def _wrong_makings() -> list[Vector]:
    """Return a file for each way in which what made a coupon can be wrong."""
    blank = coupon_key(BLANK, SCHEME, 0, 0)
    makings = {
        "a making of another kind": (PAID, 0, 500, 0, 0, NOON + 3, bytes(7)),
        "a making by a shop": (MADE, 7, 500, 0, 0, NOON + 3, bytes(7)),
        "a making that takes": (MADE, 0, 500, 1, 0, NOON + 3, bytes(7)),
        "a making with a nonce": (MADE, 0, 500, 0, NOON, NOON + 3, bytes(7)),
        "a making with an id": (MADE, 0, 500, 0, 0, NOON + 3, PAYMENT),
        "a making in another minute": (MADE, 0, 500, 0, 0, TEN_PAST, bytes(7)),
    }
    return [
        _read(about, [_day(DAY, [(NOON + 3, [(blank, NUMBER_OF_MAKING, making)])])], [], BLANK)
        for about, making in makings.items()
    ]


def _read(
    about: str, files: list[tuple[str, bytes]], held: list[Vector], letter: bytes = SECRET
) -> Vector:
    return {
        "about": about,
        "letter": base32(letter_body(SCHEME, letter)),
        "couponsFile": _hex(_coupons_file()),
        "files": [{"span": span, "bytes": _hex(data)} for span, data in files],
        "refused": False,
        "coupons": held,
    }


def _coupons_file() -> bytes:
    values: dict[int, list[bytes]] = {10_000: [_coupon(0)], 5_000: [_coupon(1)]}
    others = [named_key(f"coupon of another letter {number}") for number in range(4)]
    values[1_000] = [_coupon(2), *others[:2]]
    values[5_000] += others[2:]
    data = b"KC\x01" + SCHEME.to_bytes(2) + (_days(DAY) - 2).to_bytes(4)
    for value in sorted(values):
        starts = sorted(raw(address(key))[:6] for key in values[value])
        data += value.to_bytes(4) + len(starts).to_bytes(4) + b"".join(starts)
    return data


def _day(day: date, groups: Any, *, over: bool = False) -> tuple[str, bytes]:
    end = _last_minute(day) + bytes(2) if over else b""
    return f"{day}", _header(b"KD", _days(day), 202701) + _body(groups) + end


def _month(groups: Any, *, over: bool = False) -> tuple[str, bytes]:
    end = _last_minute(NEXT_DAY) + bytes(2) if over else b""
    return "2027-01", _header(b"KM", 202701, 202701) + _body(groups) + end


def _raw_day(groups: Any) -> tuple[str, bytes]:
    header = _header(b"KD", _days(DAY), 202701)
    return f"{DAY}", header + b"".join(_group(*group) for group in groups)


def _body(groups: Any) -> bytes:
    return b"".join(
        _group(time, sorted(_sealed(key, number, change) for key, number, change in changed))
        for time, changed in groups
    )


def _header(kind: bytes, number: int, month: int) -> bytes:
    key = _public(_month_key(SCHEME, month))
    return kind + b"\x01" + SCHEME.to_bytes(2) + number.to_bytes(4) + key


def _group(time: int, entries: list[bytes]) -> bytes:
    return (time // 60).to_bytes(4) + len(entries).to_bytes(2) + b"".join(entries)


def _last_minute(day: date) -> bytes:
    return ((_days(day) + 1) * 1_440 - 1).to_bytes(4)


def _days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _coupon(index: int, generation: int = 0) -> bytes:
    return coupon_key(SECRET, SCHEME, generation, index)


def _start(key: bytes) -> bytes:
    return raw(address(key))[:7]


def _held(
    index: int,
    remaining: int,
    last_nonce: int = 0,
    changed: Any = (),
    *,
    generation: int = 0,
    moved: bool = False,
) -> Vector:
    return {
        "index": index,
        "generation": generation,
        "remaining": remaining,
        "lastNonce": last_nonce,
        "moved": moved,
        "changes": [_told(change) for change in changed],
    }


def _told(change: Any) -> Vector:
    names = ("kind", "shop", "amount", "debit", "nonce", "time")
    return dict(zip(names, change[:6], strict=True)) | {"id": _hex(change[6])}


def _plain(
    kind: int, shop: int, amount: int, debit: int, nonce: int, time: int, of: bytes
) -> bytes:
    numbers = (kind, 1), (shop, 4), (amount, 4), (debit, 4), (nonce, 5), (time, 5)
    return b"".join(number.to_bytes(size) for number, size in numbers) + of + bytes(2)


def _sealed(key: bytes, number: int, change: Any, month: int = 202701) -> bytes:
    return _seal(_month_key(SCHEME, month), key, month, number, _plain(*change))


def _tag(key: bytes, month: int, number: int) -> bytes:
    return _seal(_month_key(SCHEME, month), key, month, number, bytes(32))[:8]


def _seal(ours: bytes, theirs: bytes, month: int, number: int, plain: bytes) -> bytes:
    point = fast_multiply(_point(theirs), int.from_bytes(ours))
    info = b"change" + month.to_bytes(4) + number.to_bytes(4)
    okm = hkdf(hashlib.sha256(_compressed(point)).digest(), info, 52)
    return okm[:8] + AESGCM(okm[8:40]).encrypt(okm[40:], plain, None)


def _month_key(scheme: int, month: int, domain: dict[str, Any] = LEDGER) -> bytes:
    ledger = domain["chainId"].to_bytes(8) + raw(domain["verifyingContract"])
    okm = hkdf(SERVER_SECRET, b"month" + ledger + scheme.to_bytes(2) + month.to_bytes(4), 48)
    return bytes((1 + int.from_bytes(okm) % (N - 1)).to_bytes(32))


def _public(key: bytes) -> bytes:
    return _compressed(_point(key))


def _point(key: bytes) -> tuple[int, int]:
    point: tuple[int, int] = fast_multiply(SECPK1_G, int.from_bytes(key))
    return point


def _compressed(point: tuple[int, int]) -> bytes:
    return bytes([2 + point[1] % 2]) + point[0].to_bytes(32)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
