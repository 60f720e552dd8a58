"""List of a run's coupons, which officials compare and decide on.

It holds no secret. Within each value it is sorted by address, so that its order does not tell which
coupons are of one letter.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from kindpakket.domain.ids import MAX_SCHEME, ZERO, Address, SchemeId
from kindpakket.domain.language import say
from kindpakket.domain.money import MAX_CENTS
from kindpakket.ledger.abi import encode_call

MOST_PER_ISSUE = 500
MOST_BYTES = 1_000_000
"""Maximum size of a list, so that a form with it is below the request limit."""

_ADDRESS = re.compile(r"0x[0-9a-f]{40}")


class ListInvalid(ValueError):
    """The list cannot be issued; the message says why."""


@dataclass(frozen=True)
class CouponList:
    """The coupons of one run."""

    scheme: SchemeId
    coupons: dict[int, list[Address]]
    """Addresses by value in cents, highest first; each list sorted."""

    @property
    def coupon_list(self) -> bytes:
        """The list as the file that officials compare: JSON without white space."""
        values = [{"value": value, "coupons": each} for value, each in self.coupons.items()]
        return json.dumps({"scheme": self.scheme, "values": values}, separators=(",", ":")).encode()

    @property
    def list_sha256(self) -> str:
        """The hash of :attr:`coupon_list`, 0x-hex."""
        return "0x" + hashlib.sha256(self.coupon_list).hexdigest()

    @property
    def count(self) -> int:
        """Number of coupons."""
        return sum(map(len, self.coupons.values()))

    @property
    def total(self) -> int:
        """Total value, in cents."""
        return sum(value * len(each) for value, each in self.coupons.items())

    @property
    def issue_calls(self) -> list[bytes]:
        """Calls that issue all coupons, at most 500 in each."""
        return [
            encode_call("issue", self.scheme, value, addresses[start : start + MOST_PER_ISSUE])
            for value, addresses in self.coupons.items()
            for start in range(0, len(addresses), MOST_PER_ISSUE)
        ]


def read_list(content: bytes) -> CouponList:
    """Parse a list; only the exact bytes that the letter station writes are accepted.

    Raises:
        ListInvalid: it is another file, or was changed.
    """
    found = parse_list(load(content))
    if found.coupon_list != content:
        raise ListInvalid(say("Deze lijst is veranderd nadat de serie gemaakt werd."))
    return found


def load(content: bytes) -> Any:
    """Return the JSON of a file.

    Raises:
        ListInvalid: there is none in it, or it is too large.
    """
    if len(content) > MOST_BYTES:
        raise ListInvalid(say("Dit bestand is te groot. Maak een serie met minder brieven."))
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise _no_list() from error


def parse_list(data: Any) -> CouponList:
    """Return the list in the JSON of a file.

    Raises:
        ListInvalid: there is none in it, or not in its order.
    """
    try:
        found = _listed(data)
    except (ValueError, KeyError, TypeError) as error:
        raise _no_list() from error
    _check(found)
    return found


def _no_list() -> ListInvalid:
    return ListInvalid(
        say("Dit is geen lijst met tegoeden. Kies het bestand van de serie, of tegoeden.json.")
    )


def _listed(data: Any) -> CouponList:
    scheme = _number(data["scheme"], MAX_SCHEME)
    coupons = {
        _number(each["value"], MAX_CENTS): _addresses(each["coupons"]) for each in data["values"]
    }
    return CouponList(SchemeId(scheme), coupons)


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 0 < value <= most:
        raise ValueError(value)
    return value


def _addresses(values: Any) -> list[Address]:
    if not isinstance(values, list) or not values:
        raise ValueError(values)
    return [Address(str(each)) for each in values]


def _check(found: CouponList) -> None:
    every = [address for each in found.coupons.values() for address in each]
    for address in every:
        if not _ADDRESS.fullmatch(address) or address == ZERO:
            raise ListInvalid(
                say("In de lijst staat iets dat geen adres is: %(found)s.", found=address[:60])
            )
    if len(set(every)) < len(every):
        raise ListInvalid(say("In de lijst staat een tegoed twee keer."))
    in_order = list(found.coupons) == sorted(found.coupons, reverse=True)
    if not in_order or any(each != sorted(each) for each in found.coupons.values()):
        # Else their order could tell which coupons are of one letter.
        raise ListInvalid(say("De lijst staat niet op volgorde van waarde en adres."))
