"""The command line: ``kindpakket …``. Command names are English, output is Dutch."""

import typer

from kindpakket.cli import (
    audit,
    backup,
    bank,
    clock,
    config,
    council,
    decisions,
    demo,
    init,
    join,
    letters,
    migrate,
    officials,
    payments,
    payouts,
    register,
    relay,
    report,
    schemes,
    shops,
    status,
    store,
    tills,
)
from kindpakket.cli.common import DutchGroup

app = typer.Typer(
    cls=DutchGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Kindpakket: een budget voor kinderen, met regels die een contract bewaakt.",
)

for module in (
    init,
    join,
    status,
    officials,
    schemes,
    shops,
    tills,
    letters,
    decisions,
    payments,
    payouts,
    bank,
    register,
    report,
    audit,
    council,
    backup,
    migrate,
    store,
    clock,
    relay,
    config,
    demo,
):
    module.register(app)
