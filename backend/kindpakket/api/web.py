"""The apps as they were built: the parent's under ``/``, the shop's under ``/winkel/``.

Pages may load what this server serves and nothing else. Only files that were there at the start are
served, each under its own path, so that no request can name another.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), screen-wake-lock=(self)",
    "Vary": "Accept-Encoding",
}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = {".png", ".woff2"}
_HASHED = "assets"
"""What lies in this folder has the hash of its content in its name."""
_IMMUTABLE = "public, max-age=31536000, immutable"
_NOT_BUILT = (
    "De apps zijn hier niet gebouwd: voer 'make install' uit. De API staat onder /api/v1.\n"
    "The apps are not built here: run 'make install'. The API is under /api/v1.\n"
)
_APPS = {"parent": "/", "shop": "/winkel/"}
"""The folder of each app and where it is served."""


@dataclass(frozen=True)
class _File:
    path: Path

    def answer(self, request: Request) -> Response:
        """Return the file, or that the browser has it already."""
        headers = _HEADERS | {
            "Cache-Control": _IMMUTABLE if self.path.parent.name == _HASHED else "no-cache",
            "ETag": self._tag,
        }
        if self._tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        content = self._content
        if self._packed and "gzip" in request.headers.get("accept-encoding", ""):
            content = self._packed
            headers["Content-Encoding"] = "gzip"
        kind = _TYPES.get(self.path.suffix, "application/octet-stream")
        return Response(content, headers=headers | {"Content-Type": kind})

    @cached_property
    def _content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def _packed(self) -> bytes:
        return b"" if self.path.suffix in _PACKED_ALREADY else gzip.compress(self._content)

    @cached_property
    def _tag(self) -> str:
        # Weak, for the packed form is another sequence of bytes.
        return f'W/"{sha256(self._content).hexdigest()[:32]}"'


def install(app: FastAPI, directory: Path | None = None) -> None:
    """Serve what was built into a directory; by default where the build puts it."""
    directory = directory or Path(str(files("kindpakket"))) / "web"
    for folder, base in _APPS.items():
        for path, file in _files(directory / folder, base):
            _add(app, path, file)
    if not (directory / "parent" / "index.html").exists():
        app.add_api_route("/", _not_built, methods=["GET", "HEAD"], include_in_schema=False)
    if (directory / "shop" / "index.html").exists():
        app.add_api_route("/winkel", _to_shop, methods=["GET", "HEAD"], include_in_schema=False)


def _files(folder: Path, base: str) -> Iterator[tuple[str, _File]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield base + ("" if name == "index.html" else name), _File(path)


def _add(app: FastAPI, path: str, file: _File) -> None:
    app.add_api_route(path, file.answer, methods=["GET", "HEAD"], include_in_schema=False)


def _to_shop() -> Response:
    return RedirectResponse("/winkel/", 308, {"Cache-Control": "no-cache"})


def _not_built() -> Response:
    return PlainTextResponse(_NOT_BUILT, 404)
