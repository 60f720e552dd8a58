"""The relay on a network of nodes: remembers what it sent until it is final."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from eth_utils.crypto import keccak

from kindpakket.domain.ids import Address
from kindpakket.ledger.journal import Journal, SentTransaction
from kindpakket.ledger.nodes import SEND, NotSent, has_it
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.ledger.relay import MaybeSent, Signer
from kindpakket.ledger.rpc import Rpc, RpcError
from kindpakket.protocol.signatures import Key

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 4.0
"""Seconds before a transaction is sent again that is not final; doubled each time."""
_AT_ONCE = 64
"""How many are sent again at a time, with the lowest nonces: later ones wait for these."""


@dataclass
class _Offer:
    """A signed transaction until a thread has sent it."""

    sent: SentTransaction
    error: Exception | None = None
    done: bool = False


class JournaledRelay:
    """Sends transactions with consecutive nonces, each in the journal before. Thread-safe.

    An act has one transaction until that is final, or can no longer be: sent again, it is the same
    bytes.
    """

    def __init__(self, rpc: Rpc, key: Key, journal: Journal, confirmations: int) -> None:
        self._rpc = rpc
        self._signer = Signer(rpc, key)
        self._journal = journal
        self._confirmations = confirmations
        self._signing = threading.Lock()
        self._sending = threading.Lock()
        """Taken before the other, if both are."""
        self._waiting: list[_Offer] = []
        self._gaps_before: list[int] = []
        self._nonce: int | None = None
        """The next; None when it has to be counted."""
        self._again_at = {sent.hash: (0.0, _FIRST_PAUSE) for sent in journal.all()}
        """When each that may have been sent is sent again, and the pause after that."""
        self.address = self._signer.address
        self.chain_id = self._signer.chain_id

    def find(self, call: bytes) -> SentTransaction | None:
        """Return the transaction of an act that is not known to be final."""
        return self._journal.find(_act(call))

    def offer(self, call: bytes, to: Address) -> tuple[SentTransaction, bool]:
        """Sign and send an act; return its transaction, and whether this call made it.

        Raises:
            RpcError: every node refuses it.
            LedgerUnavailable: nothing was sent.
            MaybeSent: there was no answer; it stays in the journal.
        """
        offer, new = self._offered(call, to)
        if isinstance(offer.error, RpcError):
            # A node may have lost earlier ones, or another process uses the key. Once more, with
            # the nonce counted again.
            for sent in self._journal.all()[:_AT_ONCE]:
                self.send_again(sent)
            offer, new = self._offered(call, to)
        if offer.error:
            raise offer.error
        return offer.sent, new

    def is_decided(self, sent: SentTransaction) -> bool:
        """Whether a final block has a transaction with this nonce.

        Raises:
            LedgerUnavailable: no answer.
        """
        return self._final_nonce() > sent.nonce

    def conclude(self, sent: SentTransaction) -> None:
        """Forget a transaction that is final, or can no longer be."""
        self._journal.remove(sent)
        self._again_at.pop(sent.hash, None)

    def send_again(self, sent: SentTransaction) -> None:
        """Send the same bytes to every node.

        Raises:
            LedgerUnavailable: it was not sent, and will not be.
        """
        with self._sending:
            if sent.hash not in self._again_at:
                self._send_waiting()
        if sent not in self._journal.all():
            raise LedgerUnavailable("nothing was sent")
        self._to_all(sent)  # others do not wait for a node that hangs

    def keep(self) -> None:
        """Forget what is final, and send again what is due.

        Raises:
            LedgerUnavailable: no answer.
        """
        waiting = self._journal.all()
        if not waiting:
            return
        final = self._final_nonce()
        for sent in waiting:
            if sent.nonce < final:
                self.conclude(sent)
        self._fill_lasting_gaps(final)
        now = time.monotonic()
        for sent in [each for each in waiting if each.nonce >= final][:_AT_ONCE]:
            again_at, pause = self._again_at.get(sent.hash, (now + 1, _FIRST_PAUSE))
            if again_at <= now:
                self._again_at[sent.hash] = now + pause, min(2 * pause, _LONGEST_PAUSE)
                with suppress(LedgerUnavailable):  # it has become final
                    self.send_again(sent)

    def _offered(self, call: bytes, to: Address) -> tuple[_Offer, bool]:
        with self._signing:
            if known := self.find(call):
                return _Offer(known), False
            offer = _Offer(self._signed(call, to))
            self._waiting.append(offer)
        with self._sending:
            if not offer.done:
                self._send_waiting()
        return offer, True

    def _signed(self, call: bytes, to: Address) -> SentTransaction:
        if self._nonce is None:
            count = self._rpc.read("eth_getTransactionCount", self.address, "pending")
            self._nonce = max(int(count, 16), self._journal.next_nonce())
        sent = SentTransaction(self._nonce, _act(call), self._signer.sign(self._nonce, call, to))
        self._journal.add(sent)
        self._nonce += 1
        return sent

    def _send_waiting(self) -> None:
        """Send what was signed, in order, with one write to disk for all."""
        with self._signing:
            offers, self._waiting = self._waiting, []
        try:
            self._journal.sync()
        except LedgerUnavailable as error:
            self._take_back(offers, error)
            return
        refused = False
        for place, offer in enumerate(offers):
            try:
                self._send(offer.sent)
            except NotSent as error:
                self._take_back(offers[place:], error)
                break
            except LedgerUnavailable as error:
                offer.error = MaybeSent(str(error))
            except RpcError as error:
                offer.error, refused = error, True
            offer.done = True
        if refused:
            self._fill_gaps()

    def _send(self, sent: SentTransaction) -> None:
        self._again_at[sent.hash] = time.monotonic() + _FIRST_PAUSE, 2 * _FIRST_PAUSE
        try:
            self._rpc(SEND, sent.raw)
        except RpcError as error:
            if not has_it(error) and not self._rpc.read("eth_getTransactionByHash", sent.hash):
                self.conclude(sent)
                raise

    def _take_back(self, offers: list[_Offer], error: LedgerUnavailable) -> None:
        """Forget these and all that were signed after them: none was sent."""
        with self._signing:
            offers = [*offers, *self._waiting]
            self._waiting, self._nonce = [], None
            for offer in offers:
                self.conclude(offer.sent)
        for offer in offers:
            offer.error, offer.done = error, True

    def _fill_gaps(self) -> None:
        """Use the nonces of refused transactions that later ones wait for."""
        with self._signing, suppress(LedgerUnavailable):
            self._nonce = None
            for nonce in self._gaps(self._count("latest")):
                self._fill(nonce)

    def _fill_lasting_gaps(self, final: int) -> None:
        """Use nonces that were skipped, as when a node counted too many."""
        gaps = self._gaps(final)
        if gaps and gaps == self._gaps_before:
            self._fill_gaps()
        self._gaps_before = gaps

    def _gaps(self, first: int) -> list[int]:
        """The nonces from one on that later transactions wait for."""
        taken = {sent.nonce for sent in self._journal.all()}
        return [nonce for nonce in range(first, max(taken, default=0)) if nonce not in taken]

    def _fill(self, nonce: int) -> None:
        """Send a transfer of nothing to the relay itself."""
        filler = SentTransaction(nonce, "", self._signer.sign(nonce, b"", self.address))
        self._journal.add(filler)
        self._journal.sync()
        self._again_at[filler.hash] = time.monotonic() + _FIRST_PAUSE, 2 * _FIRST_PAUSE
        self._rpc.to_all(SEND, filler.raw)

    def _to_all(self, sent: SentTransaction) -> None:
        """Send to every node. If none has it and none takes it any more, others must not wait: its
        nonce is also offered without it, and one of the two becomes final."""
        answers = self._rpc.to_all(SEND, sent.raw)
        if not all(isinstance(each, RpcError) and not has_it(each) for each in answers):
            return
        with self._signing:
            same = [each for each in self._journal.all() if each.nonce == sent.nonce]
            if len(same) == 1 and sent.act and self._count("latest") <= sent.nonce:
                self._fill(sent.nonce)

    def _final_nonce(self) -> int:
        if not self._confirmations:
            return self._count("latest")
        head = int(self._rpc.read("eth_blockNumber"), 16)
        return self._count(hex(max(head - self._confirmations, 0)))

    def _count(self, block: str) -> int:
        return int(self._rpc.read("eth_getTransactionCount", self.address, block), 16)


def _act(call: bytes) -> str:
    return keccak(call).hex()
