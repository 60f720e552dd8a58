"""The embedded chain is durable and consistent, under faults of process, disk and clock.

Contracts here are a few bytes of EVM code: sent or called without an address, they run at once.
"""

import multiprocessing
import os
import resource
import signal

import pytest
from eth_account import Account
from web3 import Web3
from web3.exceptions import ContractCustomError, TransactionNotFound, Web3RPCError

from kindpakket.ledger.embedded import ChainInUse, ChainUnavailable, EmbeddedChain

NOON = 1_800_000_000
HOUR = 3600
RELAY = Account.from_key(b"\x07" * 32)
SHOP = Web3.to_checksum_address("0x" + "51" * 20)

WORD = "0x" + "01" * 32

RETURN_CHAIN_ID = "0x465f5260205ff3"
RETURN_TIME = "0x425f5260205ff3"
REVERT_DEADBEEF = "0x63deadbeef5f526004601cfd"
SPEND_ALL_GAS = "0xfe"
LOG_THE_TIME = "0x425f5260205fa0"  # the log's data is a word in memory
STORE_42_IN_SLOT_7 = "0x602a60075500"

fork = multiprocessing.get_context("fork")


class Clock:
    def __init__(self):
        self.now = float(NOON)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "chain"


@pytest.fixture
def chain(directory, clock):
    with EmbeddedChain.create(directory, relay=RELAY.address, clock=clock, sync=False) as made:
        yield made


@pytest.fixture
def web3(chain):
    return Web3(chain.provider)


def signed(web3, **fields):
    transaction = {
        "chainId": web3.eth.chain_id,
        "nonce": web3.eth.get_transaction_count(RELAY.address),
        "gas": 200_000,
    }
    if "gasPrice" not in fields:
        transaction |= {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 10**9}
    return RELAY.sign_transaction(transaction | fields).raw_transaction


def pay(web3, **fields):
    return web3.eth.send_raw_transaction(signed(web3, **({"to": SHOP, "value": 1} | fields)))


def called(web3, code, block="latest"):
    return int.from_bytes(web3.eth.call({"data": code}, block))


def answer(chain, method, *params):
    return chain.provider.make_request(method, list(params))


def in_another_process(work, *arguments):
    """Starts `work(pipe, *arguments)` in a fork, in which no chain may be open."""
    here, there = fork.Pipe()
    process = fork.Process(target=work, args=(there, *arguments))
    process.start()
    there.close()
    return process, here


# durability


def test_a_chain_goes_on_where_it_stopped(directory, clock):
    with EmbeddedChain.create(directory, relay=RELAY.address, clock=clock) as chain:
        web3 = Web3(chain.provider)
        paid, chain_id, head = pay(web3), web3.eth.chain_id, web3.eth.get_block("latest").hash
    with EmbeddedChain(directory, clock=clock) as chain:
        web3 = Web3(chain.provider)
        assert web3.eth.chain_id == chain_id
        assert web3.eth.get_block("latest").hash == head
        assert web3.eth.get_balance(SHOP) == 1
        assert web3.eth.get_transaction_receipt(paid).blockNumber == 1
        pay(web3)
        assert web3.eth.block_number == 2
        assert web3.eth.get_block(2).parentHash == head


def pay_until_killed(pipe, directory):
    web3 = Web3(EmbeddedChain(directory).provider)
    while True:
        pipe.send_bytes(pay(web3))


def test_a_killed_process_leaves_whole_blocks_and_all_it_answered(directory):
    EmbeddedChain.create(directory, relay=RELAY.address).close()
    answered = []
    for round_ in range(10):
        process, pipe = in_another_process(pay_until_killed, directory)
        answered += [pipe.recv_bytes() for _ in range(3 + round_)]
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        while pipe.poll():
            try:
                answered.append(pipe.recv_bytes())
            except (EOFError, OSError):  # the last answer may be truncated
                break
        with EmbeddedChain(directory) as chain:
            web3 = Web3(chain.provider)
            height = web3.eth.block_number
            blocks = [web3.eth.get_transaction_receipt(paid).blockNumber for paid in answered]
            assert blocks == sorted(set(blocks))
            assert height == web3.eth.get_transaction_count(RELAY.address)
            assert height == web3.eth.get_balance(SHOP)
            assert len(answered) <= height <= len(answered) + round_ + 1
    assert process.exitcode == -signal.SIGKILL


def pay_beyond_the_disk(pipe, directory):
    with EmbeddedChain(directory, sync=False) as chain:
        web3 = Web3(chain.provider)
        pay(web3)
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = (directory / "data.mdb").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, hard))
        answered = 1
        try:
            while True:
                pay(web3)
                answered += 1
        except ChainUnavailable:
            pipe.send((answered, web3.eth.block_number, web3.eth.get_balance(SHOP)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        pay(web3)
        pipe.send(web3.eth.block_number)


def test_a_full_disk_refuses_and_goes_on_when_there_is_room(directory):
    EmbeddedChain.create(directory, relay=RELAY.address).close()
    process, pipe = in_another_process(pay_beyond_the_disk, directory)
    answered, height, paid = pipe.recv()
    assert answered == height == paid > 1
    assert pipe.recv() == answered + 1
    process.join()


@pytest.mark.usefixtures("chain")
def test_a_second_writer_is_refused(directory):
    with pytest.raises(ChainInUse):
        EmbeddedChain(directory)
    with pytest.raises(ChainInUse):
        EmbeddedChain.create(directory, relay=RELAY.address)


def test_a_closed_chain_answers_nothing_and_is_free_for_the_next(chain, directory):
    chain.close()
    with pytest.raises(ChainUnavailable):
        answer(chain, "eth_blockNumber")
    EmbeddedChain(directory).close()


def test_a_chain_is_made_once_and_opened_only_when_made(directory):
    with pytest.raises(FileNotFoundError):
        EmbeddedChain(directory)
    EmbeddedChain.create(directory, relay=RELAY.address).close()
    with pytest.raises(FileExistsError):
        EmbeddedChain.create(directory, relay=RELAY.address)


# concurrent readers


def read_along(pipe, directory):
    pipe.recv()
    with EmbeddedChain(directory, read_only=True) as chain:
        web3 = Web3(chain.provider)
        paid = signed(web3, to=SHOP, value=1)
        pipe.send(
            (web3.eth.block_number, web3.eth.get_balance(SHOP), called(web3, RETURN_CHAIN_ID))
        )
        pipe.recv()
        pipe.send((web3.eth.block_number, web3.eth.get_balance(SHOP)))
        pipe.send(answer(chain, "eth_sendRawTransaction", paid.to_0x_hex())["error"]["code"])


def test_an_auditor_in_another_process_follows_and_cannot_send(directory):
    process, pipe = in_another_process(read_along, directory)
    with EmbeddedChain.create(directory, relay=RELAY.address, sync=False) as chain:
        web3 = Web3(chain.provider)
        pay(web3)
        pipe.send("the chain is there")
        assert pipe.recv() == (1, 1, web3.eth.chain_id)
        pay(web3)
        pipe.send("there is a block more")
        assert pipe.recv() == (2, 2)
        assert pipe.recv() == -32601
        process.join()


def test_a_reader_in_the_same_process_follows_and_cannot_send(web3, directory):
    with EmbeddedChain(directory, read_only=True) as reader:
        pay(web3)
        assert Web3(reader.provider).eth.block_number == 1
        sent = answer(reader, "eth_sendRawTransaction", signed(web3, to=SHOP).to_0x_hex())
        assert sent["error"]["code"] == -32601
    pay(web3)
    assert web3.eth.block_number == 2


# time


def test_blocks_under_load_stay_at_the_clock(web3):
    nonce = web3.eth.get_transaction_count(RELAY.address)
    for offset in range(300):
        pay(web3, nonce=nonce + offset)
    assert web3.eth.block_number == 300
    assert web3.eth.get_block("latest").timestamp == NOON


def test_after_a_quiet_hour_calls_and_payments_are_judged_by_now(web3, clock):
    pay(web3)
    clock.now += HOUR
    assert called(web3, RETURN_TIME) == NOON + HOUR
    assert web3.eth.get_block("latest").timestamp == NOON
    receipt = web3.eth.get_transaction_receipt(pay(web3, to="", value=0, data=LOG_THE_TIME))
    assert int.from_bytes(receipt.logs[0].data) == NOON + HOUR
    assert web3.eth.get_block("latest").timestamp == NOON + HOUR


def test_time_does_not_go_back_with_the_clock(web3, clock):
    clock.now += HOUR
    pay(web3)
    clock.now -= HOUR
    pay(web3)
    assert called(web3, RETURN_TIME) == NOON + HOUR
    assert web3.eth.get_block("latest").timestamp == NOON + HOUR


def test_from_a_block_ahead_of_the_clock_time_goes_on_at_half_speed(web3, clock):
    clock.now += HOUR
    pay(web3)
    clock.now -= HOUR
    for seconds in range(600):  # under load too, a block each second
        clock.now = NOON + seconds
        pay(web3)
        assert web3.eth.get_block("latest").timestamp == NOON + HOUR + seconds // 2
    clock.now = NOON + 2 * HOUR - 2
    assert called(web3, RETURN_TIME) == NOON + 2 * HOUR - 1
    clock.now = NOON + 2 * HOUR
    assert called(web3, RETURN_TIME) == NOON + 2 * HOUR
    clock.now = NOON + 2 * HOUR + 10
    assert called(web3, RETURN_TIME) == NOON + 2 * HOUR + 10


def test_time_goes_on_from_when_the_chain_is_opened_with_its_head_ahead(directory, clock):
    with EmbeddedChain.create(directory, relay=RELAY.address, clock=clock) as chain:
        clock.now += HOUR
        pay(Web3(chain.provider))
    clock.now -= HOUR
    EmbeddedChain(directory, clock=clock).close()
    clock.now += 100
    with EmbeddedChain(directory, clock=clock, read_only=True) as chain:
        assert called(Web3(chain.provider), RETURN_TIME) == NOON + HOUR + 50


def test_a_clock_that_goes_back_twice_is_slewed_from_the_later_head(web3, clock):
    clock.now += HOUR
    pay(web3)
    clock.now -= HOUR
    pay(web3)
    clock.now += 3 * HOUR
    pay(web3)
    clock.now = NOON + 10
    pay(web3)
    clock.now += 100
    assert called(web3, RETURN_TIME) == NOON + 3 * HOUR + 50


def test_a_call_on_an_old_block_sees_its_state_and_its_time(web3, clock):
    pay(web3)
    clock.now += HOUR
    pay(web3)
    assert called(web3, RETURN_TIME, block=1) == NOON
    assert [web3.eth.get_balance(SHOP, block) for block in (0, 1, 2, "earliest")] == [0, 1, 2, 0]


# refusals


def test_two_chains_have_two_ids_that_contracts_see(web3, tmp_path):
    with EmbeddedChain.create(tmp_path / "other", relay=RELAY.address, sync=False) as other:
        ids = {web3.eth.chain_id, Web3(other.provider).eth.chain_id}
    assert len(ids) == 2
    assert all(0 < chain_id < 2**53 for chain_id in ids)
    assert called(web3, RETURN_CHAIN_ID) == web3.eth.chain_id


def test_a_reverting_transaction_is_answered_with_its_data_and_leaves_no_trace(chain, web3):
    raw = signed(web3, to="", data=REVERT_DEADBEEF).to_0x_hex()
    refusal = {"code": 3, "message": "execution reverted", "data": "0xdeadbeef"}
    assert answer(chain, "eth_sendRawTransaction", raw)["error"] == refusal
    assert answer(chain, "eth_call", {"data": REVERT_DEADBEEF})["error"] == refusal
    assert answer(chain, "eth_estimateGas", {"data": REVERT_DEADBEEF})["error"] == refusal
    assert web3.eth.block_number == 0
    assert web3.eth.get_transaction_count(RELAY.address) == 0
    pay(web3)
    with pytest.raises(ContractCustomError, match="0xdeadbeef"):
        web3.eth.call({"data": REVERT_DEADBEEF})


@pytest.mark.parametrize(
    "fields",
    [
        {"nonce": 1},
        {"chainId": 1},
        {"gas": 20_000},
        {"gas": 40_000_000},
        {"value": 10**30},
        {"to": "", "data": SPEND_ALL_GAS},
    ],
    ids=["nonce", "another chain", "too little gas", "too much gas", "funds", "failing"],
)
def test_an_impossible_transaction_is_refused(web3, fields):
    with pytest.raises(Web3RPCError, match="-32000"):
        pay(web3, **fields)
    assert web3.eth.block_number == 0
    assert web3.eth.get_transaction_count(RELAY.address) == 0


@pytest.mark.parametrize("position", range(0, 100, 9))
def test_a_damaged_transaction_does_not_pay(chain, web3, position):
    raw = bytearray(signed(web3, to=SHOP, value=1))
    raw[position] ^= 0x55
    sent = answer(chain, "eth_sendRawTransaction", "0x" + raw.hex())
    assert sent["error"]["code"] == -32000
    assert web3.eth.block_number == 0


def test_an_unknown_method_is_refused_as_nodes_do(chain):
    assert answer(chain, "eth_getLogs", {})["error"]["code"] == -32601


# looking up


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (0, {"gasPrice": 10**9}),
        (1, {"gasPrice": 10**9, "accessList": [{"address": SHOP, "storageKeys": [WORD]}]}),
        (2, {}),
    ],
)
def test_every_kind_of_transaction_is_taken_and_shown(web3, kind, fields):
    shown = web3.eth.get_transaction(pay(web3, **fields))
    assert (shown.type, shown["from"], shown.to, shown.value) == (kind, RELAY.address, SHOP, 1)
    assert (shown.chainId, shown.gasPrice) == (web3.eth.chain_id, 10**9)
    assert shown.get("accessList", []) == fields.get("accessList", [])


def test_code_and_storage_of_a_contract_are_shown(web3):
    coded = web3.eth.get_transaction_receipt(pay(web3, to="", value=0, data=RETURN_CHAIN_ID))
    assert int.from_bytes(web3.eth.get_code(coded.contractAddress)) == web3.eth.chain_id
    stored = web3.eth.get_transaction_receipt(pay(web3, to="", value=0, data=STORE_42_IN_SLOT_7))
    assert int.from_bytes(web3.eth.get_storage_at(stored.contractAddress, 7)) == 42
    assert web3.eth.get_code(SHOP) == b""


def test_web3_finds_gas_and_fees_by_itself(web3):
    gas = web3.eth.estimate_gas({"from": RELAY.address, "to": SHOP, "value": 1})
    fee = web3.eth.max_priority_fee + 2 * web3.eth.get_block("latest").baseFeePerGas
    pay(web3, gas=gas, maxFeePerGas=fee, maxPriorityFeePerGas=web3.eth.max_priority_fee)
    pay(web3, gasPrice=web3.eth.gas_price)
    assert web3.eth.block_number == 2


def test_transactions_receipts_and_blocks_are_found_by_hash(web3):
    paid = pay(web3)
    logged = pay(web3, to="", value=0, data=LOG_THE_TIME)
    assert web3.eth.get_transaction(paid).value == 1
    receipt = web3.eth.get_transaction_receipt(logged)
    assert (receipt.status, receipt.blockNumber, len(receipt.logs)) == (1, 2, 1)
    block = web3.eth.get_block(receipt.blockHash, full_transactions=True)
    assert block == web3.eth.get_block(2, full_transactions=True)
    assert block.transactions == [web3.eth.get_transaction(logged)]
    assert web3.eth.get_block(2).transactions == [logged]
    assert web3.eth.get_block_receipts(2) == [receipt]
    assert web3.eth.get_block_receipts(0) == []
    assert web3.eth.get_block("finalized") == web3.eth.get_block("safe") == web3.eth.get_block(2)
    assert web3.eth.get_block("pending").number == 3


def test_what_is_not_there_is_null(chain, web3):
    unknown = "0x" + "12" * 32
    assert answer(chain, "eth_getTransactionReceipt", unknown)["result"] is None
    assert answer(chain, "eth_getTransactionByHash", unknown)["result"] is None
    assert answer(chain, "eth_getBlockByHash", unknown, False)["result"] is None
    assert answer(chain, "eth_getBlockByNumber", "0x9", False)["result"] is None
    assert answer(chain, "eth_getBlockReceipts", "0x9")["result"] is None
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction_receipt(unknown)
