"""The rules as scenarios: each raises AssertionError when a ledger breaks its rule."""

from collections.abc import Callable

from tests.support.small_town import SmallTown

Scenario = Callable[[SmallTown], None]
