"""The check that reads the logs of the policy tests detects planted secrets."""

from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from tests.support.logs import found_in
from tests.support.town import EVERYTHING, LETTERS, Town


def test_what_must_not_be_in_a_log_would_be_found(town: Town) -> None:
    letter = LETTERS[0]
    for secret in (
        EVERYTHING[0].hex(),
        town.code(1_00),
        letter.text,
        letter.text.replace("-", ""),
        address_of(coupon_key(letter, 0, 0)),
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "DE89370400440532013000",
        "/api/v1/shops?scheme=1",
        "127.0.0.1",
    ):
        assert found_in(f'{{"event": "x {secret}"}}'), secret


def test_the_line_of_a_request_has_nothing_of_that() -> None:
    line = (
        '{"method": "GET", "route": "/api/v1/payments/{payment}", "status": 404, "ms": 3.4, '
        '"event": "request", "request": "90abcdef01234567", "level": "info", '
        '"timestamp": "2027-01-15T08:00:01.123456Z"}'
    )
    assert found_in(line) == []
