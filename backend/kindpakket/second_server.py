"""A data directory for one more server on the same node and the same database."""

from pathlib import Path

from kindpakket.domain.ids import Address
from kindpakket.relay_key import make_relay_key
from kindpakket.services.base.private_files import write_new
from kindpakket.settings import Settings
from kindpakket.workspace import CONTRACT, RELAY, read_contract

_OF_RELAYS = Path(RELAY).stem
"""Keys with names that begin so are of one server."""


class NotShared(Exception):
    """The chain or the database is in the data directory, where one server uses it."""


def make_directory(settings: Settings, directory: Path) -> Address:
    """Make a data directory with the contract and the secrets of another, and a relay key of its
    own; return that key's address.

    The contract's address is written last: a directory that is not complete can be joined again.

    Raises:
        FileNotFoundError: there is no ledger to join.
        FileExistsError: the new directory has one.
        NotShared: the settings have no node, or no database elsewhere.
        DataDamaged: a file of the first directory is damaged.
        OSError: a file cannot be written.
    """
    read_contract(settings)
    if not settings.nodes or settings.database_url is None:
        raise NotShared
    if (directory / CONTRACT).exists():
        raise FileExistsError
    relay = make_relay_key(settings.model_copy(update={"data": directory}))
    shared = (each for each in settings.data.glob("*.key") if not each.stem.startswith(_OF_RELAYS))
    for file in (*sorted(shared), settings.data / CONTRACT):
        (directory / file.name).unlink(missing_ok=True)
        write_new(directory / file.name, file.read_bytes())
    return relay
