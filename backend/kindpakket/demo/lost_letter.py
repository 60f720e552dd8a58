"""A run as a browser makes it, with sealed letters, and the replacement of one that was lost."""

import secrets
from collections.abc import Sequence
from typing import cast

from pyrage import x25519

from kindpakket.demo import places
from kindpakket.demo.founding import Founding
from kindpakket.demo.wallet import Wallet
from kindpakket.domain.capacities import Capacity
from kindpakket.domain.letters import Letter
from kindpakket.protocol.keys import coupon_key
from kindpakket.protocol.signatures import address_of
from kindpakket.services.letters.generate import make_run, seal
from kindpakket.services.letters.orders import BegunRun, begin_run, find_begun
from kindpakket.services.letters.runs import prepare_run, record_blank_run
from kindpakket.services.letters.sealed_letters import BlankRun, SealedRun
from kindpakket.services.lost_letters.opened_letters import FILE_KEY_BYTES, finish, hand_in_opened
from kindpakket.services.lost_letters.privacy_officers import PLACES, name_officer, new_officer
from kindpakket.services.lost_letters.replacements import new_replacement, order_replacement

WHY_REPLACED = "Brief en telefoon kwijt bij een verhuizing."
_BLANKS = 10


def name_privacy_officers(founding: Founding) -> None:
    """Have two officials name both privacy officers, whose private keys nobody keeps."""
    namers = founding.holders(Capacity.OFFICIALS)[:2]
    for place, key in zip(PLACES, founding.holders(Capacity.REGISTER), strict=True):
        recipient = str(x25519.Identity.generate().to_public())
        message = new_officer(founding.context, place, address_of(key), recipient)
        name_officer(founding.context, message, founding.sign(message, namers))


def issue_sealed(founding: Founding, count: int) -> tuple[int, list[Letter]]:
    """Issue a run of sealed letters; return its number and the letters."""
    begun = _begin(founding, count, blank=False)
    run = make_run(places.SCHEME, count)
    sealed = _seal(begun, run.letters)
    prepare_run(founding.context, run, count, 0, founding.by(Capacity.ISSUE), sealed)
    founding.decide_prepared()
    return begun.number, run.letters


def replace_letter(founding: Founding, run: int, number: int, letter: Letter) -> None:
    """Move what is left of a letter to a blank one, for which two officials ask.

    Args:
        run: of the lost letter, with its ``number`` in it.
    """
    context, officers = founding.context, founding.holders(Capacity.REGISTER)
    blanks = [Letter.generate(places.SCHEME) for _ in range(_BLANKS)]
    begun = _begin(founding, _BLANKS, blank=True)
    sealed = _seal(begun, blanks)
    record_blank_run(context, BlankRun(sealed, sealed.sha256), begun.begun_by)
    askers = [key for key in founding.holders(Capacity.ISSUE) if key not in officers]
    asker = address_of(askers[0])
    message = new_replacement(context, (run, number), (begun.number, 1), WHY_REPLACED, asker)
    order_replacement(context, message, founding.sign(message, askers))
    first, second = map(address_of, officers)
    # The second officer's browser would find these in the sealed letters, for that of the first.
    opened = [secrets.token_bytes(FILE_KEY_BYTES) for _ in range(2)]
    hand_in_opened(context, second, message.hash, *opened)
    for coupon in Wallet(context, letter).coupons():
        if coupon.remaining:
            founding.clock.tick()
            keys = [coupon_key(each, 0, coupon.index) for each in (letter, blanks[0])]
            founding.api.move(places.SCHEME, keys[:1], keys[1:], founding.now)
    finish(context, first, message.hash)


def _begin(founding: Founding, letters: int, *, blank: bool) -> BegunRun:
    by = founding.by(Capacity.ISSUE).official
    number = begin_run(founding.context, places.SCHEME, letters, 0, by, blank=blank)
    return cast(BegunRun, find_begun(founding.context, number))


def _seal(begun: BegunRun, letters: Sequence[Letter]) -> SealedRun:
    return SealedRun(begun, tuple(seal(each, *begun.sealed_to) for each in letters))
