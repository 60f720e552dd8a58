"""``make test-network`` sets ``NODE`` to the nodes to use: ``four`` validators, or one ``anvil``.

Without it, as in ``make test``, only the test of this harness itself runs, over anvil.
"""

import os
from collections.abc import Iterator

import pytest

from tests.network.chains import Chain, four_validators, one_anvil
from tests.network.municipality import Municipality, founded

NODE = os.environ.get("NODE")
collect_ignore_glob = [] if NODE else ["test_faults*.py", "test_node*.py"]
_left_out: dict[str, list[str]] = {}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs_four(reason): cannot be tried on one anvil")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On anvil, leave out what needs four validators; the summary tells what that was."""
    if NODE == "four":
        return
    out = [item for item in items if item.get_closest_marker("needs_four")]
    for item in out:
        mark = item.get_closest_marker("needs_four")
        assert mark is not None
        _left_out.setdefault(mark.args[0], []).append(item.name)
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, names in _left_out.items():
        terminalreporter.section(f"left out on anvil: {reason}")
        for name in names:
            terminalreporter.line(name)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    run = four_validators(tmp_path_factory.mktemp("chain")) if NODE == "four" else one_anvil()
    with run as chain:
        yield chain


@pytest.fixture(scope="module")
def municipality(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Municipality:
    return founded(chain, tmp_path_factory.mktemp("municipality") / "data")
