"""Schemes at the desk: created, changed, funded, paused and closed, with the right capacity."""

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from kindpakket.domain.capacities import Capacity
from kindpakket.domain.categories import bits_of
from kindpakket.domain.times import day_of, midnight
from kindpakket.protocol.signatures import address_of
from kindpakket.services.schemes.changes import (
    PeriodInvalid,
    Rules,
    closes_after,
    open_call,
    rules_call,
)
from tests.desk.office import ANNA, BRAM, Desk, at_the_desk, decided_by_two, field, read
from tests.support.many_letters import issue, spend
from tests.support.small_town import key
from tests.support.town import BICYCLES, BOOKS, START, Town, till_of

CLERK = key(61)
YEAR_2027, YEAR_2028 = 1_798_758_000, 1_830_294_000  # midnight in the Netherlands
NEW: dict[str, Any] = {
    "name": "Kindpakket 2027",
    "first": "2027-01-01",
    "last": "2027-12-31",
    "permitted": ["bicycles", "books"],
    "excluded": ["off_licences"],
    "per_letter": "200",
    "letter_split": "100 + 50 + 20 + 3 x 10",
    "card_split": "10 x 20",
    "parent_text": "Voor sport en school.\nVragen? Bel ons.",
    "shop_text": "Geef geen statiegeld contant terug.",
}


def filled(desk: Desk, **changes: Any) -> dict[str, Any]:
    """The fields of the form for a new scheme."""
    return NEW | {"seen": field(desk.get("/regelingen/nieuw").text, "seen")} | changes


def rules(desk: Desk, **changes: Any) -> dict[str, Any]:
    """The fields of the form for other rules of scheme 1."""
    page = desk.get("/regelingen/1/regels").text
    ticked = {name: boxes(page, name) for name in ("permitted", "excluded")}
    days = {name: field_of(page, name) for name in ("seen", "first", "last")}
    return {"months": "3"} | days | ticked | changes


def field_of(page: str, name: str) -> str:
    """The value of a field, with attributes in any order."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = tag and re.search(r'value="([^"]*)"', tag[0])
    assert value, f"no {name} on this page"
    return html.unescape(value[1])


def boxes(page: str, name: str) -> list[str]:
    """Names of the ticked checkboxes, also of hidden ones."""
    shown = re.findall(rf'name="{name}" value="(\w+)" checked', page)
    return shown + re.findall(rf'type="hidden" name="{name}" value="(\w+)"', page)


# ------------------------------------------------------------------------------- a new scheme


def test_a_scheme_is_made_by_two(town: Town, anna: Desk, bram: Desk) -> None:
    decision_set = anna.prepare("/regelingen/nieuw", filled(anna))
    page = bram.page(f"/besluiten/{decision_set}")
    assert "(regeling 2) gaat open van 1 januari 2027 tot en met 31 december 2027." in page
    assert town.view("schemes", 2)["closes"] == 0
    assert "Wacht op een besluit Kindpakket 2027 (regeling 2)" in anna.page("/regelingen")
    decided_by_two(anna, bram, decision_set)
    found = town.view("schemes", 2)
    assert (found["opens"], found["closes"]) == (YEAR_2027, YEAR_2028)
    assert found["permitted"] == bits_of(["bicycles", "books"])
    assert found["excluded"] == bits_of(["off_licences"])


def test_its_split_and_texts_are_kept_at_once(town: Town, anna: Desk, bram: Desk) -> None:
    decided_by_two(anna, bram, anna.prepare("/regelingen/nieuw", filled(anna)))
    page = anna.page("/regelingen/2")
    assert "Euro per brief € 200,00" in page
    assert "Tegoeden op een brief 100 + 50 + 20 + 3 x 10" in page
    scheme = town.api.get("/schemes/2")
    assert scheme["parentText"] == "Voor sport en school.\nVragen? Bel ons."
    assert scheme["shopText"] == "Geef geen statiegeld contant terug."
    assert town.api.get("/schemes/1")["parentText"] == ""


def test_the_same_form_twice_is_one_scheme(anna: Desk) -> None:
    form = filled(anna)
    assert anna.prepare("/regelingen/nieuw", form) == anna.prepare("/regelingen/nieuw", form)
    assert "Dit besluit wachtte al." in anna.told("/regelingen/nieuw", form)


def test_the_same_form_with_other_texts_keeps_these(anna: Desk, bram: Desk) -> None:
    form = filled(anna)
    decision_set = anna.prepare("/regelingen/nieuw", form)
    other = {"parent_text": "Bel ons.", "card_split": "20 x 10"}
    told = anna.told("/regelingen/nieuw", form | other)
    assert "Dit besluit wachtte al. De teksten en tegoeden die u invulde, zijn bewaard." in told
    decided_by_two(anna, bram, decision_set)
    page = anna.page("/regelingen/2")
    assert "Bel ons." in page
    assert "Tegoeden op een kaart 20 x 10" in page


@pytest.mark.parametrize("number", ["", "0", "²", "-2", str(2**64), "9" * 5000])
def test_a_new_scheme_with_another_number_than_the_next_is_not_prepared(
    anna: Desk, number: str
) -> None:
    assert anna.post("/regelingen/nieuw", filled(anna, seen=number)).status_code == 409
    assert "Wacht op een besluit" not in anna.page("/regelingen")


def test_two_schemes_at_once_do_not_get_one_number(anna: Desk, bram: Desk) -> None:
    late = filled(bram, name="Winterpakket")
    anna.prepare("/regelingen/nieuw", filled(anna))
    answer = bram.post("/regelingen/nieuw", late)
    assert answer.status_code == 409
    assert "Intussen is er iets veranderd." in read(answer.text)
    assert field_of(answer.text, "name") == "Winterpakket"
    assert field(answer.text, "seen") == "3"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Vul 1 tot 100 leesbare tekens in."),
        ({"first": "1-1-2027"}, "Vul een datum in"),
        ({"last": "2026-12-31"}, "De laatste dag ligt voor de eerste."),
        ({"permitted": []}, "Kies minstens één soort winkel die mag."),
        ({"excluded": ["books"]}, "U koos hier een soort winkel die volgens u ook mag."),
        ({"per_letter": "veel"}, "Vul een bedrag in euro's in"),
        ({"per_letter": "641"}, "Een brief is hoogstens € 640,00 waard"),
        ({"letter_split": "honderd"}, "Schrijf de tegoeden als 100 + 2 x 50"),
        (
            {"letter_split": "100 + 50"},
            "zijn samen € 150,00 en niet € 200,00. Bijvoorbeeld: 2 x 50 + 3 x 20 + 2 x 10 + 4 x 5.",
        ),
        ({"letter_split": "12 x 15 + 20"}, "Een brief heeft hoogstens 12 tegoeden."),
        ({"card_split": "9 x 20 + 21"}, "Een kaart heeft hoogstens 32 tegoeden van elk hoogstens"),
        ({"card_split": "40 x 5"}, "Schrijf de tegoeden als 100 + 2 x 50"),
        ({"card_split": "9 x 20"}, "Bijvoorbeeld: 10 x 20."),
        ({"name": "Kindpakket → 2027"}, "→ (U+2192 RIGHTWARDS ARROW) kan niet worden gedrukt."),
        ({"parent_text": "x" * 1001}, "Vul hoogstens 1000 leesbare tekens in."),
        ({"shop_text": "piep\x07"}, "U+0007 <control> kan niet worden gedrukt."),
    ],
)
def test_a_mistake_is_told_and_what_was_typed_is_kept(
    anna: Desk, change: dict[str, Any], sentence: str
) -> None:
    answer = anna.post("/regelingen/nieuw", filled(anna, **change))
    assert answer.status_code == 400
    assert sentence in read(answer.text)
    assert field_of(answer.text, "last") == change.get("last", "2027-12-31")
    assert "Bel ons." in answer.text or "parent_text" in change
    assert "Er wacht niets op uw handtekening." in anna.page("/besluiten")


def test_a_split_is_proposed_for_another_amount(anna: Desk) -> None:
    page = anna.post("/regelingen/nieuw", filled(anna, per_letter="150", doen="verdelen")).text
    assert field_of(page, "letter_split") == "50 + 3 x 20 + 2 x 10 + 4 x 5"
    assert field_of(page, "card_split") == "7 x 20 + 10"


@pytest.mark.parametrize("search", ["Dranken", "off lic", "4725"])
def test_a_search_leaves_out_boxes_and_no_ticks(anna: Desk, search: str) -> None:
    page = anna.post("/regelingen/nieuw", filled(anna, doen="zoek", zoek=search)).text
    assert "1 soort winkel gevonden" in read(page)
    assert sorted(boxes(page, "permitted")) == ["bicycles", "books"]
    assert boxes(page, "excluded") == ["off_licences"]
    assert field_of(page, "name") == "Kindpakket 2027"


# ------------------------------------------------------------------------------- other rules


def test_a_scheme_is_extended_and_keeps_the_rest(town: Town, anna: Desk, bram: Desk) -> None:
    before = town.view("schemes", 1)
    decision_set = anna.prepare("/regelingen/1/regels", rules(anna, last="2028-06-30"))
    decided_by_two(anna, bram, decision_set)
    found = town.view("schemes", 1)
    assert found["closes"] == 1_846_015_200  # midnight after 30 June 2028
    assert found["opens"] == before["opens"] == START
    assert (found["permitted"], found["excluded"]) == (before["permitted"], before["excluded"])


def test_a_scheme_gets_another_name_at_once(anna: Desk, bram: Desk) -> None:
    page = anna.get("/regelingen/1/teksten").text
    form = {"seen": re.findall('name="seen" value="([^"]*)"', page)[1]}
    for name, sentence in (
        ("Kind \u2192 2027", "\u2192 (U+2192 RIGHTWARDS ARROW) kan niet worden gedrukt."),
        ("", "Vul 1 tot 100 leesbare tekens in."),
    ):
        answer = anna.post("/regelingen/1/naam", form | {"name": name})
        assert answer.status_code == 400
        assert sentence in read(answer.text)
    assert (
        anna.post("/regelingen/1/naam", form | {"name": " Kind\u00a02027\ufeff "}).status_code
        == 303
    )
    assert "Kind 2027" in bram.page("/regelingen/1")
    assert bram.post("/regelingen/1/naam", form | {"name": "Anders"}).status_code == 409
    assert "Kind 2027" in bram.page("/regelingen/1")


def test_a_scheme_ends_at_the_end_of_a_day_in_the_netherlands() -> None:
    for last in (date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 31), date(2027, 12, 31)):
        assert rules_call(1, Rules(0, closes_after(last), 1, 0))
        for second in (-3600, -1, 1, 12 * 3600):
            for make in (open_call, rules_call):
                with pytest.raises(PeriodInvalid, match="eindigt aan het eind van een dag"):
                    make(1, Rules(0, closes_after(last) + second, 1, 0))


def test_a_scheme_that_ends_within_a_day_ends_with_it_after_other_rules(
    town: Town, anna: Desk, bram: Desk
) -> None:
    ends = town.view("schemes", 1)["closes"]
    town.decide("setRules", 1, START, ends - 3_600, bits_of(["books"]), 0)
    before = town.view("schemes", 1)["closes"]
    assert before != midnight(day_of(before))
    decided_by_two(
        anna, bram, anna.prepare("/regelingen/1/regels", rules(anna, excluded=["tobacco"]))
    )
    closes = town.view("schemes", 1)["closes"]
    assert closes == closes_after(day_of(before))


def test_rules_that_stay_as_they_are_need_no_decision(anna: Desk) -> None:
    answer = anna.post("/regelingen/1/regels", rules(anna))
    assert answer.status_code == 400
    assert "U hebt niets veranderd." in read(answer.text)


def test_rules_that_changed_meanwhile_are_looked_at_again(town: Town, anna: Desk) -> None:
    form = rules(anna, excluded=["tobacco"])
    town.decide("setRules", 1, START, START + 1000, bits_of(["books"]), 0)
    answer = anna.post("/regelingen/1/regels", form)
    assert answer.status_code == 409
    assert "Intussen is er iets veranderd." in read(answer.text)
    assert boxes(answer.text, "excluded") == ["tobacco"]


def test_a_rule_is_tried_on_what_was_paid(town: Town, anna: Desk) -> None:
    issue(town, 24)
    spend(town, BICYCLES, 12, amount=250)
    spend(town, BOOKS, 12, first=12, amount=100)
    form = rules(anna, permitted=["bicycles", "toys"], doen="proberen")
    answer = anna.post("/regelingen/1/regels", form)
    assert answer.status_code == 200
    page = read(answer.text)
    assert "Geweigerd 12 betalingen, € 12,00" in page
    assert "Doorgegaan 12 betalingen, € 30,00" in page
    assert "winkel 4 boeken € 12,00 12 betalingen –" in page
    assert "Winkels tellen met de soorten die zij nu hebben" in page
    assert "Er wacht niets op uw handtekening." in anna.page("/besluiten")


def test_a_trial_says_what_it_is_not_sure_of(town: Town, anna: Desk) -> None:
    """One payment on 15 January and one on the 17th, and rules that begin on the 16th."""
    issue(town, 2)
    spend(town, BICYCLES, 1, amount=300)
    form = rules(anna, first="2027-01-16", doen="proberen")
    page = read(anna.post("/regelingen/1/regels", form).text)
    assert "Geweigerd 1 betaling, € 3,00" in page
    assert "Onzeker" not in page
    town.clock.time += 2 * 24 * 3600
    spend(town, BICYCLES, 1, first=1, amount=500)
    with at_the_desk(town, anna.key) as (later,):
        form = rules(later, first="2027-01-16", doen="proberen")
        page = read(later.post("/regelingen/1/regels", form).text)
    assert "Onzeker 2 betalingen, € 8,00" in page
    assert "Hoeveel, kunt u niet zien. Die maand staat bij Onzeker." in page


def test_what_was_tried_is_prepared_exactly(town: Town, anna: Desk, bram: Desk) -> None:
    form = rules(anna, permitted=["toys"], last="2027-06-30", doen="proberen")
    tried = anna.post("/regelingen/1/regels", form).text.partition("desk-form--wide")[0]
    again = {name: field(tried, name) for name in ("seen", "first", "last")}
    kinds = {name: boxes(tried, name) for name in ("permitted", "excluded")}
    decided_by_two(anna, bram, anna.prepare("/regelingen/1/regels", again | kinds))
    found = town.view("schemes", 1)
    assert (found["opens"], found["closes"]) == (START, 1_814_392_800)  # 1 July 2027
    assert found["permitted"] == bits_of(["toys"])
    assert found["excluded"] == bits_of(["off_licences"])


# ------------------------------------------------------------------------------- texts and split


def details(desk: Desk, **changes: str) -> dict[str, str]:
    page = desk.get("/regelingen/1/teksten").text
    return {"seen": field(page, "seen"), "parent_text": "", "shop_text": ""} | changes


def test_texts_take_effect_without_a_decision(town: Town, anna: Desk) -> None:
    answer = anna.post("/regelingen/1/teksten", details(anna, parent_text="Welkom.\r\nBel ons."))
    assert answer.status_code == 303, read(answer.text)
    assert answer.headers["location"] == "/gemeente/regelingen/1?gedaan=bewaard"
    assert town.api.get("/schemes/1")["parentText"] == "Welkom.\nBel ons."


def test_texts_that_changed_meanwhile_are_looked_at_again(anna: Desk, bram: Desk) -> None:
    late = details(bram, shop_text="Van Bram")
    anna.post("/regelingen/1/teksten", details(anna, shop_text="Van Anna"))
    answer = bram.post("/regelingen/1/teksten", late)
    assert answer.status_code == 409
    assert "Van Bram" in answer.text
    assert "Van Anna" in anna.page("/regelingen/1")


def test_a_split_stays_as_it_is_once_there_are_coupons(anna: Desk) -> None:
    form = details(anna, per_letter="100", letter_split="100", card_split="5 x 20")
    anna.post("/regelingen/1/teksten", form)
    assert "Euro per brief € 300,00" in anna.page("/regelingen/1")


def test_a_split_can_be_changed_before_there_are_letters(anna: Desk, bram: Desk) -> None:
    decided_by_two(anna, bram, anna.prepare("/regelingen/nieuw", filled(anna)))
    seen = field(anna.get("/regelingen/2/teksten").text, "seen")
    form = details(anna, per_letter="100", letter_split="2 x 50", card_split="5 x 20", seen=seen)
    assert anna.post("/regelingen/2/teksten", form).status_code == 303
    assert "Euro per brief € 100,00" in anna.page("/regelingen/2")


# ------------------------------------------------------------------------------- budget, pause, end


def test_a_budget_is_given_and_taken_back(town: Town, anna: Desk, bram: Desk) -> None:
    budget = {"direction": "erbij", "amount": "60.000"}
    decided_by_two(anna, bram, anna.prepare("/regelingen/1/budget", budget))
    assert town.view("schemes", 1)["funded"] == 7_000_000
    town.clock.time += 1
    less = {"direction": "eraf", "amount": "500,50"}
    decided_by_two(anna, bram, anna.prepare("/regelingen/1/budget", less))
    assert town.view("schemes", 1)["funded"] == 6_949_950


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("9100,01", "Dit is meer dan er nog niet is toegekend."),
        ("", "Vul een bedrag in euro's in"),
    ],
)
def test_no_more_is_taken_back_than_there_is(anna: Desk, amount: str, sentence: str) -> None:
    answer = anna.post("/regelingen/1/budget", {"direction": "eraf", "amount": amount})
    assert answer.status_code == 400
    assert sentence in read(answer.text)


def test_a_pause_takes_one_and_going_on_takes_two(town: Town, anna: Desk, bram: Desk) -> None:
    anna.sign(anna.prepare("/regelingen/1/stilzetten"))
    assert town.view("schemes", 1)["paused"]
    assert "Regeling 1: stilgezet." in anna.page("/regelingen/1")
    town.clock.time += 1
    decision_set = anna.prepare("/regelingen/1/hervatten")
    anna.sign(decision_set)
    assert town.view("schemes", 1)["paused"]
    bram.sign(decision_set)
    assert not town.view("schemes", 1)["paused"]


def test_closing_says_that_it_is_for_good(town: Town, anna: Desk, bram: Desk) -> None:
    assert "Sluiten kan niet ongedaan worden gemaakt." in anna.page("/regelingen/1")
    for page in ("/regelingen", "/regelingen/1"):
        assert "tot en met 15 januari 2028" in anna.page(page)
    decision_set = anna.prepare("/regelingen/1/sluiten")
    assert "gesloten op het moment van uitvoeren" in bram.page(f"/besluiten/{decision_set}")
    decided_by_two(anna, bram, decision_set)
    for page in ("/regelingen", "/regelingen/1"):
        assert re.search(r"gesloten op 15 januari 2027 om \d\d\.\d\d uur", anna.page(page))
    assert town.view("schemes", 1)["closed"]
    assert "Regeling 1: voorbij." in anna.page("/regelingen/1")
    assert anna.get("/regelingen/1/regels").status_code == 409


# ------------------------------------------------------------------------------- the end of a year


@pytest.fixture
def ended(town: Town) -> Iterator[tuple[Desk, Desk]]:
    """Two officials after the end of the scheme, of which € 42,50 was paid and € 2,50 refunded."""
    payment = town.api.pay(till_of(BICYCLES), town.code(4_250), 4_250)["id"]
    town.api.refund(till_of(BICYCLES), payment, 250, town.now())
    town.clock.time = town.view("schemes", 1)["closes"]
    with at_the_desk(town, ANNA, BRAM) as (anna, bram):
        yield anna, bram


def test_before_the_end_no_account_of_the_budget_is_told(anna: Desk) -> None:
    assert "Afrekening" not in anna.page("/regelingen/1")


def test_after_the_end_the_account_of_the_budget_is_told(
    town: Town, ended: tuple[Desk, Desk]
) -> None:
    page = ended[0].page("/regelingen/1")
    assert (
        "Budget € 10.000,00 Betaald € 42,50 Terugbetaald € 2,50 Besteed € 40,00 "
        "Vervallen € 860,00 Niet toegekend € 9.100,00" in page
    )
    assert "Sluit de regeling dan voorgoed." in page
    town.decide("closeScheme", 1)
    assert "Sluit de regeling dan voorgoed." not in ended[0].page("/regelingen/1")


def test_after_the_end_two_take_back_what_was_not_granted(
    town: Town, ended: tuple[Desk, Desk]
) -> None:
    anna, bram = ended
    assert "Regeling 1 is voorbij: € 9.100,00 budget kan terug" in anna.page("/")
    page = anna.get("/regelingen/1").text
    assert "Bereid voor dat € 9.100,00 teruggaat" in read(page)
    back = {name: field(page, name) for name in ("direction", "amount")}
    decision_set = anna.prepare("/regelingen/1/budget", back)
    told = bram.page(f"/besluiten/{decision_set}")
    assert "Van het budget van regeling 1 gaat € 9.100,00 af." in told
    anna.sign(decision_set)
    assert town.view("schemes", 1)["funded"] == 1_000_000
    bram.sign(decision_set)
    assert town.view("schemes", 1)["funded"] == 90_000
    told = anna.page("/regelingen/1")
    assert "Er is geen budget meer om terug te halen: alles is toegekend." in told
    assert "Bereid voor dat" not in told
    assert "is voorbij" not in anna.page("/")


def test_who_may_not_decide_on_budget_sees_the_account_only(town: Town) -> None:
    town.decide("setOfficial", address_of(CLERK), int(Capacity.RULES))
    town.clock.time = town.view("schemes", 1)["closes"]
    with at_the_desk(town, CLERK) as (clerk,):
        page = clerk.page("/regelingen/1")
        assert "is voorbij" not in clerk.page("/")
    assert "Wat niet is toegekend, kan terug." in page
    assert "Bereid voor dat" not in page


# ------------------------------------------------------------------------------- who may


@pytest.mark.parametrize(
    ("capacity", "may", "may_not"),
    [
        (Capacity.RULES, ["nieuw", "1/regels", "1/teksten", "1/stilzetten"], ["1/budget"]),
        (Capacity.BUDGET, ["1/budget"], ["nieuw", "1/regels", "1/teksten", "1/stilzetten"]),
        (Capacity.SHOPS, [], ["nieuw", "1/regels", "1/teksten", "1/stilzetten", "1/budget"]),
    ],
)
def test_each_act_asks_for_its_capacity(
    town: Town, capacity: Capacity, may: list[str], may_not: list[str]
) -> None:
    town.decide("setOfficial", address_of(CLERK), int(capacity))
    with at_the_desk(town, CLERK) as (clerk,):
        assert clerk.get("/regelingen").status_code == (403 if capacity is Capacity.SHOPS else 200)
        for act in may:
            assert clerk.post(f"/regelingen/{act}").status_code != 403, act
        for act in (*may_not, *(["1/hervatten", "1/sluiten"] if "1/regels" in may_not else [])):
            assert clerk.post(f"/regelingen/{act}").status_code == 403, act


def test_pages_of_an_unknown_scheme_are_not_found(anna: Desk) -> None:
    for path in ("/regelingen/9", "/regelingen/9/regels", "/regelingen/0", "/regelingen/x"):
        assert anna.get(path).status_code == 404, path
    assert anna.post("/regelingen/9/stilzetten").status_code == 404
