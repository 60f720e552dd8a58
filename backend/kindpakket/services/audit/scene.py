"""Input of a check, and helpers that all checks use."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.money import format_euros
from kindpakket.protocol.messages import Domain, Message
from kindpakket.services.audit.model import Args, Model

DAY = 24 * 3600
"""Maximum lead of a nonce over the block's time, in seconds."""

READABLE = 200
"""Maximum length of a value in a sentence, in characters."""


@dataclass(frozen=True)
class Scene:
    """One event, the calldata that caused it, and the state just before it."""

    model: Model
    domain: Domain
    time: int
    """Time of the block, in unix seconds."""
    event: Args
    call: Args | None
    """Arguments of the called function; None when unknown."""


Check = Callable[[Scene], Iterator[str]]
"""Yields a Dutch sentence for each rule that is broken."""


def known(scene: Scene) -> Args:
    """Return the calldata of a scene; to be called when it has it."""
    if scene.call is None:
        raise ValueError("this act has no calldata")
    return scene.call


def same(names: Sequence[str], signed: Sequence[Any], recorded: Sequence[Any]) -> Iterator[str]:
    """Compare signed fields with those of the event."""
    for name, one, other in zip(names, signed, recorded, strict=True):
        if one != other:
            yield f"{name}: getekend is {text(one)}, het grootboek zegt {text(other)}"


def signed_by(
    scene: Scene, message: Message, signature: bytes, signer: Address, who: str
) -> Iterator[str]:
    """Verify one signature."""
    if recovered(scene.domain, message, signature) != signer:
        yield f"de handtekening van {who} {signer} klopt niet"


def recovered(domain: Domain, message: Message, signature: bytes) -> Address | None:
    """Recover the signer; None when the signature is invalid."""
    try:
        return message.signer(domain, signature)
    except ValueError:
        return None


def nonce_ahead(scene: Scene, nonce: int) -> Iterator[str]:
    """Check the nonce's lead: one far in the future would make all smaller ones unusable."""
    if nonce > scene.time + DAY:
        yield f"het volgnummer {nonce} ligt meer dan een dag vooruit"


def hexed(value: bytes) -> Hash:
    """Return 0x-hex."""
    return Hash("0x" + value.hex())


def euros(amount: int) -> str:
    """Format an amount in cents."""
    return format_euros(amount)


def text(value: Any) -> str:
    """Format any value of the ledger, shortened to a readable length."""
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
