"""From an empty directory to the weekly payout, in real browsers."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser

from kindpakket.actors import Api
from kindpakket.demo.client import open_client
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from kindpakket.workspace import Workspace
from tests.apps.counter import choose_pin, shown_code
from tests.apps.phone import Phone, RunningClock, Street, opened_phone
from tests.apps.till import Film, Till, filming, opened_till
from tests.desk.clerk import Clerk, decide, opened_clerk
from tests.support.municipality import OWN
from tests.support.paper import scanned
from tests.support.shell import FIRST, OFFICERS, PASSWORD, SECOND, Shell
from tests.support.town import HERE, Town

SHOP = "De Fietsenmaker"
REFUSED = "Dit budget kan niet in dit soort winkel worden gebruikt."


class Now(RunningClock):
    """The system clock, which officials' commands use."""

    def __init__(self) -> None:
        self.shift = 0.0


@dataclass
class City:
    """A municipality with a ledger, two keystores and a server, and nothing else."""

    shell: Shell
    street: Street
    workspace: Workspace

    @property
    def base_url(self) -> str:
        return self.street.base_url

    def keystore(self, name: str) -> Path:
        (found,) = self.shell.data.rglob(f"{name}.json")
        return found


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[City]:
    shell = Shell(tmp_path)
    shell.ok("init", "--official", "Anna de Vries", "--official", "Bram Bakker")
    iban = "NL91ABNA0417164300"
    settings = Settings(data=shell.data, payer_iban=iban, **OWN | {"app_address": HERE})
    with (
        Workspace.open(settings, sync=False) as workspace,
        serving(build_app(workspace, settings), shell.data) as base_url,
        open_client(base_url) as http,
    ):
        # The links on letters use the port of this server.
        monkeypatch.setenv("KINDPAKKET_APP_ADDRESS", base_url)
        town = Town(shell.data, Now(), workspace, None, Api(http))  # type: ignore[arg-type]
        yield City(shell, Street(town, base_url, Api(http)), workspace)


def test_from_nothing_to_the_weekly_payout(chromium: Browser, city: City, tmp_path: Path) -> None:
    with ExitStack() as stack:
        anna = stack.enter_context(opened_clerk(chromium, city.base_url))
        bram = stack.enter_context(opened_clerk(chromium, city.base_url))
        three_officials(city, anna, bram, chromium)
        a_scheme_with_a_budget(anna, bram)
        film = Film(tmp_path / "seen.mjpeg")
        camera = stack.enter_context(filming(chromium, film))
        till = stack.enter_context(
            opened_till(camera, city.street, shop=None, expected="40[1349]", permissions=["camera"])
        )
        a_shop_that_takes_part(city, anna, bram, till)
        an_account_by_two_officials(anna, bram)
        link = letters_on_the_ledger(city, anna, bram)
        phone = stack.enter_context(opened_phone(chromium, city.street))
        a_payment_through_the_camera(city, phone, till, film, link)
        the_desk_sees_it(anna)
        a_rule_that_is_tried_and_changed(anna, bram, phone, till)
        a_refund(till)
        the_weekly_payout(anna, bram, till)


def three_officials(city: City, anna: Clerk, bram: Clerk, chromium: Browser) -> None:
    anna.open_keystore(city.keystore(FIRST), PASSWORD, "Anna")
    bram.open_keystore(city.keystore(SECOND), PASSWORD, "Bram")
    anna.sees("Van niets naar de eerste betaling")
    anna.link("Laat minstens drie ambtenaren toe")
    anna.fill("Naam", "Carla de Wit")
    anna.page.locator("form[action$=uitnodigen]").get_by_label("Regels").check()
    anna.tap("Maak een link")
    with opened_clerk(chromium, city.base_url) as carla:
        code = carla.make_key(anna.page.get_by_label("Link").input_value())
        anna.go("/ambtenaren")
        anna.sees(code)
        anna.tap("De code klopt: bereid het besluit voor")
        anna.sees("Carla de Wit")
        decide(anna, bram)
        carla.sign_in()


def a_scheme_with_a_budget(anna: Clerk, bram: Clerk) -> None:
    anna.go("/")
    anna.link("Maak een regeling")
    anna.link("Maak een regeling")
    anna.fill("Naam", "Kindpakket")
    anna.fill("Eerste dag", "2020-01-01")
    anna.fill("Laatste dag", "2099-12-31")
    anna.tick("Winkels die mogen", re.compile("fietsen"), re.compile("boeken"))
    anna.tick("Winkels die nooit mogen", re.compile("dranken"))
    anna.tap("Bereid deze regeling voor")
    anna.sees(re.compile("Kindpakket .* gaat open"))
    decide(anna, bram)
    anna.go("/regelingen/1")
    anna.fill("Bedrag in euro", "20000")
    anna.page.locator("form[action$=budget]").get_by_role("button").click()
    anna.sees(re.compile(r"komt €\s20\.000,00"))
    decide(anna, bram)


def a_shop_that_takes_part(city: City, anna: Clerk, bram: Clerk, till: Till) -> None:
    anna.go("/winkels/nieuw")
    anna.fill("Naam van de winkel", SHOP)
    anna.fill("Adres", "Hoofdstraat 1, Zuidhorn")
    anna.fill("KvK-nummer", "12345678")
    anna.tick("Soort winkel", re.compile("fietsen"))
    anna.tap("Schrijf in en maak de uitnodiging")
    shown = re.search(r"#KI1\.[0-9A-Z]+", anna.page.content())
    assert shown
    till.page.goto(f"{city.base_url}/winkel/{shown[0]}")
    choose_pin(till.page)
    code = shown_code(till)
    anna.go("/winkels/1")
    anna.sees(code)
    anna.tap("De code klopt: bereid het besluit voor")
    decide(anna, bram)
    till.heading("Dit is nu een kassa")
    till.tap("Begin met afrekenen")


def an_account_by_two_officials(anna: Clerk, bram: Clerk) -> None:
    anna.go("/winkels/1/rekening")
    anna.fill("Rekeningnummer (IBAN)", "NL20 INGB 0001 2345 67")
    anna.fill("Op naam van", "J. Jansen")
    anna.tap("Stel deze rekening voor")
    anna.sees("op naam van J. Jansen.")
    anna.sign()
    bram.sign_message_as_second()
    anna.go("/winkels/1")
    anna.sees("NL20 •••• 4567")


def letters_on_the_ledger(city: City, anna: Clerk, bram: Clerk) -> str:
    """Print fifty letters, register their coupons; return the link on the first letter."""
    seals = [arg for each in OFFICERS for arg in ("--seal-to", each.to_public())]
    run = city.shell.json("letters", "run", 1, "--out", city.shell.letters, *seals)
    anna.go("/brieven")
    list_ = city.shell.letters / "tegoeden.json"
    anna.page.get_by_label("Bestand").set_input_files(list_)
    anna.fill("Aantal brieven", "50")
    anna.tap("Bekijk deze lijst")
    anna.sees(run["sha256"])
    anna.sees(re.compile(r"€\s15\.000,00"))
    anna.tap(re.compile("bereid dit besluit voor"))
    decide(anna, bram)
    assert city.workspace.context.ledger.view("schemes", 1)["issued"] == 1_500_000
    (link,) = scanned(city.shell.printed[0])
    return link


def a_payment_through_the_camera(
    city: City, phone: Phone, till: Till, film: Film, link: str
) -> None:
    phone.page.goto(link)
    phone.page.get_by_label("Naam van uw kind").fill("Sami")
    phone.tap("Bewaar")
    phone.left("€ 300,00")
    phone.show_code("42,50")
    film.point_at(phone.page)
    till.press("42,50")
    till.tap("Scan code")
    till.says("Betaald")
    phone.heading("Betaald")
    assert city.workspace.context.ledger.view("schemes", 1)["spent"] == 4_250


def the_desk_sees_it(anna: Clerk) -> None:
    anna.go("/")
    anna.sees(re.compile(r"€\s42,50"))
    anna.go("/cijfers")
    anna.sees(re.compile(r"€\s42,50"))
    anna.go("/winkels/1")
    anna.sees(re.compile(r"€\s42,50"))


def a_rule_that_is_tried_and_changed(anna: Clerk, bram: Clerk, phone: Phone, till: Till) -> None:
    anna.go("/regelingen/1/regels")
    kinds = anna.page.get_by_role("group", name="Winkels die mogen")
    kinds.get_by_label(re.compile("fietsen")).uncheck()
    anna.tap("Probeer uit")
    anna.sees(re.compile(r"1 betaling, €\s42,50"))
    anna.tap("Bereid voor wat u uitprobeerde")
    decide(anna, bram)
    phone.page.goto(phone.street.base_url)
    code = phone.show_code("10")
    till.tap("Volgende klant")
    till.charge("10", code.text)
    till.refused(REFUSED)
    till.tap(re.compile("Volgende klant|Terug|Klaar"))


def a_refund(till: Till) -> None:
    till.tap("Vandaag")
    till.page.locator("button.row").click()
    till.tap("Een deel terugbetalen")
    till.page.get_by_label("Hoeveel gaat er terug?").fill("12,50")
    till.tap("Verder")
    till.tap(re.compile(r"Ja, betaal €\s12,50 terug"))
    till.sees(re.compile(r"€\s12,50 is terugbetaald."))
    for _screen in ("the payment", "the day"):
        till.page.get_by_role("button", name="Terug", exact=True).click()


def the_weekly_payout(anna: Clerk, bram: Clerk, till: Till) -> None:
    anna.go("/uitbetalingen/nieuw")
    anna.fill("Wachttijd in dagen", "0")
    anna.tap("Reken opnieuw")
    anna.sees(re.compile(r"€\s30,00"))
    anna.tap("Bereid de uitbetaling voor")
    decide(anna, bram)
    anna.go("/uitbetalingen/1")
    with anna.page.expect_download() as download:
        anna.tap("Maak het bestand voor de bank")
    file = etree.fromstring(download.value.path().read_bytes())
    assert file.xpath("string(//*[local-name()='CtrlSum'])") == "30.00"
    assert file.xpath("string(//*[local-name()='EndToEndId'])") == "KP-1-1"
    till.tap("Meer")
    till.tap("Uitbetalingen")
    till.sees(re.compile("KP-1-1"))
