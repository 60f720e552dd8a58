"""A town with enough letters to show figures."""

import pytest

from tests.support.many_letters import issue
from tests.support.town import Town


@pytest.fixture
def large_town(town: Town) -> Town:
    issue(town, 60)
    return town
