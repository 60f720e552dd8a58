"""Solve a problem in SMT-LIB with Bitwuzla, whose package has no program of its own.

Prints ``sat`` with a model, or ``unsat``, as Halmos expects of a solver. Usage: solve.py FILE
"""

import sys

from bitwuzla import Option, Options, Parser, TermManager

options = Options()
options.set(Option.PRODUCE_MODELS, True)
Parser(TermManager(), options).parse(sys.argv[1])
