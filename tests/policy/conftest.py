"""The log of all policy tests is read: nothing in it is secret, or says who paid with what."""

import io
import json
from collections.abc import Iterator

import pytest

from kindpakket import logs
from tests.support.logs import found_in

_log = io.StringIO()


@pytest.fixture(autouse=True)
def _logged(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Every line of the log of a test is kept, at the lowest level."""
    logs.configure("debug", "json", _log)
    yield
    logs.configure("warning", "console")
    assert capsys.readouterr().out == ""


@pytest.fixture(scope="session", autouse=True)
def _nothing_secret_is_logged() -> Iterator[None]:
    yield
    told = _log.getvalue()
    assert found_in(told) == []
    events = [json.loads(line)["event"] for line in told.splitlines()]
    assert "request" in events
