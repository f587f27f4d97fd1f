"""Security headers and compression, as answers carry them."""

import re
from urllib.parse import urlsplit

import httpx2

from hauberk.api.checks.requests import OPTIONS, STREAM, UPLOAD
from hauberk.features.readiness.observatory import BEST_GRADE, Seen, grade, letter
from hauberk.infra.readiness import DOCUMENT, Answer, Probe, failed, passed, readiness
from hauberk.infra.readiness.probe import NoTenantError

REQUIRED = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
)
ONCE = (
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
    "strict-transport-security",
)
"""Of two that differ browsers take one, or none: which it is, is nobody's choice."""
_OPENER = "cross-origin-opener-policy"
_TO_ALL = re.compile(r"=\s*\(?\s*\*")
_FILE = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
_PROXY = "Look whether the proxy in front drops or changes headers."


@readiness("SEC-8", from_outside=True)
async def security_headers(probe: Probe) -> Answer:
    """A page and its first file, a call, an error, an upload and a stream, which proxies treat each in its own way."""
    http = probe.site.http
    is_https = urlsplit(probe.site.url).scheme == "https"
    answers = {
        "page": await http.get("/"),
        "API call": await http.get(OPTIONS),
        "error": await http.get("/api/v1/no-such-place"),
        "upload": await http.post(UPLOAD),  # refused, because nobody signed in
        "stream": await http.get(STREAM),
    }
    if file := _FILE.search(answers["page"].text):
        answers["file"] = await http.get(file[1])
    grades = {name: grade(Seen(answer, is_https=is_https)) for name, answer in answers.items()}
    seen = ", ".join(f"{name} {found.score} ({letter(found.score)})" for name, found in grades.items())
    seen += "" if is_https else "; what only HTTPS has is left out"
    for name, answer in answers.items():
        missing = [header for header in REQUIRED if not answer.headers.get(header)]
        policy = answer.headers.get("content-security-policy", "")
        missing += ["a policy without unsafe-inline"] if "unsafe-inline" in policy else []
        missing += [*_weakened(answer), *grades[name].lost]
        if missing or grades[name].score < BEST_GRADE:
            return failed(f"{seen}. The {name} lacks: {', '.join(dict.fromkeys(missing))}.", _PROXY)
    return passed(f"{seen}; A+ begins at {BEST_GRADE}.")


def _weakened(answer: httpx2.Response) -> list[str]:
    """What was set beside what the product sends, or instead of it, and would cost no points."""
    found = [
        f"one {name} instead of {' and '.join(values)}"
        for name in ONCE
        if len(values := answer.headers.get_list(name)) > 1
    ]
    opener, permissions = (answer.headers.get(name, "") for name in (_OPENER, "permissions-policy"))
    if not found and opener == "unsafe-none":
        found.append(f"a {_OPENER} that protects ({opener})")
    if _TO_ALL.search(permissions):
        found.append(f"a permissions-policy that keeps something back ({permissions})")
    return found


@readiness("PERF-4", from_outside=True)
async def compression(probe: Probe) -> Answer:
    """A large list; from outside, the largest document that needs no sign-in."""
    try:
        path, headers = "/api/v1/formats", (await probe.tenant()).headers
    except NoTenantError:
        path, headers = DOCUMENT, {}
    sizes: dict[str, int] = {}
    for encoding in ("identity", "gzip", "br", "zstd"):
        answer = await probe.site.http.get(path, headers={**headers, "Accept-Encoding": encoding})
        if answer.headers.get("content-encoding", "identity") != encoding:
            continue
        if "accept-encoding" not in answer.headers.get("vary", "").lower():
            return failed(f"{path} does not vary by Accept-Encoding.", _PROXY)
        sizes[encoding] = _bytes_of(answer)
    if "gzip" not in sizes or not {"br", "zstd"} & set(sizes):
        return failed(f"Only {', '.join(sizes) or 'nothing'} is offered.", _PROXY)
    shown = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
    partial = "" if headers else " (partial: no list can be read from outside)"
    return passed(f"{path} in bytes: {shown}{partial}.")


def _bytes_of(answer: httpx2.Response) -> int:
    """As they were sent: several pieces have no length of their own."""
    return int(answer.headers.get("content-length", 0)) or answer.num_bytes_downloaded
