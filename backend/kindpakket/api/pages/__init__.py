"""Pages outside the apps and the desk, in Dutch and English, without JavaScript."""

from functools import cache

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from kindpakket.theme.drawings import icon, picture

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_OTHER = {"nl": ("en", "English"), "en": ("nl", "Nederlands")}


def show(name: str, lang: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page.

    Args:
        name: of its template.
        lang: ``nl`` or ``en``.
        values: variables of the template.
    """
    other, other_name = _OTHER[lang]
    html = _template(name).render(lang=lang, other=other, other_name=other_name, **values)
    headers = {"Content-Language": lang, "Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return HTMLResponse(html, status, headers)


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("kindpakket.api", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {"icon": icon, "picture": picture}
    return environment.get_template(name)
