"""The headers that tell a browser how little it may do with an answer; on every one of them, errors and files too."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; "
    "trusted-types hauberk"
)
_DATA = "default-src 'none'; frame-ancestors 'none'; sandbox"
_DATA_PATHS = ("/api/", "/health", "/metrics")
_CORP = "Cross-Origin-Resource-Policy"
_ALWAYS = {
    "Server": "",  # which server and version it is helps only who looks for their holes
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    _CORP: "same-origin",
    "Permissions-Policy": (
        "geolocation=(), camera=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)"
    ),
}


class SecurityHeaders:
    """Pages may run our own scripts; data may do nothing at all, were it ever shown as a page."""

    def __init__(self, *, is_https: bool, asset_url: str = "") -> None:
        self.always = dict(_ALWAYS)
        self.page = _PAGE
        if asset_url:
            elsewhere = "{0.scheme}://{0.netloc}".format(urlsplit(asset_url))
            for kind in ("script-src", "style-src", "font-src"):
                self.page = self.page.replace(f"{kind} 'self'", f"{kind} 'self' {elsewhere}")
        if is_https:
            self.always["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains; preload"
            self.page += "; upgrade-insecure-requests"

    def add(self, headers: MutableHeaders, *, path: str) -> None:
        for name, value in self.always.items():
            if name != _CORP or name not in headers:  # files for a CDN say that others may load them
                headers[name] = value
        is_data = path.startswith(_DATA_PATHS) and not headers.get("Content-Type", "").startswith(
            ("text/html", "text/css", "text/javascript")
        )
        headers["Content-Security-Policy"] = _DATA if is_data else self.page
        headers.setdefault("Cache-Control", "no-store")
