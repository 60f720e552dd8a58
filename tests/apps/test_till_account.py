"""The shop's bank account: signed by the owner on the device, and checked by every till."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import delete

from kindpakket.domain.categories import bits_of
from kindpakket.domain.ids import ShopId
from kindpakket.protocol.messages import BankAccount
from kindpakket.protocol.signatures import address_of
from kindpakket.services.shops.bank_accounts import (
    AccountValidity,
    find_account,
    list_versions,
    set_account,
)
from kindpakket.store import tables as t
from tests.apps.counter import (
    add_till,
    admit,
    ask_to_be_till,
    choose_pin,
    fits_everybody,
    give_pin,
    heading,
    invitation,
    opened_device,
    photograph,
    register,
    show_tills,
)
from tests.apps.enrolled import keys_of, put_till
from tests.apps.phone import Phone, Street
from tests.support.town import BICYCLES, EVERYTHING, owner_of

IBAN, OTHER = "NL20INGB0001234567", "DE89370400440532013000"
OLDER = "Er staat een oudere rekening dan u hebt opgegeven. Bel de gemeente."


@pytest.fixture
def owner(chromium: Browser, street: Street) -> Iterator[Phone]:
    with opened_device(chromium, street) as device:
        yield device


def give(device: Phone, iban: str, holder: str = "De Ketting") -> None:
    """Enter an account on its screen, and sign."""
    device.page.get_by_label("Rekeningnummer (IBAN)").fill(iban)
    device.page.get_by_label("Op naam van").fill(holder)
    device.tap("Teken deze rekening")


def show_account(device: Phone) -> None:
    device.tap("Meer")
    device.page.get_by_role("button", name="Rekening", exact=True).click()
    heading(device, "Rekening")


def shown(device: Phone, text: str) -> None:
    expect(device.page.get_by_test_id("account")).to_have_text(text)


def paid_on(street: Street, shop: ShopId = BICYCLES) -> tuple[str, str] | None:
    """The account and the holder to which payouts go."""
    found = find_account(street.town.workspace.context, shop)
    return (found[0].iban, found[0].holder) if found and found[1] is AccountValidity.VALID else None


def test_the_owner_is_asked_right_after_enrolment(owner: Phone, street: Street) -> None:
    shop = register(street)
    owner.page.goto(invitation(street, shop))
    choose_pin(owner.page)
    owner.page.wait_for_selector(".owner-code")
    admit(street, shop)
    heading(owner, "Dit is nu een kassa")
    owner.sees("Waar mogen we het geld naartoe overmaken?")
    owner.tap("Geef de rekening op")
    give(owner, " nl20 ingb 0001.2345-67 ", "  C\u0327ag\u0306lar   & Zn. ")
    owner.sees("De rekening is veranderd.")
    shown(owner, "NL20 •••• 4567")
    owner.sees("Door u opgegeven op")
    assert paid_on(street, shop) == (IBAN, "\u00c7a\u011flar & Zn.")
    (version,) = list_versions(street.town.workspace.context, shop, 9)
    assert version.signers == (address_of(keys_of(owner)[1]),)


def test_who_skips_it_is_reminded_until_it_is_given(owner: Phone) -> None:
    put_till(owner, BICYCLES)
    owner.sees("De gemeente weet nog niet waar uw geld naartoe mag.")
    owner.tap("Geef de rekening op")
    give(owner, IBAN)
    give_pin(owner.page)
    owner.sees("De rekening is veranderd.")
    owner.tap("Terug")
    expect(owner.page.get_by_role("button", name="Scan code")).to_be_visible()
    expect(owner.page.get_by_text("weet nog niet waar")).to_have_count(0)


def test_a_mistake_is_told_while_it_is_typed(owner: Phone, street: Street) -> None:
    put_till(owner, BICYCLES)
    for typed, mistake in (
        ("NL20INGB0001234568", "Er zit een typfout in dit rekeningnummer."),
        ("NL20INGB00012345678", "Dit rekeningnummer is te lang."),
        ("NL20?", "Gebruik alleen letters en cijfers."),
        ("BR18", "Begin met de letters van een land"),
    ):
        show_account(owner)
        field = owner.page.get_by_label("Rekeningnummer (IBAN)")
        field.press_sequentially("NL20")
        expect(owner.page.locator(".wrong")).to_have_count(0)
        field.fill("")
        field.press_sequentially(typed)
        owner.sees(mistake)
        owner.page.get_by_label("Op naam van").fill("De Ketting")
        owner.tap("Teken deze rekening")
        expect(field).to_be_focused()
        assert paid_on(street) is None
        owner.page.reload()


def test_it_is_changed_later_and_every_version_is_kept(owner: Phone, street: Street) -> None:
    put_till(owner, BICYCLES)
    show_account(owner)
    give(owner, IBAN)
    give_pin(owner.page)
    shown(owner, "NL20 •••• 4567")
    give(owner, OTHER, "S. Jansen")
    shown(owner, "DE89 •••• 3000")
    assert [each.iban for each in list_versions(street.town.workspace.context, BICYCLES, 9)] == [
        OTHER,
        IBAN,
    ]


def test_another_till_sees_it_and_cannot_change_it(
    chromium: Browser, owner: Phone, street: Street, tmp_path: Path
) -> None:
    put_till(owner, BICYCLES)
    show_account(owner)
    give(owner, IBAN)
    give_pin(owner.page)
    shown(owner, "NL20 •••• 4567")
    owner.tap("Terug")
    owner.tap("Terug")
    with opened_device(chromium, street) as other:
        ask_to_be_till(other, street, "Winkel 1")
        show_tills(owner)
        add_till(owner, photograph(other, tmp_path / "request.png"), "Kassa 2")
        heading(other, "Dit is nu een kassa")
        other.tap("Begin met afrekenen")
        show_account(other)
        shown(other, "NL20 •••• 4567")
        other.sees("Alleen het apparaat van de eigenaar")
        expect(other.page.get_by_role("button", name="Teken deze rekening")).to_have_count(0)


def test_what_the_municipality_gave_is_said_to_be_theirs(owner: Phone, street: Street) -> None:
    context = street.town.workspace.context
    message = BankAccount(BICYCLES, OTHER, "De Ketting", street.town.now())
    keys = sorted(EVERYTHING[:2], key=address_of)
    set_account(context, message, [message.sign(context.ledger.domain, key) for key in keys])
    put_till(owner, BICYCLES)
    show_account(owner)
    shown(owner, "DE89 •••• 3000")
    owner.sees("Door de gemeente opgegeven op")


def test_an_older_account_that_was_put_back_is_noticed(owner: Phone, street: Street) -> None:
    put_till(owner, BICYCLES)
    show_account(owner)
    for iban, ends in ((IBAN, "NL20 •••• 4567"), (OTHER, "DE89 •••• 3000")):
        give(owner, iban)
        if iban == IBAN:
            give_pin(owner.page)
        shown(owner, ends)
    newest = list_versions(street.town.workspace.context, BICYCLES, 9)[0]
    with street.town.workspace.context.store.write() as db:
        db.execute(delete(t.bank_accounts).where(t.bank_accounts.c.nonce == newest.nonce))
    owner.page.reload()
    owner.sees(OLDER)
    show_account(owner)
    shown(owner, "NL20 •••• 4567")
    owner.sees(OLDER)
    with street.town.workspace.context.store.write() as db:
        db.execute(delete(t.bank_accounts))
    owner.page.reload()
    owner.sees(OLDER)


def test_an_owner_who_was_replaced_changes_nothing(owner: Phone, street: Street) -> None:
    put_till(owner, BICYCLES)
    show_account(owner)
    owner_of_now = address_of(owner_of(ShopId(9)))
    street.town.decide("setShop", BICYCLES, bits_of(["bicycles"]), owner_of_now, True)
    give(owner, IBAN)
    give_pin(owner.page)
    owner.sees("Gebruik het apparaat van de eigenaar. Dit apparaat is dat niet meer.")
    assert paid_on(street) is None


def test_the_account_fits_everybody(chromium: Browser, street: Street) -> None:
    with opened_device(chromium, street) as device:
        put_till(device, BICYCLES)
        device.sees("De gemeente weet nog niet")
        fits_everybody(device, "reminded")
        show_account(device)
        device.sees("Er is nog geen rekening opgegeven.")
        fits_everybody(device, "no account")
        device.tap("Teken deze rekening")
        device.sees("Typ uw rekeningnummer.")
        fits_everybody(device, "nothing typed")
        give(device, IBAN)
        give_pin(device.page)
        shown(device, "NL20 •••• 4567")
        fits_everybody(device, "changed")
