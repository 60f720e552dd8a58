"""For any scanned or typed input, a reader returns a value or raises its one error."""

import json
from pathlib import Path

import base45
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kindpakket.domain.letters import Letter, LetterUnreadable, read_letter
from kindpakket.protocol.codes import Card, CodeUnreadable, PaymentCode, read_card, read_code
from kindpakket.protocol.enrolment import (
    Invitation,
    InvitationUnreadable,
    RecoverySheet,
    RecoverySheetUnreadable,
    TillRequestUnreadable,
    make_till_request,
    read_invitation,
    read_recovery_sheet,
    read_till_request,
)
from kindpakket.protocol.messages import Domain, Spend

VECTORS = Path(__file__).parents[1] / "vectors"
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF = N // 2
ODD = 1 << 255
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
AS_READ = str.maketrans("OIL", "011")

modest = settings(max_examples=150, deadline=None)


def numbers(bits, least=0):
    return st.integers(least, 2**bits - 1)


addresses = st.binary(min_size=20, max_size=20).map(lambda data: "0x" + data.hex())
signatures = st.builds(
    lambda r, s, odd: r.to_bytes(32) + (s | odd).to_bytes(32),
    st.integers(1, N - 1),
    st.integers(1, HALF),
    st.sampled_from((0, ODD)),
)


@st.composite
def codes(draw):
    coupons = draw(st.lists(addresses, min_size=1, max_size=6, unique=True))
    signed = st.lists(signatures, min_size=len(coupons), max_size=len(coupons))
    head = [draw(numbers(bits)) for bits in (16, 32, 32, 40, 40)]
    return PaymentCode(Spend(*head, tuple(coupons)), tuple(draw(signed)))


cards = st.builds(Card, numbers(16, 1), st.integers(1, N - 1).map(lambda key: key.to_bytes(32)))
letters = st.builds(Letter, numbers(16, 1), st.binary(min_size=16, max_size=16))
invitations = st.builds(Invitation, numbers(32, 1), st.binary(min_size=16, max_size=16))
keys = st.integers(1, N - 1).map(lambda key: key.to_bytes(32))
recovery_sheets = st.builds(RecoverySheet, numbers(32, 1), keys)
LEDGER = Domain(131277322940537, "0xf2e246bb76df876cef8b38ae84130f4f55de395b")
till_requests = st.builds(make_till_request, numbers(32, 1), keys, numbers(40), st.just(LEDGER))


def unprefixed(text):
    return text.removeprefix("KP1:").removeprefix("KC1:").removeprefix("KT1:")


@st.composite
def changed(draw, texts):
    """A valid text with a character removed, inserted or replaced, or two swapped."""
    text = draw(texts)
    at = draw(st.integers(0, len(text) - 2))
    other = draw(st.one_of(st.sampled_from(text), st.sampled_from(" -:0OIl\n"), st.characters()))
    then = draw(
        st.sampled_from(
            (
                text[:at] + text[at + 1 :],
                text[:at] + other + text[at:],
                text[:at] + other + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                text + other,
                text[: at + 1],
            )
        )
    )
    assume(then != text)
    return text, then


@st.composite
def bit_flipped(draw, texts):
    """A valid base45 text, and the text of the same bytes with one bit changed."""
    text = draw(texts)
    body = unprefixed(text)
    data = bytearray(base45.b45decode(body))
    bit = draw(st.integers(0, len(data) * 8 - 1))
    data[bit // 8] ^= 1 << bit % 8
    return text, text.removesuffix(body) + base45.b45encode(bytes(data)).decode()


def read_or_none(read, error, text):
    try:
        return read(text)
    except error:
        return None


def code_or_none(text):
    return read_or_none(read_code, CodeUnreadable, text)


def card_or_none(text):
    return read_or_none(read_card, CodeUnreadable, text)


def letter_or_none(text):
    return read_or_none(read_letter, LetterUnreadable, text)


def invitation_or_none(text):
    return read_or_none(read_invitation, InvitationUnreadable, text)


def recovery_sheet_or_none(text):
    return read_or_none(read_recovery_sheet, RecoverySheetUnreadable, text)


def till_request_or_none(text):
    return read_or_none(lambda text: read_till_request(text, LEDGER), TillRequestUnreadable, text)


anything = st.one_of(
    st.text(st.characters()),
    st.text(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")),
    st.binary(max_size=120).map(lambda data: base45.b45encode(data).decode()),
    st.binary(min_size=34, max_size=34).map(lambda data: base45.b45encode(b"\1" + data).decode()),
    st.binary(min_size=104, max_size=104).map(
        lambda data: base45.b45encode(b"\1" + data[:20] + b"\1" + data[20:]).decode()
    ),
    st.binary(min_size=93, max_size=93).map(lambda data: base45.b45encode(b"\1" + data).decode()),
    *(st.text(st.sampled_from(ALPHABET), min_size=size, max_size=size) for size in (36, 39, 64)),
)
prefixes = st.sampled_from(("", "KP1:", "KC1:", "KT1:", "KL1.", "KI1.", "KR1."))


@modest
@given(prefixes, anything)
def test_any_text_is_a_value_or_the_one_error(prefix, text):
    for read in (code_or_none, card_or_none, till_request_or_none):
        value = read(prefix + text)
        assert value is None or value.text == prefix + text
    for read in (letter_or_none, invitation_or_none, recovery_sheet_or_none):
        value = read(prefix + text)
        assert value is None or value.text == as_read(prefix + text)


def as_read(text):
    return text.upper().translate(AS_READ).translate({ord(mark): None for mark in " -\t\n\v\f\r"})


@modest
@given(codes())
def test_reading_a_code_gives_back_what_was_written(code):
    assert read_code(code.text) == code


@modest
@given(cards)
def test_reading_a_card_gives_back_what_was_written(card):
    assert read_card(card.text) == card


@modest
@given(letters)
def test_reading_a_letter_gives_back_what_was_written(letter):
    assert read_letter(letter.text) == letter
    assert read_letter(letter.grouped.lower()) == letter


@modest
@given(invitations)
def test_reading_an_invitation_gives_back_what_was_written(invitation):
    assert read_invitation(invitation.text) == invitation


@modest
@given(recovery_sheets)
def test_reading_a_recovery_sheet_gives_back_what_was_written(sheet):
    assert read_recovery_sheet(sheet.text) == sheet
    assert read_recovery_sheet(sheet.grouped.lower()) == sheet


@modest
@given(till_requests)
def test_reading_a_till_request_gives_back_what_was_written(request):
    assert read_till_request(request.text, LEDGER) == request


@modest
@given(
    st.one_of(
        changed(till_requests.map(lambda request: request.text)),
        bit_flipped(till_requests.map(lambda request: request.text)),
    )
)
def test_no_other_text_is_a_till_request(texts):
    assert till_request_or_none(texts[1]) is None


@modest
@given(changed(invitations.map(lambda invitation: invitation.text)))
def test_a_slip_in_an_invitation_is_harmless_or_seen(texts):
    text, slip = texts
    assert invitation_or_none(slip) in (None, read_invitation(text))


@modest
@given(changed(recovery_sheets.map(lambda sheet: sheet.text)))
def test_a_slip_in_a_recovery_sheet_is_harmless_or_seen(texts):
    text, slip = texts
    assert recovery_sheet_or_none(slip) in (None, read_recovery_sheet(text))


@modest
@given(changed(codes().map(lambda code: code.text)))
def test_no_other_text_is_the_same_code(texts):
    text, other = texts
    assert code_or_none(other) != read_code(text)


@modest
@given(bit_flipped(codes().map(lambda code: code.text)))
def test_a_code_with_a_bit_flipped_is_not_the_same_code(texts):
    text, other = texts
    assert code_or_none(other) != read_code(text)


@modest
@given(st.one_of(changed(cards.map(lambda c: c.text)), bit_flipped(cards.map(lambda c: c.text))))
def test_no_other_text_is_the_same_card(texts):
    text, other = texts
    assert card_or_none(other) != read_card(text)


@modest
@given(changed(letters.map(lambda letter: letter.text)))
def test_a_slip_in_a_letter_is_harmless_or_seen(texts):
    text, slip = texts
    assert letter_or_none(slip) in (None, read_letter(text))
    if as_read(slip) != text:
        assert letter_or_none(slip) is None


def test_no_single_wrong_character_makes_another_letter():
    for vector in json.loads((VECTORS / "letters.json").read_text()):
        text = vector["text"]
        slips = [
            text[:place] + character + text[place + 1 :]
            for place in range(36)
            for character in ALPHABET
            if character != text[place]
        ]
        assert len(slips) == 36 * 31
        assert not [slip for slip in slips if letter_or_none(slip)]
