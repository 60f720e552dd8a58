"""Sessions: signing in with a key, to read data of one's own."""

from dataclasses import replace

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from sqlalchemy import select

from kindpakket.actors import API
from kindpakket.api.app import create_app
from kindpakket.domain.categories import bits_of
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base.sessions import Origin
from kindpakket.site import Site
from kindpakket.store import tables as t
from tests.support.problems import problem
from tests.support.sessions import open_session, personal_sign, read, sign_in, sign_in_message
from tests.support.town import BICYCLES, BOOKS, EVERYTHING, HERE, Town, owner_of, till_of

TILL, OWNER = till_of(BICYCLES).key, owner_of(BICYCLES)
STRANGER = Key(b"\x99" * 32)
MINE, THEIRS = "/shops/1/payments", "/shops/4/payments"


def refused(town: Town, text: str, key: Key) -> None:
    problem(open_session(town, text, key), 401, "session_invalid")


# who may read what


@pytest.mark.parametrize("path", ["/shops/1/payments", "/shops/1/payouts"])
@pytest.mark.parametrize("key", [TILL, OWNER], ids=["till", "owner"])
def test_a_till_and_its_owner_read_what_a_shop_was_paid(town: Town, key: Key, path: str) -> None:
    answer = read(town, path, sign_in(town, key))
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("path", ["/shops/4/payments", "/shops/4/payouts"])
@pytest.mark.parametrize("key", [TILL, OWNER], ids=["till", "owner"])
def test_another_shops_are_not_read(town: Town, key: Key, path: str) -> None:
    problem(read(town, path, sign_in(town, key)), 403, "not_authorised")


def test_an_official_reads_every_shops(town: Town) -> None:
    token = sign_in(town, EVERYTHING[0])
    for shop in (1, 2, 3, 4, 5):
        assert read(town, f"/shops/{shop}/payouts", token).status_code == 200


def test_a_stranger_reads_nothing(town: Town) -> None:
    token = sign_in(town, STRANGER)
    for path in (MINE, THEIRS):
        problem(read(town, path, token), 403, "not_authorised")


@pytest.mark.parametrize("path", ["/shops/1/payments", "/shops/1/payouts"])
def test_nothing_is_read_without_a_token(still_town: Town, path: str) -> None:
    answer = read(still_town, path, None)
    problem(answer, 401, "session_invalid")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["", "x", "0x" + "11" * 32, "null"])
def test_another_token_reads_nothing(still_town: Town, token: str) -> None:
    problem(read(still_town, MINE, token), 401, "session_invalid")


def test_a_token_is_a_bearer_token(town: Town) -> None:
    token = sign_in(town, TILL)
    for header in (token, f"Basic {token}", f"Token {token}"):
        answer = town.http.get(API + MINE, headers={"Authorization": header})
        problem(answer, 401, "session_invalid")
    assert town.http.get(API + MINE, headers={"Authorization": f"bearer {token}"}).is_success


# for how long


def test_a_blocked_till_reads_nothing_from_then_on(town: Town) -> None:
    token = sign_in(town, TILL)
    assert read(town, MINE, token).status_code == 200
    town.api.change_till(OWNER, BICYCLES, TILL, town.now(), active=False)
    problem(read(town, MINE, token), 403, "not_authorised")


def test_a_former_owner_reads_nothing_from_then_on(town: Town) -> None:
    token = sign_in(town, OWNER)
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), address_of(STRANGER), True)
    problem(read(town, MINE, token), 403, "not_authorised")
    assert read(town, MINE, sign_in(town, STRANGER)).status_code == 200


def test_a_former_official_reads_nothing_from_then_on(town: Town) -> None:
    key = EVERYTHING[2]
    token = sign_in(town, key)
    assert read(town, "/shops/1", token).status_code == 200
    town.decide("setOfficial", address_of(key), 0)
    problem(read(town, "/shops/1", token), 403, "not_authorised")


def test_a_suspended_shop_still_reads_its_own(town: Town) -> None:
    town.decide("setShop", BICYCLES, bits_of(["bicycles"]), address_of(OWNER), False)
    assert read(town, MINE, sign_in(town, TILL)).status_code == 200


def test_a_session_lasts_half_an_hour(town: Town) -> None:
    token = sign_in(town, TILL)
    town.clock.time += 30 * 60
    assert read(town, MINE, token).status_code == 200
    town.clock.time += 1
    problem(read(town, MINE, token), 401, "session_invalid")


def test_a_session_says_whose_it_is_and_until_when(town: Town) -> None:
    answer = open_session(town, sign_in_message(town, TILL), TILL).json()
    assert set(answer) == {"token", "address", "expiresAt"}
    assert answer["address"] == address_of(TILL)
    assert answer["expiresAt"] == "2027-01-15T09:30:00Z"


def test_the_store_holds_no_token_that_would_open_anything(town: Town) -> None:
    token = sign_in(town, TILL)
    with town.workspace.context.store.read() as db:
        (row,) = db.execute(select(t.sessions)).all()
    assert token not in map(str, row)
    problem(read(town, MINE, row.token_sha256), 401, "session_invalid")


# challenges


def test_a_challenge_says_what_the_message_must_carry(town: Town) -> None:
    asked = town.api.post("/session-challenges", {})
    assert set(asked) == {"nonce", "domain", "uri", "chainId", "version", "expiresAt"}
    assert asked["domain"] == "town.test"
    assert asked["uri"] == "https://town.test"
    assert asked["chainId"] == town.api.domain.chain_id
    assert asked["version"] == "1"
    assert asked["expiresAt"] == "2027-01-15T09:05:00Z"


def test_a_challenge_is_answered_once(town: Town) -> None:
    text = sign_in_message(town, TILL)
    assert open_session(town, text, TILL).status_code == 201
    refused(town, text, TILL)


def test_a_challenge_is_answered_within_five_minutes(town: Town) -> None:
    in_time, too_late = sign_in_message(town, TILL), sign_in_message(town, TILL)
    town.clock.time += 5 * 60
    assert open_session(town, in_time, TILL).status_code == 201
    town.clock.time += 1
    refused(town, too_late, TILL)


def test_a_challenge_that_nobody_gave_is_not_answered(town: Town) -> None:
    refused(town, sign_in_message(town, TILL, nonce="0123456789abcdef" * 2), TILL)


def test_a_message_that_was_refused_leaves_its_challenge(town: Town) -> None:
    text = sign_in_message(town, TILL)
    refused(town, text, STRANGER)
    assert open_session(town, text, TILL).status_code == 201


# where the page is


def at_home(town: Town) -> Town:
    """The same town, as a site on the local machine."""
    app = create_app(town.workspace.context, contact_email="a@town.test", site=Site(HERE))
    return replace(town, http=TestClient(app, base_url=HERE))


def challenge_at(town: Town, host: str) -> dict[str, str]:
    answer = town.http.post(API + "/session-challenges", headers={"Host": host})
    found: dict[str, str] = answer.json()
    return found


@pytest.mark.parametrize(
    "host", ["elsewhere.test", "town.test:8000", "127.0.0.1.elsewhere.test", "localhost.test", ""]
)
def test_a_challenge_names_this_site_whatever_host_was_asked(town: Town, host: str) -> None:
    asked = challenge_at(town, host)
    assert (asked["domain"], asked["uri"]) == ("town.test", "https://town.test")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:5173", "[::1]:8000"])
def test_a_site_of_this_machine_is_called_as_it_is_asked(town: Town, host: str) -> None:
    asked = challenge_at(at_home(town), host)
    assert (asked["domain"], asked["uri"]) == (host, f"http://{host}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:5173", "[::1]:8000"])
def test_a_site_that_others_reach_is_never_called_this_machine(town: Town, host: str) -> None:
    asked = challenge_at(town, host)
    assert (asked["domain"], asked["uri"]) == ("town.test", "https://town.test")


@pytest.mark.parametrize("host", ["elsewhere.test", "town.test:8000"])
def test_a_page_elsewhere_gets_no_session_by_asking_as_itself(town: Town, host: str) -> None:
    text = sign_in_message(town, TILL, domain=host, uri=f"http://{host}")
    body = {"message": text, "signature": personal_sign(text, TILL)}
    answer = town.http.post(API + "/sessions", json=body, headers={"Host": host})
    problem(answer, 401, "session_invalid")


def test_a_page_of_this_machine_signs_in_here_and_not_at_the_site(town: Town) -> None:
    local = {"domain": "localhost:8000", "uri": "http://localhost:8000"}
    for site, host, status in (
        (at_home(town), "localhost:8000", 201),
        (at_home(town), "localhost:8001", 401),
        (town, "localhost:8000", 401),
        (town, "town.test", 401),
    ):
        text = sign_in_message(town, TILL, **local)
        body = {"message": text, "signature": personal_sign(text, TILL)}
        answer = site.http.post(API + "/sessions", json=body, headers={"Host": host})
        assert answer.status_code == status


@pytest.mark.parametrize(
    "uri",
    ["https://town.test/", "http://town.test", "http://elsewhere.test", "https://town.test/winkel"],
)
def test_a_message_for_another_address_is_refused(town: Town, uri: str) -> None:
    refused(town, sign_in_message(town, TILL, uri=uri), TILL)


def test_a_site_is_named_by_its_origin_whatever_its_address_ends_in() -> None:
    asked = Request({"type": "http", "headers": [(b"host", b"elsewhere.test")]})
    for address in ("https://kindpakket.example", "https://kindpakket.example/"):
        assert Site(address).origin(asked) == Origin(
            "kindpakket.example", "https://kindpakket.example"
        )


# messages


@pytest.mark.parametrize("domain", ["elsewhere.test", "town.test:8000", "sub.town.test"])
def test_a_message_for_another_domain_is_refused(town: Town, domain: str) -> None:
    refused(town, sign_in_message(town, TILL, domain=domain), TILL)


def test_a_message_for_another_chain_is_refused(town: Town) -> None:
    refused(town, sign_in_message(town, TILL, chain_id=1), TILL)


def test_a_message_that_another_key_signed_is_refused(town: Town) -> None:
    refused(town, sign_in_message(town, TILL), till_of(BOOKS).key)


def test_a_message_that_was_changed_after_signing_is_refused(town: Town) -> None:
    text = sign_in_message(town, TILL)
    signature = personal_sign(text, TILL)
    changed = text.replace("Issued At: 2027", "Issued At: 2026")
    assert changed != text
    answer = town.post("/sessions", {"message": changed, "signature": signature})
    problem(answer, 401, "session_invalid")


def test_a_message_that_has_expired_is_refused(town: Town) -> None:
    text = sign_in_message(town, TILL, expiration_time="2027-01-15T09:00:00Z")
    refused(town, text, TILL)


def test_a_message_that_is_not_valid_yet_is_refused(town: Town) -> None:
    refused(town, sign_in_message(town, TILL, not_before="2027-01-15T09:00:01Z"), TILL)


@pytest.mark.parametrize("text", ["", "sign me in", "town.test wants you to sign in", "\n" * 10])
def test_a_text_that_is_no_sign_in_message_is_refused(still_town: Town, text: str) -> None:
    refused(still_town, text, TILL)


@pytest.mark.parametrize(
    "signature",
    ["00" * 64, "ff" * 64, "11" * 64, "00" * 31 + "05" + "00" * 31 + "01", "11" * 32 + "7f" * 32],
    ids=["zeros", "ones", "random", "no point", "high s"],
)
def test_a_signature_that_no_key_made_is_refused(still_town: Town, signature: str) -> None:
    body = {"message": sign_in_message(still_town, TILL), "signature": "0x" + signature}
    problem(still_town.post("/sessions", body), 401, "session_invalid")
