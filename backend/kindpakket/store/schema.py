"""The version of the schema, and the migrations to the newest."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from kindpakket.store.personal import StoreKeys

_ENCRYPTS = "0021"


class StoreOutdated(Exception):
    """The schema is older than this version of the program, or missing."""


class StoreTooNew(Exception):
    """The schema is newer than this version of the program."""


@dataclass(frozen=True)
class Migration:
    """A step from one version of the schema to the next."""

    revision: str
    in_dutch: str
    """What it does, in a few words."""
    encrypts: bool
    """Whether it needs the key of the personal data; earlier migrations have none."""


def list_missing(connection: Connection) -> list[Migration]:
    """Return the migrations that a database lacks, in order.

    Raises:
        StoreTooNew: the schema is newer than the newest of them.
    """
    found = read_version(connection)
    missing: list[Migration] = []
    for script in _known().walk_revisions():
        if script.revision == found:
            return missing[::-1]
        encrypts = script.revision == _ENCRYPTS
        missing.append(Migration(script.revision, script.module.IN_DUTCH, encrypts))
    if found is not None:
        raise StoreTooNew
    return missing[::-1]


def require_known(version: str) -> None:
    """Check that this program knows a version of the schema.

    Raises:
        StoreTooNew: it does not.
    """
    if version not in {script.revision for script in _known().walk_revisions()}:
        raise StoreTooNew


def read_version(connection: Connection) -> str | None:
    """Return the version of a database's schema; None when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(
    connection: Connection, version: str = "head", *, keys: StoreKeys | None = None
) -> None:
    """Migrate to a version, the newest by default, within the caller's transaction.

    Args:
        keys: with which personal data are encrypted; None when there are none.

    Raises:
        StoreKeyMissing, StoreKeyInvalid: the key is not here.
    """
    config = _config()
    config.attributes |= {"connection": connection, "keys": keys}
    command.upgrade(config, version)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@cache
def _known() -> ScriptDirectory:
    """The migrations, cached: reading them takes longer than opening a database."""
    return ScriptDirectory.from_config(_config())
