"""The public page /over: the rules in force and who decided on them, for everyone."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product

import pytest
from fastapi import Request, Response

from kindpakket.api.pages.over import _Rendered
from kindpakket.domain.categories import bits_of
from kindpakket.domain.children import Person
from kindpakket.ledger.port import LedgerUnavailable
from kindpakket.main import build_app, serving
from kindpakket.protocol.enrolment import official_code
from kindpakket.protocol.signatures import address_of
from kindpakket.services import publication
from kindpakket.services.base.names import rename_scheme
from kindpakket.services.publication import REFRESHED_AFTER, Publication, read_publication
from kindpakket.services.shops.register import ShopDetails, describe_shop
from kindpakket.settings import Settings
from tests.support.browser import browser, end_transitions, run_axe
from tests.support.messages import decision, signed
from tests.support.screens import Screens
from tests.support.town import BICYCLES, EVERYTHING, SCHEME, START, Town, till_of

CODES = [official_code(address_of(key)) for key in EVERYTHING]
DAY = 24 * 3600


def shown(town: Town, query: str = "") -> str:
    """The text of the page, as it is a minute later."""
    town.clock.time += REFRESHED_AFTER
    answer = town.http.get(f"/over{query}")
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.text.partition("<body>")[2])
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def by(text: str) -> set[str]:
    """The officials' codes in a text."""
    return set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text))


def test_the_rules_are_those_of_the_ledger(town: Town) -> None:
    text = shown(town)
    rules = text.partition("De regels van nu")[2].partition("Dit geldt altijd")[0]
    assert "Regeling 1 Geld op een brief € 300,00 Begint op 15 januari 2027 om 09.00 uur" in rules
    assert "Einde tot en met 15 januari 2028" in rules
    assert "Winkels die mogen Fietsen en bromfietsen Boeken Speelgoed" in rules
    assert "Winkels die nooit mogen Dranken" in rules
    assert "Zo besloten op 15 januari 2027 om 09.00 uur, door " in rules
    assert by(rules) == set(CODES[:2])


def test_it_is_in_english_too(town: Town) -> None:
    text = shown(town, "?lang=en")
    assert "Scheme 1 Money on a letter €300.00 Begins on 15 January 2027 at 09:00" in text
    assert "Shops that are allowed Bicycles and mopeds Books Toys" in text
    assert "Winkels" not in text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Vraag ook om de broncode van kindpakket: daarin staat de map audit."),
        ("?lang=en", "Ask for the source code of kindpakket too: the folder audit is in it."),
    ],
)
def test_it_says_where_the_program_of_the_audit_is(still_town: Town, query: str, told: str) -> None:
    text = shown(still_town, query)
    assert told in text.partition("pipx run --spec ./audit kindpakket-audit")[0]


def test_new_rules_are_told_with_the_former_ones_below(town: Town) -> None:
    closes = START + 10 * DAY
    by_others = EVERYTHING[1:]
    town.decide("setRules", SCHEME, START, closes, bits_of(["books"]), 0, by=by_others)
    text = shown(town)
    rules = text.partition("De regels van nu")[2].partition("Dit geldt altijd")[0]
    changes = text.partition("Wat er veranderde")[2].partition("Winkels die meedoen")[0]
    assert "Winkels die mogen Boeken Zo besloten op" in rules
    assert by(rules) == set(CODES[1:])
    newer, older = changes.index("er kwamen andere regels"), changes.index("de regeling is gemaakt")
    assert newer < older
    assert "Winkels die mogen Fietsen en bromfietsen Boeken Speelgoed" in changes[older:]


def test_a_pause_and_an_end_are_told_with_who_decided(town: Town) -> None:
    town.decide("setPaused", SCHEME, True, by=EVERYTHING[2:])
    text = shown(town)
    assert "Deze regeling staat stil" in text
    rules = text.partition("De regels van nu")[2].partition("Dit geldt altijd")[0]
    assert by(rules) == set(CODES)
    town.decide("setPaused", SCHEME, False)
    text = shown(town)
    assert "Deze regeling staat stil" not in text
    assert by(text.partition("De regels van nu")[2].partition("Dit geldt altijd")[0]) == set(
        CODES[:2]
    )
    town.decide("closeScheme", SCHEME, by=EVERYTHING[1:])
    text = shown(town)
    assert "Einde gesloten op" in text
    assert "Regeling 1: voorgoed gesloten." in text


def test_a_decision_that_was_cancelled_changed_nothing(town: Town) -> None:
    before = read_publication(town.workspace.context).changes
    message = decision(town, "closeScheme", SCHEME)
    town.api.post("/cancellations", signed(town, message, EVERYTHING[0]))
    town.clock.time += REFRESHED_AFTER
    assert read_publication(town.workspace.context).changes == before


def test_a_budget_is_told_when_the_totals_are(town: Town) -> None:
    """Otherwise the page would tell it a day before the published totals."""
    assert "bij het budget kwam" not in shown(town)
    town.clock.time += DAY
    assert "Regeling 1: bij het budget kwam € 10.000,00." in shown(town)


def test_shops_are_those_that_take_part(town: Town) -> None:
    describe_shop(
        town.workspace.context, BICYCLES, ShopDetails("Fietsenhal", "Dam 1", phone="010-1")
    )
    shops = shown(town).partition("Winkels die meedoen")[2]
    assert "Fietsenhal Fietsen en bromfietsen" in shops
    assert "Winkel 5" not in shops  # it is not admitted
    assert "Winkel 2 Dranken. Mag nu bij geen regeling." in shops
    town.decide("setSuspended", BICYCLES, True, by=EVERYTHING[:1])
    assert "Fietsenhal" not in shown(town)


def test_all_that_is_kept_of_a_child_is_told(still_town: Town) -> None:
    """Whoever keeps more of a child has to tell it here."""
    kept = {each.name for each in fields(Person)}
    assert kept == {"name", "born", "street", "postcode", "town", "phone", "secret"}
    assert (
        "van elk kind dat een brief kan krijgen: naam, geboortedatum, adres of dat het geheim is, "
        "telefoon van een ouder, het nummer van de brief, en of wij aan het einde herinnerden."
    ) in shown(still_town)
    assert (
        "of each child that can get a letter: name, date of birth, address or that it is secret, "
        "telephone of a parent, the number of the letter, and whether we reminded of the end."
    ) in shown(still_town, "?lang=en")


def test_names_are_texts_and_never_markup(town: Town) -> None:
    name = "<script>x</script>\x07\u202e&"
    context = town.workspace.context
    rename_scheme(context.store, SCHEME, name, town.now())
    describe_shop(context, BICYCLES, ShopDetails(f"'\"><b>{name}", "Dam 1"))
    for query in ("", "?lang=en"):
        town.clock.time += REFRESHED_AFTER
        page = town.http.get(f"/over{query}").text
        assert "&lt;script&gt;x&lt;/script&gt;&amp;" in page
        assert not re.search(r"<script|<b>|\x07|\u202e", page)


def test_nothing_is_told_of_people_or_single_payments(town: Town) -> None:
    payment = town.api.pay(till_of(BICYCLES), town.code(1_234), 1_234)
    text = shown(town) + town.http.get("/over").text
    assert "12,34" not in text
    assert payment["id"] not in text
    assert address_of(till_of(BICYCLES).key) not in text
    for key in EVERYTHING:
        assert address_of(key) not in text


def test_it_needs_no_session_and_no_script_and_may_be_kept(still_town: Town) -> None:
    answer = still_town.http.get("/over")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert not re.search(r"<script| style=|<form|(src|href)=.https?:", answer.text)
    assert "set-cookie" not in answer.headers
    again = still_town.http.get("/over", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == answer.headers["etag"]
    other = still_town.http.get("/over?lang=en", headers={"If-None-Match": answer.headers["etag"]})
    assert other.status_code == 200


def test_however_often_it_is_asked_for_it_is_read_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    read = publication._read
    monkeypatch.setattr(publication, "_read", lambda *args: reads.append(1) or read(*args))
    for number in range(50):
        assert town.http.get(f"/over?lang={'en' if number % 2 else number}").status_code == 200
    assert len(reads) == 1
    town.clock.time += REFRESHED_AFTER
    town.http.get("/over")
    assert len(reads) == 2


def test_payments_make_no_other_page(town: Town) -> None:
    town.http.get("/over")
    etag = town.http.get("/over").headers["etag"]
    town.api.pay(till_of(BICYCLES), town.code(100), 100)
    town.clock.time += REFRESHED_AFTER
    assert town.http.get("/over").headers["etag"] == etag


def test_what_is_asked_for_in_another_thread_meanwhile_is_of_its_own_publication(
    town: Town,
) -> None:
    former = read_publication(town.workspace.context)
    current = replace(former, shop_count=former.shop_count + 1)
    request = Request({"type": "http", "headers": []})

    def ask(of: Publication) -> bytes:
        answer = rendered.answer(request, of, "", lambda: Response(str(of.shop_count)))
        return bytes(answer.body)

    class Interrupted(_Rendered):
        """While it stores anything of the current publication, another thread asks for that."""

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if asking:
                meanwhile.append(asking.pop()())

    asking: list[Callable[[], bytes]] = []
    meanwhile: list[bytes] = []
    rendered = Interrupted()
    ask(former)
    asking.append(lambda: ask(current))
    assert ask(current) == b"5"
    assert meanwhile == [b"5"]


def test_it_stays_while_the_ledger_cannot_be_read(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_publication(town.workspace.context)

    def fail(*_: object) -> None:
        raise LedgerUnavailable("no answer")

    monkeypatch.setattr(publication, "_read", fail)
    town.clock.time += REFRESHED_AFTER
    assert read_publication(town.workspace.context) is before


def test_who_comes_while_it_is_read_for_the_first_time_does_not_wait_long(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "_PATIENCE_SECONDS", 0)
    statuses = []
    read = publication._read

    def reading(*args: object) -> object:
        statuses.append(town.http.get("/over").status_code)
        return read(*args)

    monkeypatch.setattr(publication, "_read", reading)
    assert town.http.get("/over").status_code == 200
    assert statuses == [503]


def test_its_size_is_bounded_however_much_was_decided(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 14):
        town.decide("openScheme", number, 1, 2**33, bits_of(["books"]), 0)
    for _ in range(12):
        town.decide("setRules", 2, 1, 2**33, bits_of(["toys"]), 0)
    text = shown(town)
    assert "Regeling 13 Geld op een brief" in text
    assert "Regeling 3 Geld op een brief" not in text
    assert "En nog 3, die niet op deze pagina passen." in text
    assert text.count("er kwamen andere regels") + text.count("de regeling is gemaakt") == 20
    monkeypatch.setattr("kindpakket.services.publication.rules.MOST_CHANGES", 5)
    monkeypatch.setattr("kindpakket.services.publication.MOST_SCHEMES", 4)
    town.clock.time += REFRESHED_AFTER
    made = read_publication(town.workspace.context)
    assert len(made.changes) == 5
    assert [each.id for each in made.schemes] == [13, 12, 11, 10]
    assert made.scheme_count == 13


def test_the_page_can_be_used_by_everybody(town: Town, screens: Screens) -> None:
    context = town.workspace.context
    rename_scheme(context.store, SCHEME, "Kindpakket voor het schooljaar 2027 en 2028", town.now())
    describe_shop(context, BICYCLES, ShopDetails("Rijwielhandelsvereniging" * 4, "Dam 1"))
    town.decide("setPaused", SCHEME, True, by=EVERYTHING[:1])
    app = build_app(town.workspace, Settings(data=town.directory, municipality="Zuiderdam"))
    with serving(app, None) as address, browser() as chromium:
        for theme, (width, height) in product(("light", "dark"), ((390, 844), (1366, 768))):
            page = chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme=theme,  # type: ignore[arg-type]
                java_script_enabled=True,
            ).new_page()
            for query in ("", "?lang=en"):
                page.goto(f"{address}/over{query}")
                end_transitions(page)
                assert run_axe(page).violations_count == 0
                if theme == "light" and width == 390:
                    screens.look(page, "public pages", f"about kindpakket {query}")
                for link in page.locator("main a, header a").all():
                    box = link.bounding_box()
                    assert box is not None
                    assert box["height"] >= 48
