"""Signing in with a work account, against a real OpenID provider."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from kindpakket.actors import API
from kindpakket.domain.capacities import Capacity
from kindpakket.main import build_app
from kindpakket.protocol.messages import WorkAccount
from kindpakket.protocol.signatures import Key, address_of
from kindpakket.services.base import accounts, sessions
from kindpakket.settings import Settings
from kindpakket.store import tables as t
from tests.desk.office import ANNA, BRAM, Desk, capacities_form, read
from tests.desk.test_access import HOLDERS
from tests.support import sessions as api_sessions
from tests.support.provider import CLIENT, SECRET, RunningProvider, Visitor, running_provider
from tests.support.small_town import key
from tests.support.town import BICYCLES, SITE, Town, owner_of

COOKIES = "__Host-kindpakket-"
NOBODY = key(51)


class _Mailbox(BaseHTTPRequestHandler):
    """Takes the provider's logout tokens, to be handed to the desk by the test."""

    tokens: Queue[str] = Queue()

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()
        self.tokens.put(parse_qs(form)["logout_token"][0])

    def log_message(self, *_args: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with running_provider() as running, HTTPServer(("127.0.0.1", 0), _Mailbox) as mailbox:
        threading.Thread(target=mailbox.serve_forever, daemon=True).start()
        running.serve(SITE, f"http://127.0.0.1:{mailbox.server_port}/")
        yield running
        mailbox.shutdown()


@dataclass
class Office:
    """A desk with a provider; each browser is new."""

    town: Town
    issuer: str
    required: bool = False

    def __post_init__(self) -> None:
        # The provider's tokens are of this moment.
        here = replace(
            self.town.workspace.context,
            now=lambda: int(time.time()),
            account_required=self.required,
        )
        self.context = here
        settings = Settings(
            data=self.town.directory,
            app_address=SITE,
            oidc_issuer=self.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
        )
        self.app = build_app(replace(self.town.workspace, context=here), settings)

    def browser(self) -> TestClient:
        return TestClient(
            self.app, base_url=SITE, raise_server_exceptions=False, headers={"Origin": SITE}
        )

    def desk(self, http: TestClient, key: Key) -> Desk:
        return Desk(self.town, http, key)

    def bound(self, key: Key, name: str) -> TestClient:
        """A browser in which an account was bound to a key, and is signed in."""
        http = self.browser()
        log_in(http, Visitor(name))
        assert link_account(self, http, key).status_code == 303
        return http


@pytest.fixture
def office(town: Town, provider: RunningProvider) -> Office:
    return Office(town, provider.issuer)


@pytest.fixture
def strict(town: Town, provider: RunningProvider) -> Office:
    """An office where a work account and the key are both required."""
    return Office(town, provider.issuer, required=True)


def start(http: TestClient, onward: str = "") -> str:
    """Where the desk sends a browser to log in."""
    query = urlencode({"verder": onward})
    answer = http.get(f"/gemeente/werkaccount?{query}", follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def come_back(http: TestClient, address: str) -> httpx2.Response:
    return http.get(address.removeprefix(SITE), follow_redirects=False)


def log_in(http: TestClient, visitor: Visitor, onward: str = "") -> httpx2.Response:
    """Log in with an account; the answer is the desk's, to the browser that comes back."""
    return come_back(http, visitor.log_in(start(http, onward), SITE))


def link_account(office: Office, http: TestClient, key: Key, **changes: Any) -> httpx2.Response:
    """Sign the binding that the page shows, as the browser does."""
    page = http.get("/gemeente/werkaccount/koppelen").text
    shown = re.search(r"data-messages>(.*?)</script>", page)
    assert shown, page
    (fields,) = json.loads(shown[1])["messages"]
    message = WorkAccount(fields["issuer"], fields["subject"], fields["nonce"])
    assert message.hash == fields["id"]
    signature = replace(message, **changes).sign(office.town.api.domain, key)
    form = {"nonce": message.nonce, "signature": signature.hex()}
    return http.post("/gemeente/werkaccount/koppelen", data=form, follow_redirects=False)


def is_in(http: TestClient) -> bool:
    return http.get("/gemeente/besluiten", follow_redirects=False).status_code == 200


def said(answer: httpx2.Response) -> str:
    """The refusal that the sign-in page will tell."""
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query).get("gedaan", [""])[0]


# binding


def test_an_account_is_bound_by_a_signature_and_opens_the_desk_from_then_on(office: Office) -> None:
    first = office.browser()
    assert (
        log_in(first, Visitor("anna"))
        .headers["location"]
        .startswith("/gemeente/werkaccount/koppelen")
    )
    assert not is_in(first)
    assert link_account(office, first, ANNA).headers["location"] == "/gemeente/"
    assert is_in(first)
    again = office.browser()
    onward = log_in(again, Visitor("anna"), "/gemeente/besluiten?pagina=2")
    assert onward.headers["location"] == "/gemeente/besluiten?pagina=2"
    assert is_in(again)


def test_an_account_without_a_signature_opens_nothing(office: Office) -> None:
    http = office.browser()
    log_in(http, Visitor("stranger"))
    for path in ("/", "/besluiten", "/ambtenaren"):
        answer = http.get(f"/gemeente{path}", follow_redirects=False)
        assert answer.headers["location"].startswith("/gemeente/aanmelden")


@pytest.mark.parametrize("changes", [{"subject": "somebody else"}, {"issuer": "https://x"}])
def test_a_signature_for_another_account_binds_nothing(
    office: Office, changes: dict[str, str]
) -> None:
    http = office.browser()
    log_in(http, Visitor("mallory"))
    answer = link_account(office, http, ANNA, **changes)
    assert answer.status_code == 409  # the signer is an address that nobody knows
    assert accounts.list_bound(office.context) == {}


def test_a_key_of_no_official_binds_nothing(office: Office) -> None:
    http = office.browser()
    log_in(http, Visitor("nobody"))
    assert "niet van een ambtenaar" in read(link_account(office, http, NOBODY).text)
    assert not is_in(http)


def test_a_signature_of_an_hour_ago_binds_nothing(office: Office) -> None:
    http = office.browser()
    log_in(http, Visitor("late"))
    then = int(time.time()) - 3600
    message = WorkAccount(office.issuer, "late", then)
    form = {"nonce": then, "signature": message.sign(office.town.api.domain, ANNA).hex()}
    answer = http.post("/gemeente/werkaccount/koppelen", data=form, follow_redirects=False)
    assert answer.status_code == 409
    assert accounts.list_bound(office.context) == {}


def test_a_key_has_one_account_and_an_account_one_key(office: Office) -> None:
    office.bound(ANNA, "anna")
    second = office.browser()
    log_in(second, Visitor("anna at home"))
    assert "horen niet bij elkaar" in read(link_account(office, second, ANNA).text)
    assert link_account(office, second, BRAM).status_code == 303
    assert set(accounts.list_bound(office.context)) == {address_of(ANNA), address_of(BRAM)}


def test_a_binding_that_was_put_into_the_database_opens_nothing(office: Office) -> None:
    office.bound(BRAM, "mallory")
    with office.context.store.write() as db:  # as one who writes to the database alone
        db.execute(update(t.work_accounts).values(official=address_of(ANNA)))
    http = office.browser()
    log_in(http, Visitor("mallory"))
    assert not is_in(http)


def test_a_withdrawn_binding_ends_the_sessions_of_the_account(office: Office) -> None:
    anna, bram = office.bound(ANNA, "anna"), office.bound(BRAM, "bram")
    official = {"official": address_of(BRAM)}
    answer = office.desk(anna, ANNA).post("/werkaccount/ontkoppelen", official)
    assert answer.headers["location"].endswith("?gedaan=ontkoppeld")
    assert (is_in(anna), is_in(bram)) == (True, False)
    log_in(bram, Visitor("bram"))
    assert not is_in(bram)


def test_who_does_not_hold_officials_withdraws_only_their_own(office: Office) -> None:
    holder = HOLDERS[Capacity.RULES]
    office.town.decide("setOfficial", address_of(holder), 1)
    anna, other = office.bound(ANNA, "anna"), office.bound(holder, "other")
    desk = office.desk(other, holder)
    refused = desk.post("/werkaccount/ontkoppelen", {"official": address_of(ANNA)})
    assert refused.status_code == 403
    assert is_in(anna)
    desk.post("/werkaccount/ontkoppelen", {"official": address_of(holder)})
    assert not is_in(other)


# what a session reads


def test_it_reads_what_the_key_may_at_that_moment(office: Office) -> None:
    holder = HOLDERS[Capacity.ISSUE]
    office.town.decide("setOfficial", address_of(holder), 8)
    http = office.bound(holder, "issuer")
    assert http.get("/gemeente/brieven").status_code == 200
    assert http.get("/gemeente/uitbetalingen").status_code == 403
    office.town.decide("setOfficial", address_of(holder), 16)
    assert http.get("/gemeente/brieven").status_code == 403
    assert http.get("/gemeente/uitbetalingen").status_code == 200


def test_it_ends_with_the_official_for_good(office: Office) -> None:
    holder = HOLDERS[Capacity.RULES]
    office.town.decide("setOfficial", address_of(holder), 1)
    http = office.bound(holder, "leaver")
    office.town.decide("setOfficial", address_of(holder), 0)
    assert not is_in(http)
    assert said(log_in(office.browser(), Visitor("leaver"))) == "not_authorised"
    accounts.unbind_former_officials(office.context)
    office.town.decide("setOfficial", address_of(holder), 1)
    assert not is_in(http)
    assert accounts.list_bound(office.context) == {}


def test_a_decision_still_takes_signatures_of_keys(office: Office) -> None:
    desk = office.desk(office.bound(ANNA, "anna"), ANNA)
    made = desk.prepare("/ambtenaren/wijzigen", capacities_form(desk, address_of(BRAM), "RULES"))
    answer = desk.post(f"/besluiten/{made}/handtekening", {"signature": ["0x" + "11" * 64]})
    assert answer.status_code == 409
    assert office.town.view("officials", address_of(BRAM)) != 0


# required


def test_where_both_are_required_one_opens_nothing(strict: Office) -> None:
    only_key = strict.browser()
    assert sign_in_here(strict, only_key, ANNA).status_code == 401
    assert not is_in(only_key)
    strict.bound(ANNA, "anna")
    only_account = strict.browser()
    log_in(only_account, Visitor("anna"))
    assert not is_in(only_account)


def test_where_both_are_required_both_open_the_desk(strict: Office) -> None:
    assert is_in(strict.bound(ANNA, "anna"))
    http = strict.browser()
    onward = log_in(http, Visitor("anna"), "/gemeente/besluiten").headers["location"]
    assert onward == "/gemeente/aanmelden?verder=%2Fgemeente%2Fbesluiten"
    assert sign_in_here(strict, http, ANNA).status_code == 303
    assert is_in(http)


def test_where_both_are_required_they_are_of_one_official(strict: Office) -> None:
    strict.bound(ANNA, "anna")
    http = strict.browser()
    log_in(http, Visitor("anna"))
    answer = sign_in_here(strict, http, BRAM)
    assert (answer.status_code, is_in(http)) == (401, False)
    assert "horen niet bij elkaar" in read(answer.text)


def test_where_both_are_required_earlier_sessions_by_one_are_over(
    office: Office, strict: Office
) -> None:
    by_account, by_key = office.bound(ANNA, "anna"), office.browser()
    sign_in_here(office, by_key, BRAM)
    assert is_in(by_account)
    assert is_in(by_key)
    for http in (by_account, by_key):
        later = strict.browser()
        later.cookies.update(http.cookies)
        assert is_in(later) == (http is by_account)  # which bound with a signature of its key


def test_where_both_are_required_a_key_alone_reads_no_shop_through_the_api(
    strict: Office,
) -> None:
    http, path = strict.browser(), f"{API}/shops/1"
    for signer, status in ((ANNA, 403), (owner_of(BICYCLES), 200)):
        with strict.context.store.write() as db:
            made = sessions.open_session(db, strict.context.now(), address_of(signer), None)
        bearer = {"Authorization": f"Bearer {made.token}"}
        assert http.get(path, headers=bearer).status_code == status
    assert http.post(f"{path}/invitations", headers=bearer).status_code == 403


def sign_in_here(office: Office, http: TestClient, key: Key) -> httpx2.Response:
    """Sign in with a key, at the time of the office."""
    nonce = sessions.challenge(office.context).nonce
    issued = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    message = api_sessions.sign_in_message(office.town, key, nonce=nonce, issued_at=issued)
    form = {"message": message, "signature": api_sessions.personal_sign(message, key)}
    return http.post("/gemeente/aanmelden", data=form, follow_redirects=False)


# the way there and back


def test_only_the_subject_is_asked_for(office: Office) -> None:
    asked = parse_qs(urlsplit(start(office.browser())).query)
    assert asked["scope"] == ["openid"]
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{SITE}/gemeente/werkaccount/terug"]


def test_another_browser_cannot_come_back(office: Office) -> None:
    """So nobody is signed in with an attacker's account by opening a link."""
    office.bound(BRAM, "mallory")
    address = Visitor("mallory").log_in(start(office.browser()), SITE)
    victim = office.browser()
    assert said(come_back(victim, address)) == "account_refused"
    start(victim)  # also not while it signs in itself
    assert said(come_back(victim, address)) == "account_refused"
    assert not is_in(victim)


def test_an_answer_counts_once(office: Office) -> None:
    office.bound(ANNA, "anna")
    http = office.browser()
    address = Visitor("anna").log_in(start(http), SITE)
    cookies = dict(http.cookies)
    assert come_back(http, address).headers["location"] == "/gemeente/"
    assert said(come_back(http, address)) == "account_refused"  # its cookie is gone
    copied = office.browser()
    copied.cookies.update(cookies)
    assert said(come_back(copied, address)) == "account_refused"  # the provider refuses its code


def test_a_code_of_another_sign_in_is_refused(office: Office) -> None:
    """PKCE and the nonce: a stolen code is of no use in the thief's browser."""
    office.bound(ANNA, "anna")
    stolen = parse_qs(urlsplit(Visitor("anna").log_in(start(office.browser()), SITE)).query)
    thief = office.browser()
    mine = parse_qs(urlsplit(Visitor("mallory").log_in(start(thief), SITE)).query)
    query = urlencode({key: values[0] for key, values in (mine | {"code": stolen["code"]}).items()})
    assert said(come_back(thief, f"/gemeente/werkaccount/terug?{query}")) == "account_refused"


@pytest.mark.parametrize("name", ["iss", "state"])
@pytest.mark.parametrize("value", ["https://other.example", None])
def test_an_answer_of_another_provider_or_to_another_sign_in_is_refused(
    office: Office, name: str, value: str | None
) -> None:
    """Mix-up (RFC 9207): this provider says that it names itself in each answer."""
    http = office.browser()
    asked = parse_qs(urlsplit(Visitor("anna").log_in(start(http), SITE)).query)
    changed = {key: values[0] for key, values in asked.items()} | {name: value}
    query = urlencode({key: given for key, given in changed.items() if given is not None})
    assert said(come_back(http, f"/gemeente/werkaccount/terug?{query}")) == "account_refused"


def test_who_does_not_agree_at_the_provider_comes_back_to_signing_in(office: Office) -> None:
    http = office.browser()
    state = parse_qs(urlsplit(start(http)).query)["state"][0]
    query = urlencode({"error": "access_denied", "state": state, "iss": office.issuer})
    answer = come_back(http, f"/gemeente/werkaccount/terug?{query}")
    assert said(answer) == "account_refused"
    page = http.get(answer.headers["location"])
    assert "Inloggen met uw werkaccount is niet gelukt." in read(page.text)


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_no_answer_leads_to_another_site(office: Office, onward: str) -> None:
    office.bound(ANNA, "anna")
    location = log_in(office.browser(), Visitor("anna"), onward).headers["location"]
    assert location.startswith("/gemeente/")


def test_signing_in_gives_a_new_session_and_ends_the_one_before(office: Office) -> None:
    http = office.bound(ANNA, "anna")
    before = dict(http.cookies)
    log_in(http, Visitor("anna"))
    assert http.cookies[COOKIES + "desk"] != before[COOKIES + "desk"]
    old = office.browser()
    old.cookies.update(before)
    assert not is_in(old)


def test_the_cookies_are_for_https_this_host_and_no_script(office: Office) -> None:
    http = office.browser()
    answer = http.get("/gemeente/werkaccount", follow_redirects=False)
    name, *parts = answer.headers["set-cookie"].lower().split("; ")
    assert name.startswith("__host-kindpakket-inloggen=")
    assert set(parts) == {"httponly", "samesite=lax", "path=/", "secure"}


# signing out elsewhere


def test_signing_out_at_the_provider_ends_the_sessions_there(office: Office) -> None:
    office.bound(ANNA, "anna")
    here, there = Visitor("anna"), Visitor("anna")
    at_work, at_home = office.browser(), office.browser()
    log_in(at_work, here)
    log_in(at_home, there)
    here.log_out(office.issuer)
    token = _Mailbox.tokens.get(timeout=30)
    assert tell_logout(office, token).status_code == 200
    assert (is_in(at_work), is_in(at_home)) == (False, True)
    log_in(at_work, Visitor("anna"))
    assert tell_logout(office, token).status_code == 400  # it counts once
    assert is_in(at_work)


def test_it_ends_a_session_by_both_too(strict: Office) -> None:
    strict.bound(ANNA, "anna")
    visitor, http = Visitor("anna"), strict.browser()
    log_in(http, visitor)
    sign_in_here(strict, http, ANNA)
    assert is_in(http)
    visitor.log_out(strict.issuer)
    assert tell_logout(strict, _Mailbox.tokens.get(timeout=30)).status_code == 200
    assert not is_in(http)


def test_anything_else_ends_nothing(office: Office) -> None:
    http = office.bound(ANNA, "anna")
    for token in ("", "x", "e30.e30.", "x" * 100_000):
        assert tell_logout(office, token).status_code == 400
    assert is_in(http)


def test_who_signs_out_here_is_shown_how_to_sign_out_there(office: Office) -> None:
    http = office.bound(ANNA, "anna")
    page = office.desk(http, ANNA).post("/afmelden").text
    link = re.search(r'href="(http[^"]+/session/end[^"]+)"', page)
    assert link
    by_key = office.browser()
    sign_in_here(office, by_key, BRAM)
    assert "/session/end" not in office.desk(by_key, BRAM).post("/afmelden").text


def tell_logout(office: Office, token: str) -> httpx2.Response:
    return office.browser().post("/gemeente/werkaccount/afgemeld", data={"logout_token": token})


def test_of_an_account_only_issuer_and_subject_are_stored(office: Office) -> None:
    office.bound(ANNA, "anna")
    with office.context.store.read() as db:
        (row,) = db.execute(select(t.work_accounts)).mappings()
    assert set(row) == {"official", "issuer", "subject", "nonce", "signature"}
