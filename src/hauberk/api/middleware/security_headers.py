"""The headers that tell a browser how little it may do with an answer; on every one of them, errors and files too."""

from starlette.datastructures import MutableHeaders

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; "
    "trusted-types hauberk"
)
_DATA = "default-src 'none'; frame-ancestors 'none'; sandbox"
_DATA_PATHS = ("/api/", "/health", "/metrics")
_ALWAYS = {
    "Server": "",  # which server and version it is helps only who looks for their holes
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "geolocation=(), camera=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
    ),
}


class SecurityHeaders:
    """Pages may run our own scripts; data may do nothing at all, were it ever shown as a page."""

    def __init__(self, *, is_https: bool) -> None:
        self.always = dict(_ALWAYS)
        self.page = _PAGE
        if is_https:
            self.always["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains; preload"
            self.page += "; upgrade-insecure-requests"

    def add(self, headers: MutableHeaders, *, path: str) -> None:
        for name, value in self.always.items():
            headers[name] = value
        is_data = path.startswith(_DATA_PATHS) and not headers.get("Content-Type", "").startswith(
            ("text/html", "text/css", "text/javascript")
        )
        headers["Content-Security-Policy"] = _DATA if is_data else self.page
        headers.setdefault("Cache-Control", "no-store")
