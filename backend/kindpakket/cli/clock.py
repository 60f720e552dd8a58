"""``kindpakket confirm-clock``, and what commands say when the ledger lies ahead of the clock."""

import typer

from kindpakket.cli.common import Data, nothing_there, settings_of
from kindpakket.cli.output import say
from kindpakket.domain.times import dutch_moment

_AHEAD_SECONDS = 60
"""A ledger that lies further ahead than this was written by a clock that was wrong."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("confirm-clock")(confirm_clock)


def confirm_clock(data: Data = None) -> None:
    """Bevestig dat de klok van deze computer nu goed staat; de server gaat dan verder."""
    from kindpakket.ledger.clock_guard import CONFIRMED, confirmation
    from kindpakket.main import CONTRACT
    from kindpakket.services.base.private_files import write_private

    settings = settings_of(data)
    if not (settings.data / CONTRACT).exists():
        raise nothing_there(settings)
    write_private(settings.data / CONFIRMED, confirmation())
    say("De klok is bevestigd. Een server die hier draait, gaat vanzelf verder.")


def say_ahead(time: int, now: int) -> list[str]:
    """Return what to say when the ledger lies ahead of the clock; nothing when it does not.

    Args:
        time: the ledger's, or that of its last block, in unix seconds; ``now`` is the clock.
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
