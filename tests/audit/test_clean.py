"""An audit of a town without faults."""

from kindpakket.ledger.port import Ledger
from kindpakket.services.audit import audit
from tests.support.lived import EVENTS
from tests.support.town import START


def test_a_town_with_a_history_is_clean_and_says_what_was_checked(lived: Ledger) -> None:
    done = audit(lived)
    assert done.findings == []
    assert done.events == EVENTS
    assert done.last_block == lived.head()
    assert done.first_time == START
    assert done.last_time > START + 3600
    assert done.views > 70


def test_progress_is_reported_for_each_block(lived: Ledger) -> None:
    told: list[tuple[int, int]] = []
    audit(lived, lambda done, of: told.append((done, of)))
    count = lived.head() + 1
    assert told == [(number, count) for number in range(1, count + 1)]
