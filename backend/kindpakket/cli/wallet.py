"""The coupons of a letter, with what remains on them."""

from collections.abc import Iterator
from datetime import date

from kindpakket.actors import Api
from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Code, Refusal
from kindpakket.domain.times import utc_day_of
from kindpakket.domain.wallet import Coupon
from kindpakket.protocol.change_files import Span, read_changes, read_coupons
from kindpakket.protocol.letter_reader import LetterReader


def open_letter(api: Api, letter: Letter, now: int) -> list[Coupon]:
    """Return the coupons of a letter, each in the newest generation on the ledger.

    Reads the files that are the same for everybody, so the server cannot tell which coupons are
    meant.

    Args:
        now: the ledger's time, in unix seconds.

    Raises:
        Refusal: there is no such scheme.
        FileUnreadable: the server's files are wrong.
    """
    files = f"/schemes/{letter.scheme}"
    try:
        issued = read_coupons(api.get_file(f"{files}/coupons"), letter.scheme)
    except Refusal as refusal:
        if refusal.code == Code.NOT_FOUND:
            return []
        raise
    reader = LetterReader(letter, issued)
    for month in _months(issued.first_day, utc_day_of(now)):
        data = api.get_file(f"{files}/months/{month:%Y-%m}")
        reader.read(read_changes(data, letter.scheme, Span.of_month(month)))
    newest = {held.index: held for held in reader.coupons}
    return [
        Coupon(held.index, held.generation, held.remaining, held.last_nonce)
        for _, held in sorted(newest.items())
    ]


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
