"""The gas of each act, which does not depend on the machine."""

import tempfile
import time
from pathlib import Path

import httpx2
from web3 import Web3

from kindpakket.actors import Api, show_code
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.ids import Hash
from kindpakket.domain.letters import Letter
from kindpakket.main import build_app, serving
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from scripts.bench.town import OFFICIALS, OWNER, SCHEME, TILL, next_nonce

LETTER = Letter(SCHEME, b"\x06" * 16)


class Acts:
    """A ledger with a letter of 32 coupons, on which each act is executed once."""

    def __init__(self, workspace: Workspace, api: Api) -> None:
        self._web3 = Web3(workspace.provider)
        self._api = api
        self.gas: dict[str, int] = {}

    def carry_out(self) -> None:
        """Execute each act once."""
        now = int(time.time())
        self._decide("openScheme", 1, now - 10, now + 10**6, 0b11, 0b100)
        self._decide("fund", 1, 10_000_000)
        self._decide("setShop", 1, 0b1, address_of(OWNER), True)
        self._api.change_till(OWNER, TILL.shop, TILL.key, now, active=True)
        self._note("changeTill")
        coupons = sorted(address_of(coupon_key(LETTER, 0, index)) for index in range(32))
        self._decide("issue", 1, 10_000, coupons)
        for count in (1, 3, 6):
            self._pay(count)
            self._note(f"pay, {count} coupon{'s' * (count > 1)}")
        payment = self._pay(1)
        self._api.refund(TILL, Hash(str(payment["id"])), 50, now)
        self._note("refund")
        origins, targets = ([coupon_key(LETTER, g, i) for i in (30, 31)] for g in (0, 1))
        self._api.move(SCHEME, origins, targets, now)
        self._note("move, 2 coupons")
        self._decide("settle", 1, [1], [100], b"\x01" * 32)

    def _decide(self, function: str, *args: object) -> None:
        self._api.decide(OFFICIALS[:2], next_nonce(-2), function, *args)
        self._note(function)

    def _pay(self, coupons: int) -> dict[str, object]:
        keys = [coupon_key(LETTER, 0, index) for index in range(coupons)]
        now = int(time.time())
        code = show_code(self._api.domain, SCHEME, keys, 100, now, nonce=next_nonce(-2))
        return self._api.pay(TILL, code.text, 100)

    def _note(self, act: str) -> None:
        newest = self._web3.eth.get_block("latest")["transactions"][0]
        self.gas[act] = self._web3.eth.get_transaction_receipt(newest)["gasUsed"]  # type: ignore[arg-type]


def measure() -> dict[str, int]:
    """Return the gas of each act."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data=Path(directory))
        officials = {address_of(key): sum(Capacity) for key in OFFICIALS}
        with (
            Workspace.create(settings, officials, sync=False) as workspace,
            serving(build_app(workspace, settings), None) as base_url,
            httpx2.Client(base_url=base_url, timeout=60, trust_env=False) as http,
        ):
            acts = Acts(workspace, Api(http))
            acts.carry_out()
            return acts.gas
