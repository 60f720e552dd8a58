"""What the ledger settled of a payout, read from its event and not from the views."""

from dataclasses import dataclass

from sqlalchemy import select

from kindpakket.domain.ids import Hash, ShopId
from kindpakket.ledger.port import Entry
from kindpakket.services.base.context import Context
from kindpakket.store import tables as t


@dataclass(frozen=True)
class Settlement:
    """A batch on the ledger; times in unix seconds."""

    batch: int
    sha256: Hash
    """Hash of the lines that were decided."""
    amounts: tuple[tuple[ShopId, int], ...]
    """The amount settled of each line, in order, in cents; zero where nothing was owed."""
    prepared_at: int
    """The decision's nonce."""
    time: int


def read_settlement(context: Context, batch: int) -> Settlement | None:
    """Return what was settled of a batch; None while no final block has it. The views are used only
    to find the block.

    Raises:
        LedgerUnavailable: the ledger cannot be read.
    """
    blocks = select(t.settlements.c.block).where(t.settlements.c.batch == batch).limit(1)
    with context.read_views() as db:
        number = db.scalar(blocks)
    if number is None:
        return None
    block = next(iter(context.ledger.blocks(number)), None)
    entries = block.entries if block else ()
    found = (_settlement(entry, batch, block.time) for entry in entries if block)
    return next(filter(None, found), None)


def _settlement(entry: Entry, batch: int, time: int) -> Settlement | None:
    nonce = 0
    for event in entry.events:
        if event.name == "DecisionExecuted":
            nonce = event.args["nonce"]
        if event.name == "Settled" and event.args["batch"] == batch:
            e = event.args
            amounts = tuple(zip(map(ShopId, e["shops"]), e["amounts"], strict=True))
            return Settlement(batch, Hash("0x" + e["sha256OfLines"].hex()), amounts, nonce, time)
    return None
