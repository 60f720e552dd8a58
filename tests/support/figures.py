"""Figures that the server keeps for a while, and makes in a thread."""

from kindpakket.services import figures
from kindpakket.services.base.context import Context
from kindpakket.services.figures import Figures, read_figures


def figures_now(context: Context) -> Figures:
    """Return figures made now, whatever is kept."""
    figures._keepers.pop(context, None)
    return read_figures(context)


def wait_until_made(context: Context) -> None:
    """Wait for the thread that makes figures, if there is one."""
    with figures._keeper(context)._making:
        pass
