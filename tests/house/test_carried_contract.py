"""The contract that the audit carries is what the pinned compiler makes of this repository."""

import json

from scripts.compile import AUDIT, ROOT, SOURCES, compile_contract


def test_the_carried_contract_is_that_of_a_compilation() -> None:
    texts = {path: (ROOT / path).read_text() for path in SOURCES}
    assert json.loads(AUDIT.read_text()) == compile_contract("VoucherLedger", texts)
