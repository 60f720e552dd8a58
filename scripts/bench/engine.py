"""Benchmark of the engine alone: calldata sent to the chain's provider, without HTTP."""

import gc
import time
from collections.abc import Sequence

from eth_account import Account
from eth_utils.address import to_checksum_address

from kindpakket.ledger.relay import GAS_LIMIT
from kindpakket.ledger.rpc import Rpc
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from scripts.bench.processes import Memory, memory_of
from scripts.bench.town import Town


class Engine:
    """A town's chain, opened as by a server.

    Args:
        sync: whether to wait for the disk; always true in measurements.
    """

    def __init__(self, town: Town, settings: Settings, *, sync: bool = True) -> None:
        self._town = town
        self._workspace = Workspace.open(settings, sync=sync)
        self._rpc = Rpc(self._workspace.provider)
        self._relay = Account.from_key((settings.data / "relay.key").read_text())
        self._contract = to_checksum_address(town.domain.contract)

    def pay(self, coupons: Sequence[int]) -> list[float]:
        """Pay once from each coupon; return the seconds of each, without preparation."""
        prepared = self._sign(self._town.calls(coupons))
        gc.collect()
        seconds = []
        for transaction in prepared:
            start = time.perf_counter()
            sent = self._rpc("eth_sendRawTransaction", transaction)
            seconds.append(time.perf_counter() - start)
        while (receipt := self._rpc("eth_getTransactionReceipt", sent)) is None:
            time.sleep(0.001)  # other nodes mine a moment later, and also mine failing transactions
        if receipt["status"] != "0x1":
            raise RuntimeError("the last payment failed")
        return seconds

    def head(self) -> int:
        """Return the number of the last block."""
        return self._workspace.context.ledger.head()

    def memory(self) -> Memory:
        """Return the memory of this process."""
        return memory_of("self")

    def close(self) -> None:
        """Close the chain."""
        self._workspace.close()

    def _sign(self, calls: list[bytes]) -> list[str]:
        nonce = int(self._rpc("eth_getTransactionCount", self._relay.address, "pending"), 16)
        price = 2 * int(self._rpc("eth_gasPrice"), 16)
        return [
            "0x"
            + bytes(
                self._relay.sign_transaction(
                    {
                        "to": self._contract,
                        "data": call,
                        "gas": GAS_LIMIT,
                        "gasPrice": price,
                        "nonce": nonce + number,
                        "chainId": self._town.domain.chain_id,
                    }
                ).raw_transaction
            ).hex()
            for number, call in enumerate(calls)
        ]
