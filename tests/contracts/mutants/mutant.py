"""What a mutant is."""

from typing import NamedTuple

from tests.contracts.scenarios import Scenario


class Mutant(NamedTuple):
    """A way in which the contract could be wrong, and the rule that it breaks.

    `exact`, which the sources hold exactly once, is whole statements when it ends in a semicolon
    or a brace and else a whole expression.
    """

    name: str
    exact: str
    replacement: str
    killed_by: Scenario
