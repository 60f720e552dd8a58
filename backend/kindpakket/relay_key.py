"""The relay key of a data directory: made before its ledger, and replaced by another."""

import secrets
from contextlib import ExitStack

from kindpakket.domain.ids import Address
from kindpakket.ledger.client import transfer_balance
from kindpakket.protocol.signatures import address_of
from kindpakket.services.base.private_files import write_new
from kindpakket.settings import Settings
from kindpakket.workspace import CONTRACT, RELAY, open_journal, open_provider, read_key

NEXT = "relay-next.key"


class ActsPending(Exception):
    """What was sent with the relay key is not final yet."""


def make_relay_key(settings: Settings) -> Address:
    """Make the relay key, or the next one when there is a ledger; return its address.

    A key that was made before stays.

    Raises:
        DataDamaged: the file of the key is damaged.
        OSError: it cannot be written.
    """
    data = settings.data
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = data / (NEXT if (data / CONTRACT).exists() else RELAY)
    if not file.exists():
        write_new(file, b"0x" + secrets.token_hex(32).encode())
    return address_of(read_key(file))


def use_next_key(settings: Settings) -> Address:
    """Replace the relay key by the next one, and return its address.

    The balance of the account goes to the next one. When this was interrupted it can be repeated.

    Raises:
        FileNotFoundError: there is no next key.
        ChainInUse: a server or another command uses the directory.
        ActsPending: a server has to run until nothing is pending.
        LedgerUnavailable: the balance was not transferred; the key stays.
        DataDamaged: the file of a key is damaged.
    """
    data = settings.data
    former, following = read_key(data / RELAY), read_key(data / NEXT)
    with ExitStack() as stack:
        if settings.nodes and stack.enter_context(open_journal(data)).all():
            raise ActsPending
        provider = stack.enter_context(open_provider(settings))
        transfer_balance(provider, former, address_of(following))
        (data / NEXT).replace(data / RELAY)
    return address_of(following)
