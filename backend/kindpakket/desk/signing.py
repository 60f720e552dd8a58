"""Forms with signatures: the typed data for the browser, and the signatures that it sent."""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import FormData

from kindpakket.actors import fields
from kindpakket.desk.parts import texts
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.protocol.messages import NAME, VERSION, Message
from kindpakket.services.base.context import Context


def typed_data(context: Context, messages: Sequence[Message]) -> dict[str, Any]:
    """Return the typed data that the browser signs.

    Args:
        messages: at least one, all of one type.
    """
    domain = context.ledger.domain
    return {
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": domain.chain_id,
            "verifyingContract": domain.contract,
        },
        "type": type(messages[0]).__name__,
        "messages": [{"id": message.hash} | fields(message) for message in messages],
    }


def read_signatures(form: FormData) -> list[bytes]:
    """Parse the signatures in a form, in order.

    Raises:
        Refusal: one is not 0x-hex.
    """
    try:
        return [bytes.fromhex(each.removeprefix("0x")) for each in texts(form, "signature")]
    except ValueError as error:
        raise Refusal(Code.SIGNATURE_INVALID) from error
