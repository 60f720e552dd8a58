"""Two finished looks: a municipality's name, logo and colour reach every face and the paper."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL.Image import Image
from playwright.sync_api import Browser, Page, expect

from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.theme.look import read_look
from tests.support.browser import end_transitions, run_axe
from tests.support.paper import open_pdf
from tests.support.printed import SHEETS, STATIONERY, print_out
from tests.support.town import HERE, Town

LOOKS = Path(__file__).parents[2] / "deploy/looks"
FACES = {
    "parent": ("/", ".utrecht-button--primary-action"),
    "till": ("/winkel/", ".utrecht-button--primary-action"),
    "desk": ("/gemeente/aanmelden", ".utrecht-button--primary-action"),
    "receipt": ("/bewijs", "main button"),
}
LOGO = """() => [...document.querySelectorAll(".kp-logo")].some((each) =>
    each.checkVisibility() && getComputedStyle(each).backgroundImage.endsWith('/logo")'))"""


@dataclass(frozen=True)
class FinishedLook:
    name: str
    municipality: str
    light: tuple[int, int, int]
    dark: tuple[int, int, int]

    def settings(self, monkeypatch: pytest.MonkeyPatch, data: Path) -> Settings:
        monkeypatch.setenv("KINDPAKKET_CONFIG", str(LOOKS / f"{self.name}.toml"))
        return Settings(data=data, app_address=HERE)


PETROL = FinishedLook("voorbeeldstad", "Gemeente Voorbeeldstad", (11, 95, 116), (119, 191, 214))
PLUM = FinishedLook("heidebroek", "Gemeente Heidebroek", (122, 31, 92), (244, 143, 204))


def fits(page: Page, state: str) -> None:
    end_transitions(page)
    found = run_axe(page)
    assert found.violations_count == 0, f"{state}: {found.generate_report()}"


@pytest.mark.parametrize("finished", [PETROL, PLUM], ids=lambda each: each.name)
def test_the_colour_and_the_logo_are_on_every_face(
    chromium: Browser, town: Town, finished: FinishedLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_app(town.workspace, finished.settings(monkeypatch, town.directory))
    with serving(app, None) as base_url:
        for mode, colour in (("light", finished.light), ("dark", finished.dark)):
            context = chromium.new_context(
                viewport={"width": 390, "height": 844},
                locale="nl-NL",
                color_scheme=mode,  # type: ignore[arg-type]
                reduced_motion="reduce",
            )
            page = context.new_page()
            for face, (path, button) in FACES.items():
                page.goto(base_url + path)
                expect(page.locator(button).first).to_have_css("background-color", f"rgb{colour}")
                assert page.evaluate(LOGO), face
                fits(page, f"{face}, {mode}")
            page.goto(f"{base_url}/gemeente/aanmelden")
            expect(page.get_by_text(finished.municipality).first).to_be_visible()
            context.close()


def test_a_dark_screen_prints_dark_text_on_a_light_ground(
    chromium: Browser, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = build_app(town.workspace, PLUM.settings(monkeypatch, town.directory))
    with serving(app, None) as base_url:
        page = chromium.new_page(color_scheme="dark", reduced_motion="reduce")
        for face, (path, button) in FACES.items():
            page.goto(base_url + path)
            expect(page.locator(button).first).to_be_visible()
            (sheet, *_) = open_pdf(page.pdf(print_background=True))
            grays = sheet.render(scale=2).to_pil().convert("L").histogram()
            assert grays.index(max(grays)) > 240, face  # the ground
            assert sum(grays[:60]) > 500, face  # the text
        page.close()


@pytest.mark.parametrize("finished", [PETROL, PLUM], ids=lambda each: each.name)
def test_the_colour_and_the_logo_are_on_paper(
    finished: FinishedLook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = finished.settings(monkeypatch, tmp_path)
    look = read_look(settings.colour, settings.logo, settings.theme)
    pdf = print_out(SHEETS[0], SHEETS[2], stationery=dataclasses.replace(STATIONERY, look=look))
    blank = print_out(
        SHEETS[0],
        SHEETS[2],
        stationery=dataclasses.replace(STATIONERY, look=dataclasses.replace(look, logo=None)),
    )
    other = next(each for each in (PETROL, PLUM) if each != finished)
    for page, without in zip(open_pdf(pdf), open_pdf(blank), strict=True):
        drawn: Image = page.render(scale=2).to_pil().convert("RGB")
        colours = {colour: count for count, colour in drawn.getcolors(2**24) or []}
        assert colours[finished.light] > 500
        assert other.light not in colours
        assert drawn.tobytes() != without.render(scale=2).to_pil().convert("RGB").tobytes()
