"""The marks of payout lines, which two officials see before they sign."""

from sqlalchemy import delete, func, select, update

from kindpakket.domain.ids import ShopId
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.names import Names
from kindpakket.services.payouts.marks import Mark, MarkedLine
from kindpakket.services.payouts.prepare import Verdict, preview
from kindpakket.services.payouts.review import review, say_waiting
from kindpakket.store import tables as t
from tests.support.payouts import HOLDERS, IBANS, give_account, pay_out, prepare, sell
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, OFF_LICENCE, Town

BELGIAN = "BE68 5390 0754 7034"
NAMES = Names({}, {}, {})


def look(town: Town) -> dict[int, MarkedLine]:
    payout, _ = prepare(town)
    return {each.line.shop: each for each in review(town.workspace.context, payout)}


def marks(town: Town) -> dict[int, set[Mark]]:
    return {shop: set(each.marks) for shop, each in look(town).items()}


def paid_once(town: Town) -> None:
    """A town after a payout, with new sales at both shops."""
    pay_out(town)
    for shop in (BICYCLES, BOOKS):
        sell(town, shop, 1_00)


def test_a_first_account_is_new(paid: Town) -> None:
    assert marks(paid) == {BICYCLES: {Mark.NEW}, BOOKS: {Mark.NEW}}


def test_an_account_of_the_payout_before_has_no_mark(paid: Town) -> None:
    paid_once(paid)
    assert marks(paid) == {BICYCLES: set(), BOOKS: set()}


def test_an_account_or_a_holder_that_changed_is_marked(paid: Town) -> None:
    paid_once(paid)
    give_account(paid, BICYCLES, BELGIAN, HOLDERS[BICYCLES])
    give_account(paid, BOOKS, IBANS[BOOKS], "Iemand anders")
    assert marks(paid) == {BICYCLES: {Mark.NEW}, BOOKS: {Mark.NEW}}


def test_an_account_that_was_signed_again_has_no_mark(paid: Town) -> None:
    paid_once(paid)
    give_account(paid, BICYCLES, BELGIAN, HOLDERS[BICYCLES])
    give_account(paid, BICYCLES, IBANS[BICYCLES], HOLDERS[BICYCLES])
    assert marks(paid) == {BICYCLES: set(), BOOKS: set()}


def test_an_older_account_that_was_put_back_is_marked(paid: Town) -> None:
    give_account(paid, BICYCLES, BELGIAN, HOLDERS[BICYCLES])
    paid_once(paid)
    with paid.workspace.context.store.write() as db:
        newest = select(func.max(t.bank_accounts.c.nonce)).scalar_subquery()
        db.execute(delete(t.bank_accounts).where(t.bank_accounts.c.nonce == newest))
    assert marks(paid) == {BICYCLES: {Mark.NEW, Mark.PUT_BACK}, BOOKS: set()}


def test_a_line_whose_shop_signed_another_account_since_is_marked(paid: Town) -> None:
    payout, _ = prepare(paid)
    give_account(paid, BICYCLES, BELGIAN, HOLDERS[BICYCLES])
    first, second = review(paid.workspace.context, payout)
    assert (first.line.iban, first.marks) == ("NL20INGB0001234567", (Mark.NEW, Mark.REPLACED))
    assert second.marks == (Mark.NEW,)


def test_the_account_of_another_shop_is_marked_at_each_line_that_has_it(paid: Town) -> None:
    give_account(paid, BICYCLES, IBANS[BOOKS], "De Kaft B.V.")
    assert marks(paid) == {
        BICYCLES: {Mark.NEW, Mark.SHARED},
        BOOKS: {Mark.NEW, Mark.SHARED},
    }


def test_a_shared_account_is_marked_also_when_the_other_shop_is_paid_nothing(paid: Town) -> None:
    give_account(paid, OFF_LICENCE, IBANS[BOOKS], "De Kaft B.V.")
    assert marks(paid) == {BICYCLES: {Mark.NEW}, BOOKS: {Mark.NEW, Mark.SHARED}}


def test_a_suspended_shop_is_marked(paid: Town) -> None:
    paid.decide("setSuspended", BICYCLES, True)
    assert marks(paid)[BICYCLES] == {Mark.NEW, Mark.SUSPENDED}


def test_a_shop_that_is_not_admitted_any_more_is_marked(paid: Town) -> None:
    owner = paid.view("shops", BOOKS)["owner"]
    paid.decide("setShop", BOOKS, 2, owner, False)
    assert marks(paid)[BOOKS] == {Mark.NEW, Mark.SUSPENDED}


def test_an_account_of_an_owner_who_was_replaced_is_paid_and_marked(paid: Town) -> None:
    paid.decide("setShop", BOOKS, 2, address_of(Key(b"\x61" * 32)), True)
    line = look(paid)[BOOKS]
    assert set(line.marks) == {Mark.NEW, Mark.OWNER_REPLACED}
    assert line.account is not None


def test_an_account_that_nobody_signed_is_left_out_and_listed(paid: Town) -> None:
    """Whoever can write to the database cannot sign."""
    with paid.workspace.context.store.write() as db:
        here = t.bank_accounts.c.shop == BICYCLES
        db.execute(update(t.bank_accounts).where(here).values(iban="BE68539007547034"))
    previewed = preview(paid.workspace.context, minimum=1, hold_days=0)
    assert [(each.shop, each.amount, each.verdict) for each in previewed] == [
        (BICYCLES, 0, Verdict.ACCOUNT_NOT_SIGNED),
        (BOOKS, 12_50, Verdict.PAID),
    ]
    assert list(look(paid)) == [BOOKS]


def test_a_shop_of_which_the_views_say_something_else_is_left_out_and_listed(paid: Town) -> None:
    with paid.workspace.context.write_with_views() as db:
        db.execute(update(t.shops).where(t.shops.c.shop == BICYCLES).values(owed=99_00))
        db.execute(update(t.shops).where(t.shops.c.shop == ShopId(2)).values(owed=1_00))
    previewed = preview(paid.workspace.context, minimum=1, hold_days=0)
    assert [(each.shop, each.owed, each.amount, each.verdict) for each in previewed] == [
        (BICYCLES, 30_00, 0, Verdict.LEDGER_DIFFERS),
        (ShopId(2), 0, 0, Verdict.LEDGER_DIFFERS),
        (BOOKS, 12_50, 12_50, Verdict.PAID),
    ]


def test_a_payout_that_was_hidden_in_the_views_is_noticed(paid: Town) -> None:
    """Otherwise an old account could pass for that of the previous payout."""
    paid_once(paid)
    with paid.workspace.context.write_with_views() as db:
        db.execute(delete(t.settlements).where(t.settlements.c.shop == BOOKS))
    previewed = preview(paid.workspace.context, minimum=1, hold_days=0)
    assert {each.shop: each.verdict for each in previewed}[BOOKS] is Verdict.LEDGER_DIFFERS


def test_what_is_owed_is_asked_of_the_ledger_when_somebody_looks(paid: Town) -> None:
    payout, _ = prepare(paid)
    with paid.workspace.context.store.write(views=True) as db:
        db.execute(update(t.shops).where(t.shops.c.shop == BICYCLES).values(owed=99_00))
    first, second = review(paid.workspace.context, payout)
    assert (first.owed, Mark.DIFFERS in first.marks) == (30_00, True)
    assert (second.owed, Mark.DIFFERS in second.marks) == (12_50, False)


def test_who_signed_is_the_owner_or_two_officials(paid: Town) -> None:
    two = sorted(EVERYTHING[:2], key=address_of)
    give_account(paid, BOOKS, IBANS[BOOKS], HOLDERS[BOOKS], by=two)
    accounts = {shop: each.account for shop, each in look(paid).items()}
    owner, officials = accounts[BICYCLES], accounts[BOOKS]
    assert owner is not None and owner.by_owner
    assert officials is not None and officials.signers == tuple(map(address_of, two))


def test_the_words_of_the_decision_count_the_marks(paid: Town) -> None:
    paid.decide("setSuspended", BICYCLES, True)
    _, prepared = prepare(paid)
    words = say_waiting(paid.workspace.context, NAMES, prepared.message.call)
    assert words.startswith(
        "Uitbetaling 1 wordt vastgelegd, aan 2 winkels, samen hoogstens € 42,50"
    )
    assert words.endswith(
        "Let op: 2 × rekening nieuw of veranderd sinds de vorige uitbetaling; 1 × winkel geschorst."
    )


def test_a_payout_without_marks_says_nothing_more(paid: Town) -> None:
    paid_once(paid)
    _, prepared = prepare(paid)
    words = say_waiting(paid.workspace.context, NAMES, prepared.message.call)
    assert "Let op" not in words
