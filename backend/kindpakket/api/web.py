"""Static files: the parent app under ``/``, the till app under ``/winkel/``, what is left on paper
under ``/over-deze-brief/``, the desk's assets, and the municipality's look.

The content security policy allows this server's files only. Only files that exist at the start are
served, each by its own route, so that path traversal is impossible.
"""

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kindpakket.theme.look import Look

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'"
)
DIRECTORY = Path(str(files("kindpakket"))) / "web"
"""The output directory of the build."""
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
_ASSET_POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
"""For what pages load: scripts, styles, fonts. Opened as a page, it loads nothing."""
_LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""For an SVG that is opened as a page; in an ``img`` nothing of it runs."""
_FRAMED = {
    False: {
        "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'",
        "X-Frame-Options": "DENY",
    },
    True: {
        "Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'self'",
        "X-Frame-Options": "SAMEORIGIN",
    },
}
"""``frame-ancestors``: whether pages of this site may frame the apps. Other sites never may."""
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_COMPRESSED_TYPES = {"image/png", "font/woff2"}
_COMPRESSED_SUFFIX = ".br"
"""Suffix of files that the build compressed."""
_HASHED = "assets"
"""Names of files in this folder contain the hash of their content."""
_IMMUTABLE = "public, max-age=31536000, immutable"
_NOT_BUILT = (
    "De apps zijn hier niet gebouwd: voer 'make install' uit. De API staat onder /api/v1.\n"
    "The apps are not built here: run 'make install'. The API is under /api/v1.\n"
)
_APPS = {
    "parent": ("/", "(self)"),
    "shop": ("/winkel/", "()"),
    "paper": ("/over-deze-brief/", "()"),
    "desk": ("/gemeente/static/", "()"),
    "shared": ("/static/", "()"),
}
"""The folder of each app, its path, and its permission policy for geolocation."""


@dataclass(frozen=True)
class _File:
    kind: str
    """Its media type."""
    read: Callable[[], bytes]
    headers: Mapping[str, str]
    brotli: Path | None = None
    """The same, compressed by the build."""

    def answer(self, request: Request) -> Response:
        """Return the file, or 304 if the browser has it."""
        headers = {**_HEADERS, "Cache-Control": "no-cache", **self.headers, "ETag": self._tag}
        if self._tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = self._content
        accepted = re.split(r"[\s,;]+", request.headers.get("accept-encoding", ""))
        if packed := self._packed(accepted):
            headers["Content-Encoding"], content = packed
        return Response(content, headers=headers | {"Content-Type": self.kind})

    @cached_property
    def _content(self) -> bytes:
        return self.read()

    def _packed(self, accepted: list[str]) -> tuple[str, bytes] | None:
        """The encoding and the content of the smallest compressed variant that is accepted."""
        if self.kind in _COMPRESSED_TYPES:
            return None
        if "br" in accepted and self._brotli is not None:
            return "br", self._brotli
        return ("gzip", self._gzip) if "gzip" in accepted else None

    @cached_property
    def _brotli(self) -> bytes | None:
        return self.brotli.read_bytes() if self.brotli else None

    @cached_property
    def _gzip(self) -> bytes:
        return gzip.compress(self._content)

    @cached_property
    def _tag(self) -> str:
        # Weak, since compressed variants have other bytes.
        return f'W/"{sha256(self._content).hexdigest()[:32]}"'


def install(app: FastAPI, look: Look, *, framed: bool = False) -> None:
    """Serve the built files, the stylesheet of a look, and its logo if it has one.

    Args:
        framed: whether pages of this site may frame the apps.
    """
    for folder, (base, geolocation) in _APPS.items():
        for path, name in _files(DIRECTORY / folder):
            _serve(app, base + name, _built(path, geolocation, framed=framed).answer)
    css, logo = look.css.encode(), look.logo
    _serve(app, "/thema.css", _File(_TYPES[".css"], lambda: css, _ASSET_POLICY).answer)
    if logo is not None:
        headers = {"Content-Security-Policy": _LOGO_POLICY}
        _serve(app, "/logo", _File(logo.media_type, lambda: logo.content, headers).answer)
    if not (DIRECTORY / "parent" / "index.html").exists():
        _serve(app, "/", _not_built)
    for folder in ("shop", "paper"):
        if (DIRECTORY / folder / "index.html").exists():
            _serve(app, _APPS[folder][0].rstrip("/"), _to_folder)


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != _COMPRESSED_SUFFIX:
            name = path.relative_to(folder).as_posix()
            yield path, "" if name == "index.html" else name


def _built(path: Path, geolocation: str, *, framed: bool) -> _File:
    permissions = f"camera=(self), geolocation={geolocation}, screen-wake-lock=(self)"
    if path.parent.name == _HASHED:
        headers = _ASSET_POLICY | {"Cache-Control": _IMMUTABLE}
    else:
        headers = _FRAMED[framed] | {"Permissions-Policy": permissions}
    packed = path.with_name(path.name + _COMPRESSED_SUFFIX)
    return _File(
        _TYPES.get(path.suffix, "application/octet-stream"),
        path.read_bytes,
        headers,
        packed if packed.exists() else None,
    )


def _serve(app: FastAPI, path: str, answer: Callable[[Request], Response]) -> None:
    # A plain Starlette route, since these requests are frequent and have no parameters.
    app.router.routes.append(Route(path, answer, methods=["GET", "HEAD"], include_in_schema=False))


def _to_folder(request: Request) -> Response:
    return RedirectResponse(f"{request.url.path}/", 308, {"Cache-Control": "no-cache"})


def _not_built(_request: Request) -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)
