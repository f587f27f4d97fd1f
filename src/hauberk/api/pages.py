"""The front end's files: hashed ones for ever and compressed beforehand, the page itself never kept, and unknown paths
are the page too, because the browser routes them."""

import mimetypes
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hauberk.api.middleware.request import header

FOR_EVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=3600"
NOT_PAGES = ("/api/", "/health", "/metrics")
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hauberk: the front end is not built</title></head>
<body><h1>The front end is not built</h1>
<p>The server runs, and its API answers. Run <code>make setup</code> in the checkout, or
<code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, and load this page again.</p>
<p><a href="/api/v1/docs">API documentation</a> · <a href="/health">Health</a></p></body></html>
"""

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class Pages:
    """What is answered where no route is: an ASGI application."""

    def __init__(self, root: Path | None, asset_url: str = "") -> None:
        self.asset_url = asset_url
        self.root = root.resolve() if root is not None and (root / "index.html").is_file() else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(NOT_PAGES):
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        answer: ASGIApp = await run_in_threadpool(self._answer, scope)
        await answer(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        if self.root is None:
            return HTMLResponse(_NOT_BUILT, status_code=503)
        path = self._file(scope["path"])
        if path is None:
            if Path(scope["path"]).suffix and "/assets/" in scope["path"]:
                raise HTTPException(404)
            path = self.root / "index.html"
        headers = {"Cache-Control": self._cache_control(path), "Vary": "Accept-Encoding"}
        if path.name == "index.html" and self.asset_url:
            return HTMLResponse(self._from_elsewhere(path.read_text(encoding="utf-8")), headers=headers)
        if self.asset_url and path.parent.name == "assets":
            headers["Access-Control-Allow-Origin"] = "*"  # public files, which a CDN keeps with their headers
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if path.name == "sw.js":
            headers["Service-Worker-Allowed"] = "/"
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        for encoding, suffix in ENCODINGS:
            packed = path.with_name(path.name + suffix)
            if encoding in header(scope, b"accept-encoding") and packed.is_file():
                headers["Content-Encoding"] = encoding
                return FileResponse(packed, headers=headers, media_type=media_type)
        return FileResponse(path, headers=headers, media_type=media_type)

    def _from_elsewhere(self, page: str) -> str:
        """The page names its files there; scripts find each other beside themselves."""
        return page.replace('="/assets/', f'="{self.asset_url}/assets/')

    def _file(self, path: str) -> Path | None:
        """The file of a path, None for what is not one, and for whatever points outside of the folder."""
        assert self.root is not None
        relative = path.lstrip("/")
        if not relative or "\x00" in relative or relative.endswith((".br", ".gz", ".map")):
            return None
        try:
            found = (self.root / relative).resolve()
            return found if found.is_relative_to(self.root) and found.is_file() else None
        except OSError:
            return None

    def _cache_control(self, path: Path) -> str:
        if path.name in ("index.html", "sw.js", "theme.js"):  # the page names the hash of the last
            return "no-store"
        return FOR_EVER if path.parent.name == "assets" else SHORTLY
