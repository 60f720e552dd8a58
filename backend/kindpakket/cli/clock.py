"""``kindpakket confirm-clock``, and the warning when the ledger is ahead of the clock."""

import typer

from kindpakket.cli.common import Data, no_ledger_error, settings_of
from kindpakket.cli.output import say
from kindpakket.domain.times import dutch_moment
from kindpakket.ledger.clock_guard import CONFIRMED, clock_confirmation
from kindpakket.services.base.private_files import write_private

_AHEAD_SECONDS = 60
"""Beyond this, in seconds, the ledger was written while the clock was wrong."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("confirm-clock")(confirm_clock)


def confirm_clock(data: Data = None) -> None:
    """Bevestig dat de klok van deze computer nu goed staat; de server gaat dan verder."""
    from kindpakket.workspace import CONTRACT  # noqa: PLC0415 (brings an EVM)

    settings = settings_of(data)
    if not (settings.data / CONTRACT).exists():
        raise no_ledger_error(settings)
    write_private(settings.data / CONFIRMED, clock_confirmation())
    say("De klok is bevestigd. Een server die hier draait, gaat vanzelf verder.")


def ahead_warning(time: int, now: int) -> list[str]:
    """Return the warning that the ledger is ahead of the clock; empty when it is not.

    Args:
        time: of the ledger or its last block, in unix seconds; ``now`` is the clock.
    """
    if time - now <= _AHEAD_SECONDS:
        return []
    return [
        f"LET OP: het laatste blok is van {dutch_moment(time)}, en de klok staat op "
        f"{dutch_moment(now)}.",
        "  Staat de klok goed? Dan gaat de tijd van het grootboek op halve snelheid verder tot de",
        "  klok hem heeft ingehaald; betalen kan gewoon. Staat de klok fout? Zet hem dan goed.",
        "  Lees in docs/operations.md wat u verder doet.",
    ]
