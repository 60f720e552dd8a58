"""What the desk prints: an invitation is one sheet that says what its reader needs."""

import re
from io import BytesIO

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from tests.desk.looking import opened
from tests.support.town import BICYCLES, Town

ON_SCREEN_ONLY = ("Menu", "Afmelden", "Wat u kunt doen", "Naar deze winkel", "Download")


def sheets(page: Page) -> list[str]:
    """The texts of the sheets of a page, with single spaces."""
    printed = pypdfium2.PdfDocument(BytesIO(page.pdf(format="A4")))
    texts = [sheet.get_textpage().get_text_bounded() for sheet in printed]
    return [" ".join(each.split()) for each in texts]


@pytest.mark.parametrize("who", ["official", "owner"])
def test_an_invitation_is_one_sheet(chromium: Browser, town: Town, who: str) -> None:
    with opened(chromium, town) as (page, desk):
        if who == "official":
            page.goto(f"{desk}/ambtenaren")
            form = page.locator("form[action$=uitnodigen]")
            form.get_by_label("Naam").fill("Wilhelmina van der Heijden-Oosterhuis")
            form.get_by_label("Winkels").check()
            form.get_by_role("button").click()
        else:
            page.goto(f"{desk}/winkels/{BICYCLES}")
            page.get_by_text("Nodig de eigenaar opnieuw uit").click()
            page.get_by_role("button", name="Maak een nieuwe uitnodiging").click()
        page.get_by_role("heading", name=re.compile("Uitnodiging voor")).wait_for()
        link = page.get_by_label("Link").input_value()
        (sheet,) = sheets(page)
        assert "Gemeente Zuidhorn" in sheet
        assert "Uitnodiging voor" in sheet
        assert link.rpartition("#")[2][4:] in re.sub(r"[ -]", "", sheet)
        assert not [each for each in ON_SCREEN_ONLY if each in sheet]


def test_pages_are_printed_without_what_only_a_screen_can_do(chromium: Browser, town: Town) -> None:
    with opened(chromium, town) as (page, desk):
        for path in ("/", "/cijfers", f"/winkels/{BICYCLES}", "/regelingen/1"):
            page.goto(desk + path)
            printed = " ".join(sheets(page))
            assert not [each for each in ON_SCREEN_ONLY if each in printed], path
