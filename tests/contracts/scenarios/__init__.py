"""The rules as small stories: each raises AssertionError where a ledger breaks its rule."""

from collections.abc import Callable

from tests.support.small_town import SmallTown

Scenario = Callable[[SmallTown], None]
