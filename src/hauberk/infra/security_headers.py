"""The headers that tell a browser how little it may do with an answer; on every one of them, errors and files too."""

from collections.abc import Iterable
from urllib.parse import urlsplit

REPORTS_PATH = "/api/v1/reports"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; "
    f"trusted-types hauberk; report-to csp; report-uri {REPORTS_PATH}"
)
DATA_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
HSTS = "max-age=63072000; includeSubDomains; preload"
_DATA_PATHS = ("/api/", "/health", "/metrics", "/.well-known/")
_PAGE_TYPES = (b"text/html", b"text/css", b"text/javascript")
_CORP = "Cross-Origin-Resource-Policy"
_SHARED = (_CORP.lower().encode(), b"cross-origin")
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

# For who answers in the application's place, as a proxy does when it refuses.
OF_REFUSALS = {
    **{name: value for name, value in _ALWAYS.items() if value},
    "Content-Security-Policy": DATA_POLICY,
    "Cache-Control": "no-store",
}

Raw = list[tuple[bytes, bytes]]


class SecurityHeaders:
    """Pages may run our own scripts; data may do nothing at all, were it ever shown as a page."""

    def __init__(self, *, is_https: bool, asset_url: str = "") -> None:
        always = dict(_ALWAYS)
        policy = PAGE_POLICY
        if asset_url:
            elsewhere = "{0.scheme}://{0.netloc}".format(urlsplit(asset_url))
            for kind in ("script-src", "style-src", "font-src"):
                policy = policy.replace(f"{kind} 'self'", f"{kind} 'self' {elsewhere}")
        if is_https:
            always["Strict-Transport-Security"] = HSTS
            policy += "; upgrade-insecure-requests"
        page = {"Content-Security-Policy": policy, "Reporting-Endpoints": f'csp="{REPORTS_PATH}"'}
        self.page = _raw({**always, **page}.items())
        self.data = _raw({**always, "Content-Security-Policy": DATA_POLICY}.items())
        self._names = frozenset(name for name, _ in (*self.page, *self.data))

    def added(self, given: Iterable[tuple[bytes, bytes]], *, path: str) -> Raw:
        """The headers of an answer with ours, which no endpoint can soften. What is not said to be kept is not kept."""
        given = list(given)
        found = [each for each in given if each[0].lower() not in self._names]
        kind, is_kept = b"", False
        for name, value in found:
            lowered = name.lower()
            if lowered == b"content-type":
                kind = value
            elif lowered == b"cache-control":
                is_kept = True
        if not is_kept:
            found.append((b"cache-control", b"no-store"))
        ours = self.data if path.startswith(_DATA_PATHS) and not kind.startswith(_PAGE_TYPES) else self.page
        if _SHARED in given:  # files for a CDN say that others may load them
            ours = [_SHARED if each[0] == _SHARED[0] else each for each in ours]
        return found + ours


def _raw(headers: Iterable[tuple[str, str]]) -> Raw:
    return [(name.lower().encode(), value.encode()) for name, value in headers]
