"""Access control of the desk: each route, and the capacities that it requires."""

from collections.abc import Iterator, Mapping

import pytest
from fastapi.routing import APIRoute

from kindpakket.desk.app import ROUTERS
from kindpakket.domain.capacities import Capacity
from kindpakket.protocol.signatures import address_of
from tests.desk.office import Desk, at_the_desk, visitor
from tests.support.small_town import key
from tests.support.town import BICYCLES, Clock, Town, copied, opened, till_of

HOLDERS = {capacity: key(70 + place) for place, capacity in enumerate(Capacity)}
"""Officials with one capacity and no other."""

TABLE = """
GET  /                            RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /besluiten                   RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /besluiten/genomen           RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /cijfers                     RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/months.csv          RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/cijfers.xlsx        RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/cijfers.json        RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/schatting           RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/drukte              RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/raadsverslag        RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /cijfers/raadsverslag.pdf    RULES  SHOPS  BUDGET  ISSUE  PAYOUT
GET  /controle                    RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
POST /controle                    RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /controle/verslag            RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /controle/verslag.json       RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /zoeken                      RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /toetsen                     RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER

GET  /ambtenaren                  RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /privacy                     RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
POST /privacy/voorstel                                                            REGISTER
POST /privacy/overdracht          RULES  SHOPS  BUDGET  ISSUE  PAYOUT  OFFICIALS  REGISTER
GET  /inzage                                                           OFFICIALS
GET  /inzage/kinderen                                                  OFFICIALS
GET  /inzage/cijfers                                                   OFFICIALS
POST /ambtenaren/uitnodigen                                            OFFICIALS
POST /ambtenaren/toelaten                                              OFFICIALS
POST /ambtenaren/wijzigen                                              OFFICIALS
POST /ambtenaren/vergeten                                              OFFICIALS
POST /ambtenaren/afmelden                                              OFFICIALS
POST /werkaccount/ontkoppelen                                          OFFICIALS

GET  /regelingen                  RULES         BUDGET
GET  /regelingen/1                RULES         BUDGET
GET  /regelingen/nieuw            RULES
POST /regelingen/nieuw            RULES
GET  /regelingen/1/regels         RULES
POST /regelingen/1/regels         RULES
GET  /regelingen/1/teksten        RULES
POST /regelingen/1/teksten        RULES
POST /regelingen/1/naam           RULES
POST /regelingen/1/leeftijden     RULES
POST /regelingen/1/stilzetten     RULES
POST /regelingen/1/hervatten      RULES
POST /regelingen/1/sluiten        RULES
POST /regelingen/1/budget                       BUDGET

GET  /winkels                            SHOPS                 PAYOUT
GET  /winkels/1                          SHOPS                 PAYOUT
GET  /winkels/1/betalingen               SHOPS                 PAYOUT
POST /winkels/1/betalingen               SHOPS                 PAYOUT
GET  /winkels/nieuw                      SHOPS
POST /winkels/nieuw                      SHOPS
POST /winkels/1/uitnodigen               SHOPS
POST /winkels/1/toelaten                 SHOPS
POST /winkels/1/schorsen                 SHOPS
POST /winkels/1/hervatten                SHOPS
POST /winkels/1/beeindigen               SHOPS
POST /winkels/1/soorten                  SHOPS
POST /winkels/1/gegevens                 SHOPS
GET  /winkels/1/rekening                 SHOPS
POST /winkels/1/rekening                 SHOPS

GET  /kinderen                                                                    REGISTER
GET  /kinderen/inlezen                                                            REGISTER
POST /kinderen/inlezen                                                            REGISTER
GET  /kinderen/sjabloon.csv                                                       REGISTER
POST /kinderen/zoeken                                                             REGISTER
GET  /kinderen/lijsten/1                                                          REGISTER
POST /kinderen/lijsten/1/toewijzen                                                REGISTER
GET  /kinderen/lijsten/1/uitdelen                                                 REGISTER
POST /kinderen/lijsten/1/uitdelen                                                 REGISTER
POST /kinderen/lijsten/1/afdrukken                                                REGISTER
POST /kinderen/lijsten/1/posten                                                   REGISTER
GET  /kinderen/bellen                                                             REGISTER
GET  /kinderen/tweede-brief                                                          REGISTER
POST /kinderen/tweede-brief                                                          REGISTER
POST /kinderen/kind/1/brief                                                       REGISTER
POST /kinderen/kind/1/gegeven                                                     REGISTER
POST /kinderen/kind/1/kaart                                                          REGISTER
POST /kinderen/kind/1/kwijt                                                          REGISTER
POST /kinderen/kind/1/terug                                                       REGISTER
GET  /kinderen/kind/1                                                             REGISTER
POST /kinderen/kind/1                                                             REGISTER
GET  /kinderen/kind/1/afdrukken                                                   REGISTER
GET  /kinderen/herinneren/1                                                       REGISTER
POST /kinderen/herinneren/1/afdrukken                                             REGISTER
POST /kinderen/herinneren/1/verstuurd                                             REGISTER
POST /kinderen/herinneren/1/gebeld                                                REGISTER
POST /kinderen/kind/1/verwijderen                                                 REGISTER

GET  /brieven                                           ISSUE
GET  /brieven/voorraad/1                                ISSUE
POST /brieven/voorraad/1                                ISSUE
POST /brieven                                           ISSUE
GET  /brieven/nieuw                                     ISSUE
POST /brieven/nieuw                                     ISSUE
GET  /brieven/nieuw/1                                   ISSUE
GET  /brieven/nieuw/1/opdracht.json                     ISSUE
GET  /brieven/vervangen                                 ISSUE                     REGISTER
GET  /brieven/vervangen/nieuw                           ISSUE                     REGISTER
POST /brieven/vervangen/nieuw                           ISSUE                     REGISTER
GET  /brieven/vervangen/1                               ISSUE                     REGISTER
GET  /brieven/vervangen/1/brief                         ISSUE                     REGISTER
POST /brieven/vervangen/1/intrekken                     ISSUE
POST /brieven/vervangen/1/geopend
POST /brieven/vervangen/1/klaar
POST /brieven/vervangen/1/stoppen

GET  /uitbetalingen                                            PAYOUT
GET  /uitbetalingen/nieuw                                      PAYOUT
POST /uitbetalingen/nieuw                                      PAYOUT
GET  /uitbetalingen/1                                          PAYOUT
POST /uitbetalingen/1/bestand                                  PAYOUT
POST /uitbetalingen/1/geweigerd                                PAYOUT
POST /uitbetalingen/1/terugnemen                               PAYOUT
GET  /uitbetalingen/1/teruggekomen                             PAYOUT
POST /uitbetalingen/1/teruggekomen                             PAYOUT
GET  /uitbetalingen/bank                                       PAYOUT
POST /uitbetalingen/bank                                       PAYOUT
POST /uitbetalingen/bank/teruggekomen                          PAYOUT
POST /uitbetalingen/bank/gezien                                PAYOUT
POST /uitbetalingen/bank/weghalen                              PAYOUT
GET  /uitbetalingen/boekingen                                  PAYOUT
"""
ROWS = [line.split() for line in TABLE.splitlines() if line]
OPEN = {
    ("GET", "/aanmelden"),
    ("POST", "/aanmelden"),
    ("POST", "/afmelden"),
    ("POST", "/overal-afmelden"),
    ("GET", "/nieuw"),
    ("POST", "/nieuw"),
    ("GET", "/besluiten/{decision_set}"),
    ("POST", "/besluiten/{decision_set}/handtekening"),
    ("POST", "/besluiten/{decision_set}/intrekken"),
    ("GET", "/berichten/{message}"),
    ("POST", "/berichten/{message}/handtekening"),
    ("POST", "/berichten/{message}/intrekken"),
    ("GET", "/werkaccount"),
    ("GET", "/werkaccount/terug"),
    ("GET", "/werkaccount/koppelen"),
    ("POST", "/werkaccount/koppelen"),
    ("POST", "/werkaccount/afgemeld"),
}
"""Routes without a session, or where the signature is the permission; who may sign a message is
tested in `test_shop_accounts.py`, and work accounts in `test_work_accounts.py`."""


@pytest.fixture(scope="module")
def desks(founded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Desk]]:
    clock = Clock()
    clock.time += 3600
    directory = copied(founded, tmp_path_factory.mktemp("access") / "town")  # type: ignore[arg-type]
    with opened(directory, clock) as town:
        for capacity, holder in HOLDERS.items():
            town.decide("setOfficial", address_of(holder), int(capacity))
        town.api.pay(till_of(BICYCLES), town.code(1_000), 1_000)
        with at_the_desk(town, *HOLDERS.values()) as desks:
            yield dict(zip((str(each.name) for each in HOLDERS), desks, strict=True))


@pytest.mark.parametrize(("method", "path", "holders"), [(m, p, h) for m, p, *h in ROWS])
def test_who_may(desks: Mapping[str, Desk], method: str, path: str, holders: list[str]) -> None:
    let_in = []
    for name, desk in desks.items():
        answer = desk.get(path) if method == "GET" else desk.post(path)
        assert answer.status_code < 500, answer.text
        if answer.status_code != 403:
            let_in.append(name)
    assert let_in == holders


def test_nobody_comes_in_without_a_session(town: Town) -> None:
    http = visitor(town)
    for method, path, *_holders in ROWS:
        answer = http.request(method, f"/gemeente{path}", follow_redirects=False)
        assert answer.status_code == (303 if method == "GET" else 401), path
        assert method == "POST" or answer.headers["location"].startswith("/gemeente/aanmelden")


def test_every_page_and_act_is_in_the_table() -> None:
    named = {(method, _general(path)) for method, path, *_holders in ROWS} | OPEN
    routes = {
        (method, _general(route.path))
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert {(method, path) for method, path in routes if (method, path) not in named} == {
        ("GET", "/winkels/{}/{section}"),
        ("GET", "/winkels/{}/betalingen/{}"),
        ("GET", "/cijfers/{name}.csv"),
    }


def _general(path: str) -> str:
    """``/winkels/1`` and ``/winkels/{shop}`` are the same route."""
    numbers = ("1", "{scheme}", "{shop}", "{batch}", "{number}", "{replacement}", "{child}")
    parts = ["{}" if part in numbers else part for part in path.split("/")]
    return "/".join(parts)
