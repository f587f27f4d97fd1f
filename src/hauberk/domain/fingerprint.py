"""Identity: what makes two results the same finding of one asset, and the same place of it.

A fingerprint never contains title, description, severity, line or version, so that none of them, when it changes, makes
a new finding. Parts are packed with their lengths before they are hashed (blake2b, 128 bits): an attacker who writes the
report can neither make two results collide nor shift text from one part into the next. A place only tells the occurrences
of one finding apart; its hash need not withstand anybody. ADR 0005 has the table per kind.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

import msgspec
from xxhash import xxh3_64_intdigest

from hauberk.domain.finding import FindingKind
from hauberk.domain.purl import package_of
from hauberk.domain.reported import Component, Location, ReportedFinding

IDENTITY_VERSION: Final = 1

_KEY = blake2b(digest_size=16, person=b"hauberk-key-v1")
_NOWHERE = Location()
_NO_COMPONENT = Component(name="")
_VARIABLE_SEGMENT = re.compile(
    r"^(\d+|[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$", re.IGNORECASE
)
_NUMBERED_LINE = re.compile(r"^\s*(\d+)[:\s|]")
MAX_SNIPPET_CHARS: Final = 2_000


_pack = (
    msgspec.msgpack.Encoder().encode
)  # every part with its type and length: no two lists of parts are alike


Parts = tuple[str | int | None, ...]
INPUTS: Final = {
    "package": ("package", "identifier"),
    "code": ("rule", "path", "code"),
    "web": ("rule", "method", "url", "parameter"),
    "host": ("rule", "host", "protocol", "port"),
    "resource": ("rule", "resource"),
    "resource-at": ("rule", "path", "symbol"),
    "secret": ("rule", "value"),
    "manual": ("id",),
    "split": ("act",),
}
"""What the parts of a key are, by its first part: for people who ask why."""


class NamedRule(Protocol):
    """What a rule is called by; a reported finding, its rule's text and a row of that text all have it."""

    @property
    def rule_id(self) -> str | None: ...
    @property
    def rule_name(self) -> str | None: ...
    @property
    def title(self) -> str: ...
    @property
    def identifiers(self) -> Sequence[str]: ...
    @property
    def cwes(self) -> Sequence[int]: ...


def keys(
    finding: ReportedFinding, scanner: str, location: Location | None, component: Component | None
) -> tuple[bytes, ...]:
    """The 16-byte fingerprints under which the result at this place is known, the strongest first.

    A secret whose value the report gives has none yet: its key is made by `secret_key`, outside the parser's process.
    """
    found = key_parts(finding, scanner, location, component)
    return (key_of(found[0]),) if len(found) == 1 else tuple([key_of(parts) for parts in found])


def key_of(parts: Parts) -> bytes:
    """The fingerprint made from these parts. Raises UnicodeEncodeError for text that is none (lone surrogates)."""
    digest = _KEY.copy()
    digest.update(_pack(parts))
    return digest.digest()


def key_parts(
    finding: ReportedFinding, scanner: str, location: Location | None, component: Component | None
) -> tuple[Parts, ...]:
    """What each of the keys is made from: its kind, then what `INPUTS` says of that kind."""
    where = location or _NOWHERE
    rule = rule_of(finding, scanner)
    parts: tuple[Parts, ...]
    match finding.kind:
        case FindingKind.SAST:  # most there is
            parts = (code_parts(rule, where),)
        case FindingKind.SCA | FindingKind.CONTAINER:
            package = package_name(component or _NO_COMPONENT)
            parts = tuple([("package", package, name) for name in finding.identifiers or (rule,)])
        case FindingKind.SECRET if finding.secret:
            parts = ()
        case FindingKind.SECRET:
            parts = (code_parts(rule, where),)
        case FindingKind.DAST:
            method = (where.method or "").upper()
            parts = (("web", rule, method, url_template(where.url), where.parameter),)
        case FindingKind.INFRASTRUCTURE:
            parts = (("host", rule, host_of(where), (where.protocol or "").lower(), where.port),)
        case FindingKind.CLOUD | FindingKind.IAC if where.resource:
            parts = (("resource", rule, where.resource),)
        case FindingKind.CLOUD | FindingKind.IAC:
            parts = (("resource-at", rule, clean_path(where.path), where.symbol),)
        case FindingKind.MANUAL:
            parts = (("manual", finding.stable_id or finding.title),)
    return parts


def code_parts(rule: str, where: Location) -> Parts:
    """A key by the code at a place of a file; also of a secret whose value the report keeps back."""
    return ("code", rule, clean_path(where.path), anchor(where))


def secret_key(rule: str, secret_hash: bytes) -> bytes:
    """The fingerprint of a leaked secret, from the tenant's keyed hash of its value: where it lies does not matter."""
    return key_of(("secret", rule, secret_hash.hex()))


def text_hash(text: bytes) -> bytes:
    """The 16-byte content hash of what a rule says."""
    return blake2b(text, digest_size=16, person=b"hauberk-text-v1").digest()


def rule_of(finding: NamedRule, scanner: str) -> str:
    """What was checked. A result with neither rule, identifier nor weakness has no other name than its title."""
    if finding.rule_id:
        return f"{scanner.lower()}:{finding.rule_id}"
    if finding.identifiers:
        return finding.identifiers[0]
    if finding.cwes:
        return f"CWE-{finding.cwes[0]}"
    return f"{scanner.lower()}:{finding.rule_name or finding.title}"


def anchor(where: Location) -> str | None:
    """What holds a result to its place when lines move: the code itself, else the symbol around it."""
    return normal_snippet(where.snippet, where.line, where.end_line) or where.symbol


def normal_snippet(snippet: str | None, line: int | None = None, end_line: int | None = None) -> str | None:
    """The code of the place without layout. Where lines are numbered, only the result's own lines count."""
    if not snippet or snippet == "requires login":
        return None
    if "\n" not in snippet:  # nearly always
        words = snippet[:MAX_SNIPPET_CHARS].split()
        if not words or not words[0][0].isdigit():
            return " ".join(words) or None
    lines = snippet[:MAX_SNIPPET_CHARS].splitlines()
    numbers = [_NUMBERED_LINE.match(text) for text in lines if text.strip()]
    if line is not None and numbers and all(numbers):
        last = end_line or line
        own = [
            text[found.end() :]
            for text in lines
            if (found := _NUMBERED_LINE.match(text)) is not None and line <= int(found[1]) <= last
        ]
        lines = own or [_NUMBERED_LINE.sub("", text) for text in lines]
    return " ".join(" ".join(lines).split()) or None


def clean_path(path: str | None) -> str | None:
    """One spelling of a file's path: forward slashes, no `./`, no leading slash, no `file://`."""
    if not path:
        return None
    if path[0] not in "./\\" and "\\" not in path and not path.startswith("file://"):  # nearly always
        return path
    text = path.removeprefix("file://").replace("\\", "/")
    while text.startswith("./"):
        text = text[2:]
    return text.lstrip("/") or None


def package_name(component: Component) -> str:
    """A package without its version: `pkg:npm/@scope/name`; without a purl the bare name."""
    purl = component.purl
    if not purl:
        return component.name.lower()
    name = purl.partition("#")[0].partition("?")[0]
    head, at, tail = name.rpartition("@")
    if at and "/" not in tail and not head.endswith("/"):
        name = head
    return unquote(name).lower()


def package_version(component: Component) -> str:
    """As the report says it, else as the package URL does; empty where neither says it."""
    if component.version:
        return component.version
    known = package_of(component.purl)
    return (known[1] if known else None) or ""


def component_key(package: str, version: str) -> bytes:
    """Of one version of one package, however reports spell it: `package_name` and `package_version`."""
    return key_of(("component", package, version))


def url_template(url: str | None) -> str | None:
    """The path of a URL with what varies per object taken out: `/users/123?tab=1` → `/users/{}`."""
    if not url:
        return None
    try:
        path = urlsplit(url).path
    except ValueError:
        return url
    return "/".join("{}" if _VARIABLE_SEGMENT.match(part) else part for part in path.rstrip("/").split("/"))


def host_of(where: Location) -> str | None:
    """One spelling of the host: its own, else its URL's."""
    if where.host:
        return where.host.lower().rstrip(".")
    try:
        return urlsplit(where.url or "").hostname
    except ValueError:
        return where.url


def place(finding: ReportedFinding, location: Location | None, component: Component | None) -> int:
    """Where exactly, as a signed 64-bit number: tells the occurrences of one finding apart and may drift."""
    where = location or _NOWHERE
    match finding.kind:
        case FindingKind.SAST:
            parts: Parts = (where.line, where.column)
        case FindingKind.SCA | FindingKind.CONTAINER:
            what = component or _NO_COMPONENT
            parts = (
                what.version,
                clean_path(what.path or where.path),
                what.layer,
                finding.target,
            )
        case FindingKind.SECRET:
            parts = (clean_path(where.path), where.line, where.commit)
        case FindingKind.DAST:
            parts = (where.url, where.host, where.port)
        case FindingKind.INFRASTRUCTURE:
            parts = ((component or _NO_COMPONENT).name, where.resource)
        case FindingKind.CLOUD | FindingKind.IAC:
            parts = (clean_path(where.path), where.line)
        case _:
            parts = ()
    return xxh3_64_intdigest(_pack(parts)) - 2**63
