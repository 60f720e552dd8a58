"""Sessions at the desk: signing in, duration, and protection of forms."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from kindpakket.actors import Api
from kindpakket.domain.capacities import Capacity
from kindpakket.main import build_app
from kindpakket.protocol.signatures import address_of
from kindpakket.settings import Settings
from tests.desk.office import ANNA, Desk, read, sign_in, visitor
from tests.support.small_town import key
from tests.support.town import HERE, Town

STRANGER = key(51)


def test_without_a_session_every_page_leads_to_signing_in(town: Town) -> None:
    answer = visitor(town).get("/gemeente/besluiten", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/gemeente/aanmelden?verder=/gemeente/besluiten"


def test_a_key_without_a_capacity_does_not_come_in(town: Town) -> None:
    answer = sign_in(town, visitor(town), STRANGER)
    assert answer.status_code == 401
    assert "Deze sleutel is niet van een ambtenaar" in read(answer.text)
    assert "set-cookie" not in answer.headers


def test_a_message_signs_in_once(town: Town) -> None:
    http = visitor(town)
    sign_in(town, http, ANNA)
    again = http.post("/gemeente/aanmelden", data=dict(http.headers) | {"message": "x"})
    assert again.status_code == 401


def cookie_of(town: Town, address: str) -> set[str]:
    """The attributes of the session cookie of a site at this address, without its value."""
    settings = Settings(data=town.directory, app_address=address)
    app = build_app(town.workspace, settings)
    http = TestClient(app, base_url=address, headers={"Origin": address.rstrip("/")})
    there = replace(town, http=http, api=Api(http))
    name, *parts = sign_in(there, http, ANNA).headers["set-cookie"].lower().split("; ")
    return {name.partition("=")[0], *parts}


@pytest.mark.parametrize("address", ["https://town.test", "http://town.test"])
def test_the_cookie_of_a_site_that_others_reach_is_for_https_and_this_host(
    town: Town, address: str
) -> None:
    assert cookie_of(town, address) == {
        "__host-kindpakket-desk",
        "httponly",
        "samesite=lax",
        "path=/",
        "secure",
    }


def test_the_cookie_of_a_site_of_this_machine_does_without_https(town: Town) -> None:
    parts = {"kindpakket-desk", "httponly", "samesite=lax", "path=/"}
    assert cookie_of(town, HERE) == parts


def test_a_session_ends_after_half_an_hour_without_use(town: Town, anna: Desk) -> None:
    town.clock.time += 30 * 60
    assert anna.get("/").status_code == 200
    town.clock.time += 30 * 60 + 1
    assert anna.get("/").status_code == 303


def test_a_session_that_is_used_lasts_a_working_day(town: Town, anna: Desk) -> None:
    for _quarter in range(38):  # nine and a half hours
        town.clock.time += 15 * 60
        assert anna.get("/").status_code == 200
    for _quarter in range(3):
        town.clock.time += 15 * 60
        anna.get("/")
    assert anna.get("/").status_code == 303


def test_signing_out_ends_the_session(anna: Desk) -> None:
    cookies = dict(anna.http.cookies)
    anna.post("/afmelden")
    anna.http.cookies.update(cookies)
    assert anna.get("/").status_code == 303


def test_a_colleague_ends_the_sessions_of_a_lost_laptop(anna: Desk, bram: Desk) -> None:
    anna.post("/ambtenaren/afmelden", {"official": bram.address})
    assert bram.get("/").status_code == 303
    assert anna.get("/").status_code == 200


def test_who_is_no_official_any_more_is_out_at_once(town: Town, anna: Desk, bram: Desk) -> None:
    for each in (key(61), key(62)):  # so that enough officials are left
        town.decide("setOfficial", address_of(each), sum(Capacity))
    town.decide("setOfficial", bram.address, 0)
    assert bram.get("/").status_code == 303
    assert anna.get("/").status_code == 200


def test_a_form_without_its_token_does_nothing(anna: Desk, bram: Desk) -> None:
    for csrf in ("", bram.csrf):
        answer = anna.post("/ambtenaren/afmelden", {"official": bram.address, "csrf": csrf})
        assert answer.status_code == 403
    assert bram.get("/").status_code == 200


def test_a_form_from_another_site_does_nothing(anna: Desk, bram: Desk) -> None:
    csrf = anna.csrf
    for origin in ("https://elders.example", "null"):
        answer = anna.http.post(
            "/gemeente/ambtenaren/afmelden",
            data={"official": bram.address, "csrf": csrf},
            headers={"Origin": origin},
        )
        assert answer.status_code == 403
    assert bram.get("/").status_code == 200


def test_a_form_after_the_session_ended_says_that_nothing_happened(town: Town, anna: Desk) -> None:
    csrf = anna.csrf
    town.clock.time += 31 * 60
    answer = anna.http.post("/gemeente/ambtenaren/uitnodigen", data={"csrf": csrf, "name": "X"})
    assert answer.status_code == 401
    assert "Er is niets gebeurd" in read(answer.text)


def test_the_desk_speaks_english_when_asked(anna: Desk) -> None:
    assert "Wat op u wacht" in anna.page("/")
    assert "What waits for you" in anna.page("/?taal=en")
    assert "What waits for you" in anna.page("/")
