"""The signed messages (EIP-712), with their struct hashes and digests."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from kindpakket.domain.ids import Address, Hash, SchemeId, ShopId
from kindpakket.protocol.signatures import Key, recover, sign

NAME, VERSION = "Kindpakket", "1"

_DOMAIN_TYPES = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
}


@dataclass(frozen=True)
class Domain:
    """The EIP-712 domain in which signatures are valid: one contract on one chain."""

    chain_id: int
    contract: Address

    @cached_property
    def separator(self) -> bytes:
        """The EIP-712 domain separator, 32 bytes."""
        values = (NAME, VERSION, self.chain_id, self.contract)
        return _hash_struct("EIP712Domain", _DOMAIN_TYPES, values)


class Message:
    """A typed message. Subclasses are frozen dataclasses with fields in the order of their type."""

    TYPES: ClassVar[Mapping[str, str]]

    @property
    def hash(self) -> Hash:
        """``hashStruct`` of the message: its id, and the id of the resulting act."""
        return Hash("0x" + self._hash().hex())

    def digest(self, domain: Domain) -> bytes:
        """Return the EIP-712 digest, 32 bytes."""
        return keccak(b"\x19\x01" + domain.separator + self._hash())

    def sign(self, domain: Domain, key: Key) -> bytes:
        """Sign with this key; return 64 bytes (EIP-2098)."""
        return sign(self.digest(domain), key)

    def signer(self, domain: Domain, signature: bytes) -> Address:
        """Return the address that signed.

        Raises:
            SignatureMalformed: no key could have made this signature.
        """
        return recover(self.digest(domain), signature)

    @property
    def values(self) -> tuple[Any, ...]:
        """The fields in the order of the type, as ABI values."""
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]

    def _hash(self) -> bytes:
        return _hash_struct(type(self).__name__, self.TYPES, self.values)


@dataclass(frozen=True)
class Spend(Message):
    """Signed by the parent: these coupons together may be debited at most once for this nonce."""

    TYPES = {
        "scheme": "uint16",
        "shop": "uint32",
        "maxAmount": "uint32",
        "validUntil": "uint40",
        "nonce": "uint40",
        "coupons": "address[]",
    }
    scheme: SchemeId
    shop: ShopId
    """0 for any admitted shop."""
    max_amount: int
    valid_until: int
    nonce: int
    coupons: tuple[Address, ...]


@dataclass(frozen=True)
class Claim(Message):
    """Signed by the till. Its hash is the payment's id."""

    TYPES = {
        "spend": "bytes32",
        "shop": "uint32",
        "amount": "uint32",
        "rest": "bool",
        "reference": "uint64",
    }
    spend: Hash
    shop: ShopId
    amount: int
    rest: bool
    """Whether less may be paid when the maximum or the budget is lower than ``amount``."""
    reference: int


@dataclass(frozen=True)
class Refund(Message):
    """Signed by an active till of the shop that was paid."""

    TYPES = {
        "payment": "bytes32",
        "shop": "uint32",
        "amount": "uint32",
        "validUntil": "uint40",
        "reference": "uint64",
    }
    payment: Hash
    shop: ShopId
    amount: int
    valid_until: int
    reference: int


@dataclass(frozen=True)
class TillChange(Message):
    """Signed by the shop's owner, and to activate also by the till."""

    TYPES = {"shop": "uint32", "till": "address", "active": "bool", "nonce": "uint40"}
    shop: ShopId
    till: Address
    active: bool
    nonce: int


MAX_MOVE = 32
"""The maximum number of coupons in a Move: as many as a letter holds."""


@dataclass(frozen=True)
class Move(Message):
    """Signed by every ``from`` and every ``to``; a ``to`` of zero gives back to the scheme."""

    TYPES = {"scheme": "uint16", "nonce": "uint40", "from": "address[]", "to": "address[]"}
    scheme: SchemeId
    nonce: int
    from_: tuple[Address, ...]
    to: tuple[Address, ...]


SUBJECT_BYTES = 36


def subject_of(call: bytes) -> bytes:
    """Return what a call is about: its function and first argument."""
    return call[:SUBJECT_BYTES]


@dataclass(frozen=True)
class Decision(Message):
    """Signed by officials: call a governed function."""

    TYPES = {"call": "bytes", "validUntil": "uint40", "nonce": "uint40"}
    call: bytes
    valid_until: int
    nonce: int

    @property
    def subject(self) -> bytes:
        """Function and first argument; nonces are strictly increasing for each subject."""
        return subject_of(self.call)


@dataclass(frozen=True)
class BankAccount(Message):
    """A shop's account for payouts, signed by its owner or two officials; not on the ledger."""

    TYPES = {"shop": "uint32", "iban": "string", "holder": "string", "nonce": "uint40"}
    shop: ShopId
    iban: str
    """Normalised by :func:`domain.bank_accounts.compact_iban`."""
    holder: str
    """Normalised by :func:`domain.texts.read_line`."""
    nonce: int


@dataclass(frozen=True)
class PaymentFileRefused(Message):
    """Signed by two officials: the bank refused a whole payment file; not on the ledger."""

    TYPES = {"batch": "uint32", "sha256OfFile": "bytes32", "nonce": "uint40"}
    batch: int
    sha256_of_file: Hash
    nonce: int


@dataclass(frozen=True)
class PrivacyOfficer(Message):
    """Signed by two officials: letters are sealed to this official's key; not on the ledger."""

    TYPES = {
        "place": "uint8",
        "official": "address",
        "recipient": "string",
        "nonce": "uint40",
    }
    place: int
    """1 or 2: the order in which letters are sealed."""
    official: Address
    recipient: str
    """The public key (``age1…``)."""
    nonce: int


@dataclass(frozen=True)
class LetterReplacement(Message):
    """Signed by two officials: what is left of a lost letter goes to a blank one; not on the
    ledger."""

    TYPES = {
        "run": "uint32",
        "number": "uint16",
        "blankRun": "uint32",
        "blankNumber": "uint16",
        "reason": "string",
        "nonce": "uint40",
    }
    run: int
    """With ``number``, of the letter or card that was lost."""
    number: int
    blank_run: int
    """0, with ``blank_number`` 0, when what is left goes back to the scheme."""
    blank_number: int
    reason: str
    """Normalised by :func:`domain.texts.read_line`."""
    nonce: int


@dataclass(frozen=True)
class WorkAccount(Message):
    """Signed by an official: this account may read what the official may; not on the ledger."""

    TYPES = {"issuer": "string", "subject": "string", "nonce": "uint40"}
    issuer: str
    """As in the account's tokens (OpenID Connect)."""
    subject: str
    nonce: int


def _hash_struct(name: str, types: Mapping[str, str], values: tuple[Any, ...]) -> bytes:
    signature = f"{name}({','.join(f'{kind} {field}' for field, kind in types.items())})"
    slots = [_encode(kind, value) for kind, value in zip(types.values(), values, strict=True)]
    return keccak(keccak(signature.encode()) + b"".join(slots))


def _encode(kind: str, value: Any) -> bytes:
    if kind == "address[]":
        return keccak(b"".join(encode(["address"], [item]) for item in value))
    if kind in ("bytes", "string"):
        return keccak(value if kind == "bytes" else value.encode())
    if kind == "bytes32":
        return bytes.fromhex(value[2:])
    return encode([kind], [value])
