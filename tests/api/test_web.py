"""Serving of the apps' files: headers, types, and only files of the build."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kindpakket.api import problems, web
from kindpakket.api.app import create_app
from kindpakket.site import Site
from kindpakket.theme.logo import Logo
from kindpakket.theme.look import STANDARD_LOOK, Look
from tests.support.town import SITE, Town

INDEX = "<!doctype html><title>Ouder</title>"
SCRIPT = "console.log(1);" * 100
BUILT = {
    "parent/index.html": INDEX,
    "parent/service-worker.js": SCRIPT,
    "parent/manifest.webmanifest": "{}",
    "parent/assets/index-AbC123.js": SCRIPT,
    "parent/assets/index-AbC123.css": "body{}",
    "parent/assets/index-AbC123.css.br": "packed by the build",
    "parent/assets/font-AbC123.woff2": "wOF2",
    "parent/assets/reader-AbC123.wasm": "\0asm",
    "shop/index.html": "<!doctype html><title>Winkel</title>",
    "shop/assets/index-DeF456.js": SCRIPT,
    "secret.txt": "not of an app",
}
TYPES = {
    "/": "text/html; charset=utf-8",
    "/service-worker.js": "text/javascript; charset=utf-8",
    "/manifest.webmanifest": "application/manifest+json",
    "/assets/index-AbC123.js": "text/javascript; charset=utf-8",
    "/assets/index-AbC123.css": "text/css; charset=utf-8",
    "/assets/font-AbC123.woff2": "font/woff2",
    "/assets/reader-AbC123.wasm": "application/wasm",
    "/winkel/": "text/html; charset=utf-8",
    "/winkel/assets/index-DeF456.js": "text/javascript; charset=utf-8",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"/>'
LOOK = Look("#7a1f5c", Logo("svg", DRAWING, 2))


def served(directory: Path, look: Look = STANDARD_LOOK, *, framed: bool = False) -> TestClient:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "DIRECTORY", directory)
        web.install(app, look, framed=framed)
    problems.install(app)
    return TestClient(app, base_url="http://town.test", follow_redirects=False)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory = tmp_path_factory.mktemp("web")
    for name, text in BUILT.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    with served(directory) as client:
        yield client


def policy(answer: httpx2.Response) -> set[str]:
    return set(answer.headers["content-security-policy"].split("; "))


@pytest.mark.parametrize(("path", "kind"), TYPES.items())
def test_each_file_has_its_type_and_the_headers(http: TestClient, path: str, kind: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert "set-cookie" not in answer.headers
    if "/assets/" in path:  # of a page, and opened as one it loads nothing
        assert policy(answer) == {"default-src 'none'", "frame-ancestors 'none'"}
        return
    assert policy(answer) == POLICY
    geolocation = "()" if path.startswith("/winkel/") else "(self)"
    assert answer.headers["permissions-policy"] == (
        f"camera=(self), geolocation={geolocation}, screen-wake-lock=(self)"
    )


@pytest.mark.parametrize("path", TYPES)
def test_only_what_has_a_hash_in_its_name_is_kept_unasked(http: TestClient, path: str) -> None:
    kept = "public, max-age=31536000, immutable" if "/assets/" in path else "no-cache"
    assert http.get(path).headers["cache-control"] == kept


@pytest.mark.parametrize("path", TYPES)
def test_head_tells_what_get_would(http: TestClient, path: str) -> None:
    got, head = http.get(path), http.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == got.headers


def test_a_file_that_the_browser_has_is_not_sent_again(http: TestClient) -> None:
    first = http.get("/")
    again = http.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert policy(again) == POLICY
    other = http.get("/", headers={"If-None-Match": 'W/"another"'})
    assert other.text == INDEX


def test_text_is_packed_for_who_can_unpack_it(http: TestClient) -> None:
    path = "/assets/index-AbC123.js"
    with http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert len(packed) < len(SCRIPT)
    assert gzip.decompress(packed).decode() == SCRIPT
    path = "/assets/index-AbC123.css"
    with http.stream("GET", path, headers={"Accept-Encoding": "gzip, br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert b"".join(answer.iter_raw()) == b"packed by the build"
    plain = http.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == "body{}"
    font = http.get("/assets/font-AbC123.woff2", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in font.headers


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/assets",
        "/assets/",
        "/assets/other.js",
        "/assets/index-AbC123.css.br",
        "/secret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets//index-AbC123.js",
        "/assets\\index-AbC123.js",
        "/shop/index.html",
        "/winkel/../secret.txt",
        "/winkel/nothing",
        "//town.test/",
    ],
)
def test_nothing_else_is_served(http: TestClient, path: str) -> None:
    answer = http.get(httpx2.URL("http://town.test").copy_with(raw_path=path.encode()))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_the_shop_app_has_a_folder_of_its_own(http: TestClient) -> None:
    answer = http.get("/winkel")
    assert (answer.status_code, answer.headers["location"]) == (308, "/winkel/")


@pytest.mark.parametrize(
    ("framed", "ancestors", "option"), [(False, "'none'", "DENY"), (True, "'self'", "SAMEORIGIN")]
)
def test_nobody_frames_an_app_unless_this_site_itself(
    tmp_path: Path, *, framed: bool, ancestors: str, option: str
) -> None:
    (tmp_path / "parent").mkdir()
    (tmp_path / "parent/index.html").write_text(INDEX)
    with served(tmp_path, framed=framed) as client:
        answer = client.get("/")
    others = POLICY - {"frame-ancestors 'none'"}
    assert policy(answer) == others | {f"frame-ancestors {ancestors}"}
    assert answer.headers["x-frame-options"] == option


def test_a_file_cannot_be_posted_to(http: TestClient) -> None:
    answer = http.post("/")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == problems.PROBLEM_JSON


def test_a_server_without_apps_says_so(tmp_path: Path) -> None:
    with served(tmp_path / "nothing") as client:
        answer = client.get("/")
        assert answer.status_code == 404
        assert "make install" in answer.text
        assert client.get("/winkel").status_code == 404


def test_the_parent_app_is_served_beside_the_api(still_town: Town) -> None:
    answer = still_town.http.get("/")
    assert answer.status_code == 200
    assert policy(answer) == POLICY
    for name, value in {
        "referrer-policy": "no-referrer",
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }.items():
        assert answer.headers[name] == value


def test_a_built_page_names_no_other_site_and_holds_nothing_inline(still_town: Town) -> None:
    html = still_town.http.get("/").text
    assert "://" not in html
    assert "<style" not in html
    assert " style=" not in html
    assert html.count("<script") == html.count(' src="/assets/')


def test_the_municipalitys_colour_is_a_stylesheet_that_is_asked_for_again(tmp_path: Path) -> None:
    with served(tmp_path, LOOK) as client, served(tmp_path) as other:
        answer, before = client.get("/thema.css"), other.get("/thema.css")
        tag = {"If-None-Match": before.headers["etag"]}
        assert other.get("/thema.css", headers=tag).status_code == 304
        assert client.get("/thema.css", headers=tag).status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "--kindpakket-brand: #7a1f5c;" in answer.text
    assert "--kindpakket-brand: #0b5f74;" in before.text


def test_nothing_in_a_logo_runs_or_is_fetched(tmp_path: Path) -> None:
    with served(tmp_path, LOOK) as client:
        answer = client.get("/logo")
    assert answer.content == DRAWING
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert policy(answer) == {"default-src 'none'", "style-src 'unsafe-inline'"}


def test_without_a_logo_there_is_none(http: TestClient) -> None:
    assert http.get("/logo").status_code == 404


def test_a_browser_guesses_no_other_type_for_a_logo(still_town: Town) -> None:
    app = create_app(
        still_town.workspace.context, contact_email="a@town.test", site=Site(SITE, look=LOOK)
    )
    with TestClient(app, base_url=SITE) as client:
        answer = client.get("/logo")
    assert answer.content == DRAWING
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert policy(answer) == {"default-src 'none'", "style-src 'unsafe-inline'"}
