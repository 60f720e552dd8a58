"""The error page for browsers."""

import re
from dataclasses import dataclass

from fastapi import Request, Response

from kindpakket.api.pages import show
from kindpakket.domain.refusals import Code
from kindpakket.site import Site

_API = "/api"


@dataclass(frozen=True)
class ErrorTexts:
    """The texts in one language, and replacements for texts that are meant for programs."""

    onward: str
    parents: str
    shops: str
    receipt: str
    officials: str
    call: str
    instead: dict[Code, tuple[str, str]]


TEXTS = {
    "nl": ErrorTexts(
        onward="Waar u heen kunt",
        parents="Voor ouders: naar de app",
        shops="Voor winkels: naar de kassa",
        receipt="Klopt een bon? Zoek hem op",
        officials="Voor medewerkers van de gemeente",
        call="Komt u er niet uit? Bel de gemeente:",
        instead={
            Code.NOT_FOUND: (
                "Deze pagina is er niet",
                "Kijk of u het adres goed hebt overgenomen. Hebt u een brief of een uitnodiging? "
                "Scan de QR-code dan opnieuw.",
            ),
            Code.METHOD_NOT_ALLOWED: (
                "Dat kan hier niet",
                "Er is niets gebeurd. Kies hieronder waar u heen wilt.",
            ),
            Code.REQUEST_INVALID: (
                "Dit adres klopt niet",
                "Er is niets gebeurd. Kies hieronder waar u heen wilt.",
            ),
        },
    ),
    "en": ErrorTexts(
        onward="Where you can go",
        parents="For parents: to the app",
        shops="For shops: to the till",
        receipt="Is a receipt real? Look it up",
        officials="For officials of the municipality",
        call="Does this not help? Call the municipality:",
        instead={
            Code.NOT_FOUND: (
                "This page does not exist",
                "Check that you copied the address well. Do you have a letter or an invitation? "
                "Then scan its QR code again.",
            ),
            Code.METHOD_NOT_ALLOWED: (
                "That cannot be done here",
                "Nothing happened. Choose below where you want to go.",
            ),
            Code.REQUEST_INVALID: (
                "This address is not right",
                "Nothing happened. Choose below where you want to go.",
            ),
        },
    ),
}


def is_for_a_person(request: Request) -> bool:
    """Whether a request outside the API accepts HTML."""
    path = request.scope["path"]
    of_api = path == _API or path.startswith(f"{_API}/")
    return not of_api and "text/html" in request.headers.get("accept", "").lower()


def make_error_page(
    request: Request, code: Code, status: int, title: str, hint: str, lang: str
) -> Response:
    """Render an error page; it quotes nothing from the request.

    Args:
        title: the title of the refusal, which comes with a hint.
        lang: ``nl`` or ``en``; overridden by the language chosen on the page.
    """
    site: Site = request.app.state.site
    chosen = request.query_params.get("lang")
    lang = chosen if chosen in TEXTS else lang
    text = TEXTS[lang]
    title, what = text.instead.get(code, (title, hint))
    return show(
        "error.html.jinja",
        lang,
        status=status,
        title=title,
        what=what,
        text=text,
        other_link="?lang=nl" if lang == "en" else "?lang=en",
        municipality=site.municipality,
        telephone=re.sub(r"(?!^\+)[^0-9]", "", site.municipality.phone),
    )
