"""The web application: the API under ``/api/v1``, with the headers that every answer carries."""

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from kindpakket import __version__
from kindpakket.api import problems
from kindpakket.api.routes import router
from kindpakket.services.context import Context

PREFIX = "/api/v1"
MAX_BODY_BYTES = 1024 * 1024
_HEADERS = {
    "API-Version": __version__,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create_app(context: Context, *, contact_email: str, pages: APIRouter | None = None) -> FastAPI:
    """Return the application that serves one ledger."""
    app = FastAPI(
        title="Kindpakket",
        version=__version__,
        description="Vouchers for children, with rules that a smart contract enforces.",
        contact={"name": "Kindpakket", "url": "https://kindpakket.example", "email": contact_email},
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.context = context
    app.include_router(router, prefix=PREFIX)
    if pages is not None:
        app.include_router(pages)
    problems.install(app)
    app.add_middleware(BaseHTTPMiddleware, dispatch=_add_headers)
    return app


async def _add_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.endswith("/openapi.json"):
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
