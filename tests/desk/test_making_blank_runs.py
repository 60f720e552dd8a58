"""Blank letters are made in a real browser, and filled by a move."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kindpakket.domain.letters import Letter
from kindpakket.domain.refusals import Refusal
from kindpakket.protocol.keys import coupon_address, coupon_key
from tests.desk.looking import Fits
from tests.desk.making import STORED, letters_in, making, making_offline, secrets_in
from tests.desk.office import Desk, read
from tests.desk.runs import begin, look_at, made_blank, opened, order_of
from tests.support.paper import words
from tests.support.town import BICYCLES, LETTERS, SCHEME, VALUES, Town, till_of


def test_blank_letters_are_made_and_one_is_filled_and_pays(chromium: Browser, town: Town) -> None:
    with making(chromium, town) as (maker, anna, bram):
        number = begin(anna, 2, kind="leeg")
        maker.go(number)
        maker.fits("words")
        maker.make()
        pdf = maker.print()
        printed = words(pdf[0])
        assert "Deze brief is zonder geld gedrukt." in printed
        assert "Kies daar in de app Instellingen en Brief kwijt? en scan deze code." in printed
        assert "Laat de betaalcode" not in printed, "the first step is to fill it"
        assert "€" not in printed, "no amount is printed"
        maker.tap("Ja, alles is goed afgedrukt")
        maker.page.get_by_text("Een tweede ambtenaar hoeft niets te besluiten.").wait_for()
        maker.fits("finished")
        shown = maker.page.locator("[data-hash]").inner_text()
        before = town.workspace.context.ledger.head()
        with maker.context.expect_page() as other:
            maker.tap("Lever de serie aan")
        expect(other.value.get_by_text("De lege brieven zijn in voorraad.")).to_be_visible()
        expect(other.value.get_by_text(f"{shown[:10]}…")).to_be_visible()
        secrets = secrets_in(pdf)
        assert len(secrets) == 2 * 3
        assert any("sealedTo" in each for each in maker.sent)
        sent = "".join(maker.sent).lower() + other.value.evaluate(STORED).lower()
        assert not [secret for secret in secrets if secret.lower() in sent]
        assert "Er wacht niets op uw handtekening." in bram.page("/besluiten")
        assert town.workspace.context.ledger.head() == before
        letters = letters_in(pdf)
        assert opened(town, number) == [each.text for each in letters]
        _is_filled_and_pays(town, letters[0])
        assert _issued(town, letters[1]) == 0


def _issued(town: Town, letter: Letter) -> int:
    coupons = [coupon_address(letter, 0, index) for index in range(len(VALUES))]
    return sum(town.view("coupons", each)["remaining"] for each in coupons)


def _is_filled_and_pays(town: Town, blank: Letter) -> None:
    lost = LETTERS[0]
    assert _issued(town, blank) == 0
    for index in range(len(VALUES)):
        keys = [[coupon_key(each, 0, index)] for each in (lost, blank)]
        town.api.move(SCHEME, *keys, town.now())
    assert tuple(town.remaining(blank)) == VALUES
    town.api.pay(till_of(BICYCLES), town.code(1_000, letter=blank), 1_000)
    assert sum(town.remaining(blank)) == sum(VALUES) - 1_000
    with pytest.raises(Refusal):
        town.api.pay(till_of(BICYCLES), town.code(1_000, letter=lost), 1_000)


def test_pages_of_blank_letters_fit_everybody(
    chromium: Browser, town: Town, fits: Fits, tmp_path: Path
) -> None:
    with making(chromium, town) as (maker, anna, _):
        page = maker.page
        page.goto(f"{maker.base_url}/gemeente/brieven/nieuw")
        page.get_by_label("Wat voor brieven").select_option("leeg")
        page.get_by_label("Aantal kaarten").fill("1")
        maker.tap("Verder")
        page.get_by_text("Een kaart kan niet leeg zijn.").first.wait_for()
        fits(page, "a card that is blank")
        file = tmp_path / "serie-1.json"
        file.write_bytes(made_blank(order_of(anna, begin(anna, 3, kind="leeg")))[1])
        page.goto(f"{maker.base_url}/gemeente/brieven")
        page.get_by_label("Bestand", exact=True).set_input_files(file)
        maker.tap("Bekijk deze lijst")
        page.get_by_role("heading", name="Serie 1: lege brieven").wait_for()
        fits(page, "blank letters of a file")
        maker.tap("Leg deze brieven in voorraad")
        page.get_by_text("De lege brieven zijn in voorraad.").wait_for()
        fits(page, "blank letters in stock")


def test_blank_letters_are_made_off_line(
    chromium: Browser, town: Town, office: tuple[Desk, Desk], tmp_path: Path
) -> None:
    anna, bram = office
    number = begin(anna, 2, kind="leeg")
    with making_offline(chromium, order_of(anna, number), tmp_path) as maker:
        maker.make()
        pdf = maker.print()
        content = maker.save()
        shown = maker.page.locator("[data-hash]").inner_text()
    answer = look_at(bram, content)
    assert shown in read(answer.text)
    form = {"content": content.decode(), "sha256": shown}
    assert bram.post("/brieven", form).status_code == 303
    assert opened(town, number) == [each.text for each in letters_in(pdf)]
