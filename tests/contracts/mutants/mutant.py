"""The definition of a mutant."""

from typing import NamedTuple

from tests.contracts.scenarios import Scenario


class Mutant(NamedTuple):
    """A change of the contract, and the rule that it breaks.

    `exact` occurs exactly once in the sources. It consists of whole statements when it ends in a
    semicolon or a brace, and otherwise of a whole expression.
    """

    name: str
    exact: str
    replacement: str
    killed_by: Scenario
