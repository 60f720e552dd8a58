"""Every refusal, error and governed function has its texts, everywhere it is shown."""

import re
from pathlib import Path

import pytest

from kindpakket.domain import capacities, categories
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.refusals import DUTCH, ENGLISH, Code
from kindpakket.ledger.abi import ABI, FUNCTIONS
from kindpakket.ledger.reverts import CODES

ROOT = Path(__file__).parents[2]
PROTOCOL = "".join((ROOT / "docs" / name).read_text() for name in ("protocol.md", "http.md"))
INTERFACE = (ROOT / "contracts/interfaces/IVoucherLedger.sol").read_text()

ERRORS = dict(re.findall(r"^    error (\w+)\((.*)\);", INTERFACE, re.MULTILINE))
EVENTS = re.findall(r"^    event (\w+)\(", INTERFACE, re.MULTILINE)
_SECTION = INTERFACE.partition("governed, called by execute only")[2].partition("- views")[0]
GOVERNED = re.findall(r"^    function (\w+)\(", _SECTION, re.MULTILINE)
BALANCE = re.compile(r"€|saldo|balance|\d")


def _table(heading: str) -> dict[str, list[str]]:
    """Return the rows of the first table after a text, by their first cell."""
    lines = PROTOCOL.partition(heading)[2].splitlines()[1:]
    rows: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("| `"):
            first, *rest = (cell.strip().strip("`") for cell in line.strip("|").split("|"))
            rows[first.strip("` ")] = rest
        elif rows:
            break
    return rows


CODE_TABLE = _table("| code | status | in English |")
ERROR_TABLE = _table("| error | code |")


def test_the_lists_are_not_empty() -> None:
    assert len(ERRORS) > 30
    assert len(EVENTS) > 10
    assert len(GOVERNED) == 11


@pytest.mark.parametrize("code", Code)
def test_each_code_reads_in_dutch_and_english(code: Code) -> None:
    for sentence in (*DUTCH[code], *ENGLISH[code]):
        assert re.fullmatch(r"[A-Z][^\n]*\.|[A-Z][^\n]*\?[^\n]*\.", sentence), sentence
        assert not BALANCE.search(sentence), sentence


def test_every_code_and_no_other_has_a_text() -> None:
    assert set(DUTCH) == set(ENGLISH) == set(Code)


def test_each_code_is_in_the_protocol() -> None:
    assert {code: row[1] for code, row in CODE_TABLE.items()} == {
        code.value: title for code, (title, _) in ENGLISH.items()
    }


def test_each_error_has_a_code() -> None:
    besides = {"", "FailedCall", "OutOfGas"}  # without an error of the contract
    assert set(CODES) - besides == set(ERRORS)


def test_each_error_is_in_the_protocol_with_its_code() -> None:
    told = {name.partition("(")[0]: row[0].strip("`") for name, row in ERROR_TABLE.items()}
    of_ours = {name: told.get(name) for name in ERRORS}
    answered = {"AlreadyPaid", "AlreadyRefunded"}  # by the payment or the refund itself
    assert {name for name, code in of_ours.items() if code is None} == set()
    assert {name: code for name, code in of_ours.items() if name not in answered} == {
        name: CODES[name].value for name in ERRORS if name not in answered
    }


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_is_in_the_protocol_with_its_numbers(name: str) -> None:
    assert f"`{name}({ERRORS[name]})`" in PROTOCOL


def _declared(name: str) -> str:
    kinds = ", ".join(f"{item['type']} {item['name']}" for item in FUNCTIONS[name].inputs)
    return f"{name}({kinds})"


@pytest.mark.parametrize("name", GOVERNED)
def test_each_governed_function_is_in_the_protocol_with_its_types(name: str) -> None:
    assert f"`{_declared(name)}`" in PROTOCOL


def test_each_governed_function_has_one_capacity() -> None:
    table = _capacities()
    assert [name for name, _, _ in table] == [capacity.name for capacity in Capacity]
    assert [int(bit) for _, bit, _ in table] == [capacity.value for capacity in Capacity]
    asked = {
        function: Capacity[name]
        for name, _, functions in table
        for function in re.findall(r"`(\w+)`", functions)
    }
    assert asked == capacities.GOVERNED
    assert set(asked) == set(GOVERNED)


def _capacities() -> list[tuple[str, str, str]]:
    return re.findall(r"^\| ([A-Z]+) \| (\d+) \| (.*) \|$", PROTOCOL, re.MULTILINE)


@pytest.mark.parametrize("item", [item for item in ABI if item["type"] in ("function", "event")])
def test_each_function_and_event_is_in_the_protocol(item: dict[str, str]) -> None:
    if item["name"] != "EIP712DomainChanged":  # OpenZeppelin declares it and nothing emits it
        assert re.search(rf"\b{item['name']}\b", PROTOCOL), item["name"]


def test_the_category_table_is_only_added_to() -> None:
    """Rules on a ledger refer to these rows: append new ones, here too."""
    rows = "".join(f"{row.bit} {row.sbi} {row.name}\n" for row in categories.TABLE)
    assert rows.startswith(
        """\
0 47641 bicycles
1 47643 sports
2 47714 childrens_clothing
3 47713 clothing
4 4772 shoes
5 4761 books
6 4765 toys
7 4762 stationery
8 47594 musical_instruments
9 4741 computers
10 8551 sports_lessons
11 85521 dance_lessons
12 85522 arts_lessons
13 93111 swimming_pools
14 9312 outdoor_sports
15 4711 supermarkets
16 4725 off_licences
17 4726 tobacco
18 9200 gambling
19 4779 second_hand
"""
    )
