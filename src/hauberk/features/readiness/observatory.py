"""The arithmetic of Mozilla's HTTP Observatory (1.6.3): what a page's headers gain and lose, so that a grade can be computed
where the service cannot look. 100 to begin with; bonuses count only when at least 90 are left without them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import httpx2

BEST_GRADE = 100
HALF_A_YEAR = 15_768_000
_ENOUGH_FOR_BONUS = 90
_ANYWHERE = {"'unsafe-inline'", "*", "https:", "http:", "https://*", "http://*", "data:"}
_NO_REFERRER = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")


@dataclass(frozen=True, slots=True)
class Grade:
    """`lost` names what costs points, each with how many."""

    score: int
    lost: dict[str, int]
    gained: dict[str, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, as the tests look at it; `redirect` is what plain HTTP answered, where that was tried."""

    answer: httpx2.Response
    is_https: bool
    redirect: httpx2.Response | None = None

    def header(self, name: str) -> str:
        value: str = self.answer.headers.get(name, "")
        return value.strip()

    @property
    def policy(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for directive in self.header("content-security-policy").split(";"):
            name, *values = directive.split() or [""]
            if name:
                found.setdefault(name.lower(), [value.lower() for value in values])
        return found


def grade(seen: Seen) -> Grade:
    points = [(name, score) for test in _TESTS for name, score in test(seen)]
    lost = {name: score for name, score in points if score < 0}
    gained = {name: score for name, score in points if score > 0}
    score = 100 + sum(lost.values())
    if score >= _ENOUGH_FOR_BONUS:
        score += sum(gained.values())
    return Grade(max(0, score), lost, gained)


Points = Iterator[tuple[str, int]]


def _content_policy(seen: Seen) -> Points:
    policy = seen.policy
    if not policy:
        yield "no Content-Security-Policy", -25
        return
    scripts = policy.get("script-src", policy.get("default-src", ["*"]))
    if _ANYWHERE & set(scripts):
        yield "scripts from anywhere or inline", -20
    elif "'unsafe-eval'" in scripts:
        yield "unsafe-eval", -10
    elif "unsafe" not in seen.header("content-security-policy"):
        is_closed = policy.get("default-src") == ["'none'"]
        has_form_action = policy.get("form-action") in (["'none'"], ["'self'"])
        yield "a strict content policy", 10 if is_closed and has_form_action else 5


def _cookies(seen: Seen) -> Points:
    cookies = [each.lower() for each in seen.answer.headers.get_list("set-cookie")]
    for cookie in cookies:
        if seen.is_https and "secure" not in cookie:
            yield "a cookie without Secure", -40
        if "httponly" not in cookie:
            yield "a cookie without HttpOnly", -30
    if cookies and all("httponly" in each and "samesite" in each for each in cookies):
        yield "cookies with SameSite", 5


def _origins(seen: Seen) -> Points:
    if seen.header("access-control-allow-origin") == "*" or (
        seen.header("access-control-allow-credentials") == "true"
        and seen.header("access-control-allow-origin") not in ("", "null")
    ):
        yield "any origin may read", -50


def _transport(seen: Seen) -> Points:
    if not seen.is_https:
        return
    found = re.search(r"max-age=(\d+)", seen.header("strict-transport-security"))
    if found is None:
        yield "no Strict-Transport-Security", -20
    elif int(found[1]) < HALF_A_YEAR:
        yield "a short Strict-Transport-Security", -10
    if seen.redirect is not None and not seen.redirect.headers.get("location", "").startswith("https://"):
        yield "plain HTTP does not redirect", -20


def _sniffing_and_frames(seen: Seen) -> Points:
    if seen.header("x-content-type-options").lower() != "nosniff":
        yield "no nosniff", -5
    if seen.policy.get("frame-ancestors") or seen.header("x-frame-options").upper() in ("DENY", "SAMEORIGIN"):
        yield "not to be framed", 5
    else:
        yield "no X-Frame-Options or frame-ancestors", -20


def _referrer(seen: Seen) -> Points:
    policy = seen.header("referrer-policy").lower()
    if policy in _NO_REFERRER:
        yield "a private Referrer-Policy", 5
    elif policy:
        yield "an unsafe Referrer-Policy", -5


def _isolation(seen: Seen) -> Points:
    wanted = {
        "cross-origin-resource-policy": ("same-origin", "same-site"),
        "cross-origin-embedder-policy": ("require-corp", "credentialless"),
        "cross-origin-opener-policy": ("same-origin",),
    }
    for name, values in wanted.items():
        if seen.header(name) in values:
            yield name, 10


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append(dict(attrs))


def _integrity(seen: Seen) -> Points:
    if not seen.header("content-type").startswith("text/html"):
        return
    page = _Scripts()
    page.feed(seen.answer.text)
    loaded = [each for each in page.found if each.get("src")]
    foreign = [each for each in loaded if "//" in str(each["src"]) and not each.get("integrity")]
    if foreign:
        yield "foreign scripts without integrity", -5
    elif loaded and all(each.get("integrity") for each in loaded):
        yield "scripts with integrity", 5


_TESTS: tuple[Callable[[Seen], Points], ...] = (
    _content_policy,
    _cookies,
    _origins,
    _transport,
    _sniffing_and_frames,
    _referrer,
    _isolation,
    _integrity,
)

_LETTERS = (
    (100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (45, "C-"),
    (40, "D+"), (30, "D"), (25, "D-"),
)  # fmt: skip


def letter(score: int) -> str:
    return next((name for least, name in _LETTERS if score >= least), "F")
