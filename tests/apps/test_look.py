"""The municipality's colour reaches the apps, off line too, and a new one replaces it."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from starlette.types import Receive, Scope, Send

from kindpakket.actors import Api
from kindpakket.demo.client import open_client
from kindpakket.main import build_app, serving
from kindpakket.settings import Settings
from tests.apps.phone import Street, opened_phone
from tests.support.town import HERE, Town

PETROL, PLUM, OCEAN = "rgb(11, 95, 116)", "rgb(122, 31, 92)", "rgb(0, 75, 135)"
BUTTON = ".utrecht-button--primary-action"
CACHED = 'path => caches.match(path).then((cached) => cached?.text() ?? "")'


@dataclass
class Server:
    """A server whose settings can be replaced while it runs."""

    app: FastAPI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def shows(page: Page, colour: str) -> None:
    expect(page.locator(BUTTON).first).to_have_css("background-color", colour)


def is_kept(page: Page, colour: str) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function(
        f"([path, colour]) => ({CACHED})(path).then((text) => text.includes(colour))",
        arg=["/thema.css", colour],
    )


@pytest.mark.parametrize("path", ["/", "/winkel/"])
def test_a_new_colour_is_there_the_next_time_and_off_line(
    chromium: Browser, town: Town, path: str
) -> None:
    def painted(**colour: str) -> FastAPI:
        settings = Settings(data=town.directory, app_address=HERE, **colour)  # type: ignore[arg-type]
        return build_app(town.workspace, settings)

    town.clock.shift = 0  # type: ignore[attr-defined]
    server = Server(painted())
    with serving(server, None) as base_url, open_client(base_url) as http:  # type: ignore[arg-type]
        street = Street(town, base_url, Api(http))
        with opened_phone(
            chromium, street, expected="ERR_INTERNET_DISCONNECTED", service_worker=True
        ) as phone:
            page = phone.page
            page.goto(base_url + path)
            shows(page, PETROL)
            is_kept(page, "#0b5f74")
            server.app = painted(colour="#7a1f5c")
            page.reload()  # shows what it has, and fetches the other
            is_kept(page, "#7a1f5c")
            phone.context.set_offline(True)
            page.reload()
            shows(page, PLUM)
            phone.context.set_offline(False)
            server.app = painted(colour="#004b87")
            page.reload()
            is_kept(page, "#004b87")
            page.reload()
            shows(page, OCEAN)
