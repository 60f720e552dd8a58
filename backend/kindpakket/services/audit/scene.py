"""What a check gets to see, and the few things that all checks ask."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.money import format_euros
from kindpakket.protocol.messages import Domain, Message
from kindpakket.services.audit.model import Args, Model

DAY = 24 * 3600
"""A nonce lies at most this far ahead of the block, in seconds."""

READABLE = 200
"""Characters of one value in a sentence."""


@dataclass(frozen=True)
class Scene:
    """One event, the calldata that should have caused it, and the ledger just before it."""

    model: Model
    domain: Domain
    time: int
    """Of the block, in unix seconds."""
    event: Args
    call: Args | None
    """Arguments of the function that was called; None when they cannot be known."""


Check = Callable[[Scene], Iterator[str]]
"""Yields a Dutch sentence for each rule that does not hold."""


def known(scene: Scene) -> Args:
    """Return the calldata of a scene that has it."""
    if scene.call is None:
        raise ValueError("this act has no calldata")
    return scene.call


def same(names: Sequence[str], signed: Sequence[Any], recorded: Sequence[Any]) -> Iterator[str]:
    """Compare what was signed with what the event says, field by field."""
    for name, one, other in zip(names, signed, recorded, strict=True):
        if one != other:
            yield f"{name}: getekend is {text(one)}, het grootboek zegt {text(other)}"


def signed_by(
    scene: Scene, message: Message, signature: bytes, signer: Address, who: str
) -> Iterator[str]:
    """Verify one signature again."""
    if recovered(scene.domain, message, signature) != signer:
        yield f"de handtekening van {who} {signer} klopt niet"


def recovered(domain: Domain, message: Message, signature: bytes) -> Address | None:
    """Return who signed; None when nobody can have."""
    try:
        return message.signer(domain, signature)
    except ValueError:
        return None


def nonce_ahead(scene: Scene, nonce: int) -> Iterator[str]:
    """A nonce far in the future would use up all those before it."""
    if nonce > scene.time + DAY:
        yield f"het volgnummer {nonce} ligt meer dan een dag vooruit"


def hexed(value: bytes) -> Hash:
    """Return 0x-hex."""
    return Hash("0x" + value.hex())


def euros(amount: int) -> str:
    """Return an amount in cents as it is read."""
    return format_euros(amount)


def text(value: Any) -> str:
    """Return any value of the ledger in words, cut off where it gets too long to read."""
    words = _words(value)
    return words if len(words) <= READABLE else words[:READABLE] + "…"


def _words(value: Any) -> str:
    match value:
        case bool():
            return "ja" if value else "nee"
        case bytes():
            return hexed(value)
        case list() | tuple():
            return "[" + ", ".join(map(_words, value)) + "]"
        case _:
            return str(value)
