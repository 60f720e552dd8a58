"""What a wallet reads: files of a scheme that are the same for everybody."""

import httpx2
import pytest
from sqlalchemy import Engine, event

from kindpakket.actors import API
from kindpakket.cli.wallet import open_letter
from kindpakket.domain.ids import Address, Hash
from kindpakket.domain.letters import Letter
from kindpakket.domain.times import utc_day_of
from kindpakket.protocol.change_files import (
    ChangeFile,
    FileUnreadable,
    Span,
    read_changes,
    read_coupons,
)
from kindpakket.protocol.changes import ENTRY_BYTES, CouponChange, Kind
from kindpakket.protocol.keys import coupon_address, coupon_key
from kindpakket.protocol.letter_reader import HeldCoupon, LetterReader
from tests.support.messages import coupons
from tests.support.problems import mistakes, problem
from tests.support.proofs import proof_of
from tests.support.town import BICYCLES, LETTERS, SCHEME, SITE, START, VALUES, Town, till_of

NINE = START + 3_600
"""The time at the start of each test: 15 January 2027, 09:00 in UTC."""
TODAY, TOMORROW, MONTH = "days/2027-01-15", "days/2027-01-16", "months/2027-01"
DAY_SECONDS = 86_400
HEADER_BYTES = 42
(FIRST,) = coupons(0)


def ask(town: Town, file: str, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return town.http.get(f"{API}/schemes/{SCHEME}/{file}", headers=named)


def content(town: Town, file: str) -> bytes:
    return town.api.get_file(f"/schemes/{SCHEME}/{file}")


def read(town: Town, file: str) -> ChangeFile:
    day = utc_day_of(town.now())
    span = Span.of_day(day) if file.startswith("days") else Span.of_month(day)
    return read_changes(content(town, file), SCHEME, span)


def held(town: Town, letter: Letter = LETTERS[0]) -> list[HeldCoupon]:
    """What a letter holds, by the files of the month."""
    reader = LetterReader(letter, read_coupons(content(town, "coupons"), SCHEME))
    reader.read(read(town, MONTH))
    return reader.coupons


def pay(town: Town, amount: int, *numbers: int) -> Hash:
    code = town.code(amount, coupons=numbers or (0,))
    return Hash(town.api.pay(till_of(BICYCLES), code, amount)["id"])


def count_statements(town: Town) -> int:
    """The number of statements with which the views catch up."""
    executed = []

    def count(*_args: object) -> None:
        executed.append(1)

    event.listen(Engine, "before_cursor_execute", count)
    town.workspace.context.projection.catch_up()
    event.remove(Engine, "before_cursor_execute", count)
    return len(executed)


def start_of(text: Hash | Address) -> bytes:
    return bytes.fromhex(text[2:])[:7]


# the coupons file


def test_the_coupons_file_has_every_issued_coupon_with_its_value(town: Town) -> None:
    issued = read_coupons(content(town, "coupons"), SCHEME)
    assert f"{issued.first_day}" == "2027-01-15"
    assert issued.coupons == {
        start_of(coupon_address(letter, 0, index))[:6]: value
        for letter in LETTERS
        for index, value in enumerate(VALUES)
    }


def test_coupons_of_a_second_issue_are_merged_in_order(town: Town) -> None:
    first = content(town, "coupons")
    more = ["0x" + "01" * 20, "0x" + "ff" * 20, "0x" + "77" * 20]
    town.decide("issue", SCHEME, 1_000, more)
    both = read_coupons(content(town, "coupons"), SCHEME).coupons
    assert both == read_coupons(first, SCHEME).coupons | {
        bytes.fromhex(address[2:])[:6]: 1_000 for address in more
    }


def test_moves_change_nothing_in_the_coupons_file(town: Town) -> None:
    before = content(town, "coupons")
    for generation in range(3):
        old, new = (coupons(0, 1, 2, generation=each) for each in (generation, generation + 1))
        town.clock.time += 1
        town.api.move(SCHEME, old, new, town.now())
    assert content(town, "coupons") == before


# changes


def test_a_payment_is_told_to_each_coupon_of_the_bundle(town: Town) -> None:
    payment = pay(town, 12_000, 0, 1)
    paid = (BICYCLES, 12_000), (NINE + 1, NINE + 1, start_of(payment))
    first, second, third, *_ = held(town)
    assert (first.remaining, first.last_nonce) == (0, NINE + 1)
    assert first.changes == (CouponChange(Kind.PAID, *paid[0], 10_000, *paid[1]),)
    assert (second.remaining, second.last_nonce) == (8_000, NINE + 1)
    assert second.changes == (CouponChange(Kind.PAID, *paid[0], 2_000, *paid[1]),)
    assert (third.remaining, third.last_nonce, third.changes) == (5_000, 0, ())


def test_the_holder_reads_the_proof_code_of_a_payment(town: Town) -> None:
    payment = pay(town, 4_250)
    (change,) = held(town)[0].changes
    told = Hash(f"0x{change.id.hex()}{'00' * 25}")
    assert proof_of(told) == proof_of(payment)


def test_a_coupon_from_which_nothing_was_taken_is_told_its_nonce(town: Town) -> None:
    pay(town, 100, 0, 1)
    second = held(town)[1]
    assert (second.remaining, second.last_nonce) == (10_000, NINE + 1)
    assert second.changes[0].debit == 0


def test_a_refund_is_told_to_the_coupon_that_gets_it(town: Town) -> None:
    payment = pay(town, 12_000, 0, 1)
    town.clock.time += 60
    town.api.refund(till_of(BICYCLES), payment, 11_000, town.now())
    first, second, *_ = held(town)
    assert first.remaining == 11_000, "more than it was issued with"
    assert first.changes[1] == CouponChange(
        Kind.REFUNDED, BICYCLES, 11_000, 0, 0, NINE + 61, start_of(payment)
    )
    assert second.remaining == 8_000


def test_a_move_is_told_with_its_target_and_a_refund_follows(town: Town) -> None:
    payment = pay(town, 4_250)
    (fresh,) = coupons(0, generation=1)
    town.api.move(SCHEME, [FIRST], [fresh], NINE + 10)
    town.api.refund(till_of(BICYCLES), payment, 1_000, town.now())
    old, new, *_ = held(town)
    target = start_of(coupon_address(LETTERS[0], 1, 0))
    assert (old.remaining, old.last_nonce, old.moved) == (0, NINE + 10, True)
    assert old.changes[1] == CouponChange(Kind.MOVED, 0, 5_750, 5_750, NINE + 10, NINE + 1, target)
    assert (new.generation, new.remaining, new.last_nonce) == (1, 6_750, 0)


def test_a_coupon_that_was_given_back_is_empty(town: Town) -> None:
    town.api.move(SCHEME, [FIRST], [], NINE + 10)
    first, second, *_ = held(town)
    assert (first.remaining, first.moved, first.changes[0].id) == (0, True, bytes(7))
    assert second.index == 1


def test_a_blank_letter_reads_what_moves_put_on_it(town: Town) -> None:
    blank = Letter(SCHEME, b"\x99" * 16)
    payment = pay(town, 4_250)
    assert held(town, blank) == []
    for index in (2, 0):
        town.clock.time += 1
        target = [coupon_key(blank, 0, index)]
        town.api.move(SCHEME, coupons(index), target, town.now())
    town.api.refund(till_of(BICYCLES), payment, 1_000, town.now())
    assert [(each.index, each.remaining) for each in held(town, blank)] == [(0, 6_750), (2, 5_000)]
    assert held(town)[0].moved
    opened = open_letter(town.api, blank, town.now())
    assert [(each.index, each.generation) for each in opened] == [(0, 0), (2, 0)]


def test_a_move_is_told_to_both_coupons_and_to_nobody_when_it_gives_back(town: Town) -> None:
    town.api.move(SCHEME, [FIRST], coupons(0, generation=1), NINE + 10)
    town.api.move(SCHEME, coupons(1), [], NINE + 11)
    assert [len(group.entries) for group in read(town, TODAY).groups] == [2, 1]


def test_a_wallet_reads_the_newest_generation_of_each_coupon(town: Town) -> None:
    pay(town, 4_250)
    town.api.move(SCHEME, coupons(0, 1), coupons(0, 1, generation=1), NINE + 10)
    opened = open_letter(town.api, LETTERS[0], town.now())
    assert [(each.index, each.generation, each.remaining) for each in opened] == [
        (0, 1, 5_750),
        (1, 1, 10_000),
        (2, 0, 5_000),
        (3, 0, 2_000),
        (4, 0, 2_000),
        (5, 0, 1_000),
    ]


def test_every_letter_asks_for_the_same(town: Town) -> None:
    pay(town, 4_250)
    town.api.move(SCHEME, coupons(0, 1), coupons(0, 1, generation=1), NINE + 10)
    town.clock.time += 20 * DAY_SECONDS
    pay(town, 100, 2)
    asked: list[list[tuple[str, list[tuple[bytes, bytes]]]]] = []
    sent = town.http.event_hooks["request"]
    sent.append(lambda each: asked[-1].append((str(each.url), sorted(each.headers.raw))))
    for letter in (*LETTERS, Letter(SCHEME, b"\x99" * 16)):
        asked.append([])
        open_letter(town.api, letter, town.now())
    assert [url.removeprefix(f"{SITE}{API}/schemes/1/") for url, _ in asked[0]] == [
        "coupons",
        "months/2027-01",
        "months/2027-02",
    ]
    assert asked == [asked[0]] * 4


def test_other_letters_read_nothing_of_it(town: Town) -> None:
    pay(town, 4_250)
    assert all(coupon.changes == () for coupon in held(town, LETTERS[1]))


def test_a_month_holds_the_groups_of_its_days_in_order(town: Town) -> None:
    pay(town, 1_000)
    first = content(town, TODAY)[HEADER_BYTES:]
    town.clock.time += DAY_SECONDS
    pay(town, 1_000)
    pay(town, 1_000, 1)
    second = content(town, TOMORROW)[HEADER_BYTES:]
    assert content(town, MONTH)[HEADER_BYTES:] == first + second
    assert [coupon.remaining for coupon in held(town)[:2]] == [8_000, 9_000]


def test_entries_are_counted_anew_each_month(town: Town) -> None:
    pay(town, 1_000)
    january = read(town, MONTH)
    town.clock.time += 20 * DAY_SECONDS
    pay(town, 2_000)
    february = read(town, "months/2027-02")
    assert january.public_key != february.public_key
    reader = LetterReader(LETTERS[0], read_coupons(content(town, "coupons"), SCHEME))
    reader.read(january)
    reader.read(february)
    assert reader.coupons[0].remaining == 7_000
    assert open_letter(town.api, LETTERS[0], town.now())[0].remaining == 7_000


def test_schemes_have_files_of_their_own(town: Town) -> None:
    town.decide("openScheme", 2, START, START + 1, 1, 0)
    town.decide("fund", 2, 1_000)
    town.decide("issue", 2, 500, ["0x" + "77" * 20])
    pay(town, 1_000)
    other = town.api.get_file(f"/schemes/2/{TODAY}")
    assert read_changes(other, 2, Span.of_day(utc_day_of(NINE))).groups == ()
    assert read_coupons(town.api.get_file("/schemes/2/coupons"), 2).coupons == {b"\x77" * 6: 500}
    assert len(read(town, TODAY).groups) == 1
    with pytest.raises(FileUnreadable):
        read_changes(other, SCHEME, Span.of_day(utc_day_of(NINE)))


def test_forty_payments_of_a_cent_cost_forty_entries(town: Town) -> None:
    statements = []
    for _ in range(40):
        pay(town, 1)
        statements.append(count_statements(town))
    assert len(set(statements[1:])) == 1 < statements[1], "each takes as many as the one before"
    file = content(town, TODAY)
    groups = read(town, TODAY).groups
    assert [len(group.entries) for group in groups] == [1] * 40
    assert len(file) == HEADER_BYTES + 40 * (6 + ENTRY_BYTES)
    assert held(town)[0].remaining == 9_960


# files


def test_a_file_only_grows_while_it_lasts_and_ends_once(town: Town) -> None:
    sizes = []
    last = b""
    for seconds in (0, 60, 3_600, DAY_SECONDS, DAY_SECONDS):
        town.clock.time += seconds
        pay(town, 100)
        file = content(town, TODAY)
        assert file.startswith(last)
        last = file
        sizes.append(len(file) - HEADER_BYTES)
    entry = 6 + ENTRY_BYTES
    assert sizes == [entry, 2 * entry, 3 * entry, 3 * entry + 6, 3 * entry + 6]


def test_a_file_that_is_over_may_be_kept_forever(town: Town) -> None:
    pay(town, 100)
    assert ask(town, TODAY).headers["cache-control"] == "no-store"
    assert ask(town, "coupons").headers["cache-control"] == "no-store"
    town.clock.time += DAY_SECONDS
    pay(town, 100)
    assert ask(town, TODAY).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert ask(town, MONTH).headers["cache-control"] == "no-store"


def test_a_day_is_over_only_with_a_block_after_it(town: Town) -> None:
    pay(town, 100)
    before = content(town, TODAY)
    town.clock.time += DAY_SECONDS
    assert content(town, TODAY) == before
    assert len(content(town, TOMORROW)) == HEADER_BYTES


@pytest.mark.parametrize("file", ["coupons", TODAY, MONTH])
def test_a_file_that_did_not_change_is_not_sent_again(town: Town, file: str) -> None:
    whole = ask(town, file)
    etag = whole.headers["etag"]
    assert etag.startswith('"'), "a strong one"
    assert whole.headers["content-type"] == "application/octet-stream"
    for asked in (etag, f'"other", W/{etag}', "*"):
        again = ask(town, file, If_None_Match=asked, Range="bytes=3-")
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert ask(town, file, If_None_Match='"other"').content == whole.content


def test_the_rest_of_a_file_is_asked_for_from_a_byte(town: Town) -> None:
    pay(town, 100)
    known = content(town, TODAY)
    pay(town, 100)
    rest = ask(town, TODAY, Range=f"bytes={len(known)}-")
    whole = content(town, TODAY)
    size = len(whole)
    assert rest.status_code == 206
    assert known + rest.content == whole
    assert rest.headers["content-range"] == f"bytes {len(known)}-{size - 1}/{size}"
    assert rest.headers["etag"] == ask(town, TODAY).headers["etag"]
    for first in (size, size + 1, 10**14):
        after = ask(town, TODAY, Range=f"bytes={first}-")
        problem(after, 416, "request_invalid")
        assert after.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "header",
    [
        "bytes=0-5",
        "bytes=-5",
        "bytes=5-,7-",
        "bytes=1-1,2-2,3-3",
        "bytes=-",
        "bytes=",
        "bytes= 5-",
        "bytes=+5-",
        "bytes=" + "9" * 16 + "-",
        "bytes=" + "9" * 9_000 + "-",
        "bytes=0x5-",
        "Bytes=5-",
        "lines=5-",
        "5-",
        "",
    ],
)
def test_any_other_range_is_ignored(town: Town, header: str) -> None:
    answer = ask(town, TODAY, Range=header)
    assert (answer.status_code, answer.content) == (200, content(town, TODAY))


def test_a_range_of_a_file_that_changed_is_the_whole_file(town: Town) -> None:
    old = ask(town, TODAY).headers["etag"]
    assert ask(town, TODAY, Range="bytes=5-", If_Range=old).status_code == 206
    pay(town, 100)
    changed = ask(town, TODAY, Range="bytes=5-", If_Range=old)
    assert (changed.status_code, changed.content) == (200, content(town, TODAY))


def test_everybody_gets_the_same_bytes(town: Town) -> None:
    pay(town, 100)
    for file in ("coupons", TODAY, MONTH):
        plain = ask(town, file)
        packed = ask(town, file, Accept_Encoding="gzip", Accept_Language="en", Cookie="a=b")
        assert packed.content == plain.content
        assert "content-encoding" not in packed.headers
        assert "set-cookie" not in packed.headers


def test_a_large_file_is_not_compressed(town: Town) -> None:
    for _ in range(70):
        pay(town, 1)
    answer = ask(town, TODAY, Accept_Encoding="gzip")
    assert len(answer.content) > 4_096
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    "file",
    [
        "days/2027-01-14",
        "days/2027-01-16",
        "days/0001-01-01",
        "days/9999-12-31",
        "months/2026-12",
        "months/2027-02",
        "months/1000-01",
        "months/9999-12",
    ],
)
def test_there_are_no_files_before_the_first_issue_and_after_now(town: Town, file: str) -> None:
    problem(ask(town, file), 404, "not_found")


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("days/2027-02-29", "day"),
        ("days/2027-1-15", "day"),
        ("days/0000-01-01", "day"),
        ("days/1800000000", "day"),
        ("days/2027-01-15T00:00", "day"),
        ("days/today", "day"),
        ("days/2027-01-1５", "day"),
        ("months/2027-13", "month"),
        ("months/2027-00", "month"),
        ("months/0001-01", "month"),
        ("months/2027-01-15", "month"),
        ("months/202701", "month"),
    ],
)
def test_what_is_no_date_is_refused(town: Town, file: str, field: str) -> None:
    answer = ask(town, file)
    problem(answer, 400, "request_invalid")
    assert [*mistakes(answer)] == [field]


def test_a_scheme_without_coupons_has_no_files(town: Town) -> None:
    town.decide("openScheme", 2, START, START + 1, 1, 0)
    for file in ("coupons", TODAY, MONTH):
        problem(town.http.get(f"{API}/schemes/2/{file}"), 404, "not_found")


@pytest.mark.parametrize("scheme", [0, 9, 65_536, 10**20])
def test_a_scheme_that_is_unknown_has_no_files(town: Town, scheme: int) -> None:
    for file in ("coupons", TODAY, MONTH):
        problem(town.http.get(f"{API}/schemes/{scheme}/{file}"), 404, "scheme_unknown")
