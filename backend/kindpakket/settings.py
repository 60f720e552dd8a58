"""Settings, from the environment: each as ``KINDPAKKET_NAME``."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are kept, and what others are told of us."""

    model_config = SettingsConfigDict(env_prefix="KINDPAKKET_")

    data: Path = Path("data")
    """The data directory: the embedded chain, the database, the relay key, keystores."""
    database_url: str | None = None
    """Another database than SQLite in the data directory, as a SQLAlchemy URL."""
    node_url: str | None = None
    """The JSON-RPC node to use instead of the embedded chain."""
    confirmations: int = Field(default=0, ge=0)
    """How many blocks must follow a block before it counts as final."""
    app_address: str = "https://kindpakket.example"
    """Where the parent app lives; printed in the QR of every letter."""
    contact_email: str = "kindpakket@gemeente.example"
    keystore_work: int = 2**18
    """scrypt's N for new keystores: this takes about a second to open, and to guess at."""
