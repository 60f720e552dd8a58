"""Sealed changes and files of changes, with the vectors shared with TypeScript; and what a reader
does with files of a dishonest server."""

from datetime import date

import pytest
from coincurve import PrivateKey

from kindpakket.domain.letters import read_letter
from kindpakket.protocol.change_files import (
    FileUnreadable,
    Span,
    read_changes,
    read_coupons,
    write_end,
    write_groups,
    write_header,
)
from kindpakket.protocol.changes import ENTRY_BYTES, Channel, CouponChange, Kind, MonthKeys
from kindpakket.protocol.letter_reader import HeldCoupon, LetterReader
from kindpakket.protocol.messages import Domain
from tests.protocol.test_vectors import raw, vectors

FILES = vectors("change_files")


def change_of(vector):
    return CouponChange(**vector | {"kind": Kind(vector["kind"]), "id": raw(vector["id"])})


def span_of(name):
    return Span.of_day(date.fromisoformat(name)) if len(name) == 10 else month_of(name)


def month_of(name):
    return Span.of_month(date.fromisoformat(f"{name}-01"))


def held_of(vector):
    changes = tuple(map(change_of, vector["changes"]))
    places = (vector["index"], vector["generation"], vector["remaining"], vector["lastNonce"])
    return (*places, vector["moved"], changes)


def told(coupon: HeldCoupon):
    places = (coupon.index, coupon.generation, coupon.remaining, coupon.last_nonce)
    return (*places, coupon.moved, coupon.changes)


@pytest.mark.parametrize("vector", vectors("changes"))
def test_a_month_has_this_key(vector):
    keys = MonthKeys(raw(vector["secret"]), Domain(vector["chainId"], vector["contract"]))
    assert keys.key(vector["scheme"], vector["month"]) == raw(vector["monthKey"])
    assert keys.public(vector["scheme"], vector["month"]) == raw(vector["monthPublicKey"])


@pytest.mark.parametrize("vector", vectors("changes"))
def test_a_change_is_sealed_by_the_server_and_opened_by_the_holder(vector):
    change, number, month = change_of(vector["change"]), vector["number"], vector["month"]
    server = Channel(raw(vector["monthKey"]), raw(vector["couponPublicKey"]), month)
    holder = Channel(raw(vector["couponKey"]), raw(vector["monthPublicKey"]), month)
    entry = raw(vector["entry"])
    assert server.seal(number, change) == entry
    assert len(entry) == ENTRY_BYTES
    assert holder.tag(number) == entry[:8]
    assert holder.open(number, entry) == change


@pytest.mark.parametrize("vector", vectors("changes"))
def test_nobody_else_opens_a_change(vector):
    entry, number = raw(vector["entry"]), vector["number"]
    stranger = Channel(b"\x07" * 32, raw(vector["monthPublicKey"]), vector["month"])
    assert stranger.open(number, entry) is None
    holder = Channel(raw(vector["couponKey"]), raw(vector["monthPublicKey"]), vector["month"])
    assert holder.open(number ^ 1, entry) is None
    for place in (8, 39, 40, 55):
        changed = bytearray(entry)
        changed[place] ^= 1
        assert holder.open(number, bytes(changed)) is None


@pytest.mark.parametrize("vector", FILES, ids=lambda vector: vector["about"])
def test_a_letter_holds_this_after_these_files(vector):
    letter = read_letter(vector["letter"])
    reader = LetterReader(letter, read_coupons(raw(vector["couponsFile"]), letter.scheme))
    *accepted, last = vector["files"]
    for file in accepted:
        reader.read(read_changes(raw(file["bytes"]), letter.scheme, span_of(file["span"])))
    if vector["refused"]:
        with pytest.raises(FileUnreadable):
            reader.read(read_changes(raw(last["bytes"]), letter.scheme, span_of(last["span"])))
    else:
        reader.read(read_changes(raw(last["bytes"]), letter.scheme, span_of(last["span"])))
    assert [told(coupon) for coupon in reader.coupons] == list(map(held_of, vector["coupons"]))


@pytest.mark.parametrize("vector", vectors("coupon_files"), ids=lambda vector: vector["about"])
def test_a_coupons_file_tells_these_values(vector):
    data = raw(vector["bytes"])
    if vector["coupons"] is None:
        with pytest.raises(FileUnreadable):
            read_coupons(data, vector["scheme"])
    else:
        issued = read_coupons(data, vector["scheme"])
        assert issued.first_day == date(2027, 1, 28)
        assert issued.coupons == {raw(key): value for key, value in vector["coupons"].items()}


def test_a_file_cut_anywhere_is_refused_or_shows_what_was_so_until_then():
    (vector,) = [each for each in FILES if each["about"].startswith("coupons that were moved")]
    letter = read_letter(vector["letter"])
    issued = read_coupons(raw(vector["couponsFile"]), letter.scheme)
    (file,) = vector["files"]
    data, amounts = raw(file["bytes"]), set()
    for length in range(len(data) + 1):
        reader = LetterReader(letter, issued)
        try:
            reader.read(read_changes(data[:length], letter.scheme, span_of(file["span"])))
        except FileUnreadable:
            continue
        amounts.add(sum(coupon.remaining for coupon in reader.coupons))
    # € 160 at first; moved; € 10 paid; moved; € 5 back
    assert amounts == {16_000, 15_000, 15_500}


def test_more_changes_than_fit_a_group_make_several():
    month = month_of("2027-01")
    many = [number.to_bytes(ENTRY_BYTES) for number in range(2**16 + 10)]
    header = write_header(1, month, PrivateKey(b"\x05" * 32).public_key.format())
    data = header + write_groups(month.first + 61, reversed(many)) + write_end(month)
    file = read_changes(data, 1, month)
    assert [len(group.entries) for group in file.groups] == [2**16 - 1, 11]
    assert [entry for group in file.groups for entry in group.entries] == many
    assert file.over


def test_a_month_ends_with_its_last_second():
    assert month_of("2027-02").last + 1 == month_of("2027-03").first
    assert month_of("2028-02").last - month_of("2028-02").first == 29 * 86_400 - 1
    assert span_of("2027-12-31").last == month_of("2027-12").last
