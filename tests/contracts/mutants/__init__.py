"""All mutants of the contract, grouped by the rule that they break."""

from tests.contracts.mutants import money, moves, officials, payments, refunds
from tests.contracts.mutants.mutant import Mutant

__all__ = ["MUTANTS", "Mutant"]

MUTANTS = (
    *payments.MUTANTS,
    *refunds.MUTANTS,
    *moves.MUTANTS,
    *officials.MUTANTS,
    *money.MUTANTS,
)
