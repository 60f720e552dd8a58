"""Projection of the ledger's final blocks into views in the store."""

import threading
from collections.abc import Iterator

from coincurve import PublicKey
from sqlalchemy import Connection

from kindpakket.domain.ids import ZERO, Address, SchemeId, ShopId
from kindpakket.ledger.abi import decode_call
from kindpakket.ledger.port import Block, Entry, Ledger, LedgerUnavailable
from kindpakket.protocol.changes import MonthKeys
from kindpakket.protocol.messages import Domain, Message, Move, Spend
from kindpakket.protocol.signatures import recover_public_key
from kindpakket.services.base.seal_changes import seal_changes
from kindpakket.store import views
from kindpakket.store.database import Store, StoreUnavailable

_PATIENCE_SECONDS = 5
"""Maximum time that a reader waits for a running update of the views, in seconds."""
_BATCH = 100
"""Blocks and coupons per transaction, or one block: fewer commits, while other writers, which wait
for a few seconds, still get their turn."""


class Projection:
    """Applies final blocks to the views; a block is applied whole or not at all."""

    def __init__(self, ledger: Ledger, store: Store, month_keys: MonthKeys) -> None:
        self._ledger = ledger
        self._store = store
        self._month_keys = month_keys
        self._lock = threading.Lock()

    def catch_up(self) -> views.Cursor:
        """Apply new blocks and return the last block in the views.

        Raises:
            LedgerUnavailable: the ledger cannot be read.
            StoreUnavailable: the store cannot be written.
        """
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            raise StoreUnavailable("the views are being brought up to date")
        try:
            with self._store.read(views=True) as db:
                cursor = views.read_cursor(db)
            if not self._continues(cursor):
                cursor = self._start_again(cursor)
            if self._ledger.head() > cursor.block:
                for batch in _batches(self._ledger.blocks(cursor.block + 1)):
                    cursor = self._apply(batch)
            return cursor
        finally:
            self._lock.release()

    def _continues(self, cursor: views.Cursor) -> bool:
        """Whether the views are of this chain, and their changes sealed with this secret."""
        return (
            cursor.secret_sha256 == self._month_keys.secret_sha256
            and self._ledger.block_hash(cursor.block) == cursor.hash
        )

    def _start_again(self, stale: views.Cursor) -> views.Cursor:
        with self._store.write(views=True) as db:
            # Another process may follow the same ledger into the same store.
            cursor = views.read_cursor(db)
            if cursor == stale:
                views.clear(db)
                cursor = views.EMPTY
            return cursor

    def _apply(self, batch: list[Block]) -> views.Cursor:
        with self._store.write(views=True) as db:
            cursor = views.read_cursor(db)
            for block in batch:
                if block.number <= cursor.block:
                    continue
                if cursor != views.EMPTY and block.parent != cursor.hash:
                    raise LedgerUnavailable(f"block {cursor.block} was replaced")
                for entry in block.entries:
                    self._apply_entry(db, entry, block)
                seal_changes(db, self._month_keys, block)
                secret = self._month_keys.secret_sha256
                cursor = views.Cursor(block.number, block.hash, block.time, secret)
            views.move_cursor(db, cursor)
            return cursor

    def _apply_entry(self, db: Connection, entry: Entry, block: Block) -> None:
        place = views.Place(block.number, block.time, entry.transaction)
        for event in entry.events:
            views.apply(db, event.name, event.args, place)
        if entry.call:
            _remember_keys(db, self._ledger.domain, entry.call)


def _batches(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    """Yield the blocks in order, together as far as one transaction holds them."""
    batch, size = list[Block](), 0
    for block in blocks:
        events = (event for entry in block.entries for event in entry.events)
        more = 1 + sum(len(event.args.get("coupons", ())) for event in events)
        if batch and size + more > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(block)
        size += more
    if batch:
        yield batch


def _remember_keys(db: Connection, domain: Domain, call: bytes) -> None:
    try:
        name, args = decode_call(call)
    except ValueError:  # encoded so that only the contract decodes it
        return
    message: Message
    if name == "pay":
        spend = args["spend"]
        message = Spend(SchemeId(spend[0]), ShopId(spend[1]), *spend[2:])
        signers, signatures = message.coupons, args["couponSignatures"]
    elif name == "move":
        move = args["message"]
        message = Move(SchemeId(move[0]), move[1], *move[2:])
        signers = (*message.from_, *(to for to in message.to if to != ZERO))
        signatures = args["signatures"]
    else:
        return
    digest = message.digest(domain)
    for signer, signature in zip(signers, signatures, strict=True):
        key: PublicKey = recover_public_key(digest, signature)
        views.remember_key(db, Address(signer), key.format(compressed=False))
