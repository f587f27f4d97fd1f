"""Step 4: one reported finding becomes one result per place, with its keys, its place and a hash of its content.

Runs in the sandboxed child. What repeats (the rule's text) is told once, by content hash.
"""

import re
from typing import Any, Final

import msgspec
from xxhash import xxh3_64_intdigest

from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.parsers.sdk.json_text import may_hold_nul

MAX_TITLE_CHARS: Final = 500
MAX_NAME_CHARS: Final = 500
MAX_TEXT_CHARS: Final = 32_000
MAX_EVIDENCE_CHARS: Final = 8_000

_PLACED_BY_LOCATION = frozenset((FindingKind.DAST, FindingKind.INFRASTRUCTURE))
_PLACED_BY_COMPONENT = frozenset((FindingKind.SCA, FindingKind.CONTAINER))
_SPACE = re.compile(r"\s+")
MAX_TEXTS: Final = 4_096
MAX_STABLE_IDS: Final = 16
MIN_STABLE_CHARS: Final = 8
"""A shorter one tells little apart: CodeQL's `primaryLocationStartColumnFingerprint` is a column."""
_MASK = "[secret]"
_json = msgspec.json.Encoder()


class Result(msgspec.Struct, array_like=True, gc=False):
    """One result at one place, ready to be compared and written; `rule` is the hash of its `RuleText`."""

    keys: tuple[bytes, ...]
    place: int
    content: int
    kind: int
    severity: int
    severity_word: str | None
    rule: bytes
    line: int | None
    epss: float | None
    target: str | None
    location: bytes | None
    component: bytes | None
    suppression: bytes | None
    stable_ids: tuple[int, ...] = ()
    """Hashes of the scanner's own identities of the result, each under its name; never part of a key or the content."""
    is_suppressed: bool = False
    """The suppression stands: nobody has still to review it, or has rejected it."""
    is_said_new: bool = False
    element: int = 0
    """The mark of the report's element that it was read from (`known.element_mark`)."""


class RuleText(msgspec.Struct, frozen=True, kw_only=True):
    """The words that results share, and the vulnerabilities they are about (names, most telling first)."""

    scanner: str
    rule_id: str | None
    rule_name: str | None
    title: str
    description: str | None
    remediation: str | None
    references: tuple[str, ...]
    identifiers: tuple[str, ...]
    cwes: tuple[int, ...]
    cvss_score: float | None
    cvss: tuple[Any, ...]
    known_exploited: bool | None
    has_fix: bool | None
    vulnerabilities: tuple[str, ...]
    is_rule: bool


class _Common(msgspec.Struct, gc=False, frozen=True):
    """What all results of one text have in common that are equally bad."""

    rule: bytes
    text: RuleText
    said: bytes
    severity: int
    severity_word: str | None


class Normaliser:
    """Results of one report, one scanner. Equal texts are built and hashed once: reports repeat them thousands of times."""

    def __init__(self, scanner: str) -> None:
        self.scanner = scanner
        self._texts: dict[tuple[Any, ...], tuple[bytes, RuleText]] = {}
        self._commons: dict[tuple[Any, ...], _Common] = {}

    def results(self, finding: ReportedFinding) -> list[tuple[Result, RuleText]]:
        """One result per place of the finding."""
        try:
            return self._results(finding)
        except (UnicodeEncodeError, _NulError):
            # A lone surrogate and NUL survive JSON, but no database takes them.
            return self._results(cleaned(finding))

    def _results(self, finding: ReportedFinding) -> list[tuple[Result, RuleText]]:
        common = self._common(finding)
        kind, said, suppression, is_suppressed = finding.kind, common.said, None, False
        if finding.suppression is not None:
            suppression = _encoded(finding.suppression)
            is_suppressed = finding.suppression.is_accepted
            said += suppression
        stable_ids = _stable_ids(finding)
        target = _cut(finding.target, MAX_NAME_CHARS)
        results = []
        for location, component in _places(finding):
            shown = None if location is None else _shown_location(finding, location)
            shown_json = None if shown is None else _encoded(shown)
            component_json = None if component is None else _encoded(component)
            stable = shown_json
            if shown is not None and (shown.evidence is not None or shown.host_ids):
                # Evidence may hold a time or a nonce, an address may be leased: no change of content.
                stable = _json.encode(msgspec.structs.replace(shown, evidence=None, host_ids=()))
            content = xxh3_64_intdigest(b"%b\0%b\0%b" % (said, stable or b"", component_json or b"")) - 2**63
            results.append(
                (
                    Result(  # by position, which costs a third of doing it by name
                        fingerprint.keys(finding, self.scanner, location, component),
                        fingerprint.place(finding, location, component),
                        content,
                        kind.code,
                        common.severity,
                        common.severity_word,
                        common.rule,
                        _bounded_line(location),
                        finding.epss,
                        target,
                        shown_json,
                        component_json,
                        suppression,
                        stable_ids,
                        is_suppressed,
                        finding.is_said_new,
                    ),
                    common.text,
                )
            )
        return results

    def _common(self, finding: ReportedFinding) -> _Common:
        words = (
            finding.rule_id,
            finding.rule_name,
            finding.title,
            finding.description if finding.secret is None else _masked(finding, finding.description),
            finding.remediation,
            finding.references,
            finding.identifiers,
            finding.cwes,
            finding.cvss,
            finding.known_exploited,
            tuple([bool(each.fixed_versions) for each in finding.components]) if finding.components else (),
        )
        how_bad = words, finding.severity, finding.severity_reported
        known = self._commons.get(how_bad)
        if known is None:
            known = _common_of(finding, *self._text(words, finding))
            if len(self._commons) >= MAX_TEXTS:
                self._commons.clear()
            self._commons[how_bad] = known
        return known

    def _text(self, words: tuple[Any, ...], finding: ReportedFinding) -> tuple[bytes, RuleText]:
        known = self._texts.get(words)
        if known is None:
            text = _rule_text(finding, self.scanner)
            known = fingerprint.text_hash(_encoded(text)), text
            if len(self._texts) >= MAX_TEXTS:
                self._texts.clear()
            self._texts[words] = known
        return known


def _common_of(finding: ReportedFinding, rule: bytes, text: RuleText) -> _Common:
    severity, word = finding.severity, finding.severity_reported
    return _Common(
        rule=rule,
        text=text,
        said=f"{severity.value}\0{word}\0".encode() + rule,
        severity=severity.rank,
        severity_word=_cut(word, 60),
    )


class _NulError(ValueError):
    """A text holds NUL."""


def _encoded(value: msgspec.Struct) -> bytes:
    encoded = _json.encode(value)
    if may_hold_nul(encoded):
        raise _NulError
    return encoded


def _places(finding: ReportedFinding) -> list[tuple[Location | None, Component | None]]:
    location = finding.locations[0] if finding.locations else None
    component = finding.components[0] if finding.components else None
    if len(finding.locations) > 1 and finding.kind in _PLACED_BY_LOCATION:
        return [(each, component) for each in finding.locations]
    if len(finding.components) > 1 and finding.kind in _PLACED_BY_COMPONENT:
        return [(location, part) for part in finding.components]
    return [(location, component)]


def _rule_text(finding: ReportedFinding, scanner: str) -> RuleText:
    named = tuple(name for name in finding.identifiers if name.startswith("CVE-")) or finding.identifiers[:1]
    scores = [each.score for each in finding.cvss if each.score is not None]
    fixes = [bool(component.fixed_versions) for component in finding.components]
    return RuleText(
        scanner=scanner,
        rule_id=_cut(finding.rule_id, MAX_NAME_CHARS),
        rule_name=_cut(finding.rule_name, MAX_NAME_CHARS),
        title=_one_line(finding.title) or finding.rule_name or finding.rule_id or "Untitled",
        description=_masked(finding, _cut(finding.description, MAX_TEXT_CHARS)),
        remediation=_cut(finding.remediation, MAX_TEXT_CHARS),
        references=tuple(url[:2_000] for url in finding.references[:50]),
        identifiers=tuple(name[:MAX_NAME_CHARS] for name in finding.identifiers[:200]),
        cwes=finding.cwes[:50],
        cvss_score=max(scores, default=None),
        cvss=finding.cvss[:10],
        known_exploited=finding.known_exploited,
        has_fix=any(fixes) if fixes else None,
        vulnerabilities=tuple(name[:MAX_NAME_CHARS] for name in named[:100])
        or (fingerprint.rule_of(finding, scanner)[:MAX_NAME_CHARS],),
        is_rule=not named,
    )


def _shown_location(finding: ReportedFinding, location: Location) -> Location:
    """The place as it is kept: bounded, without the secret that was found there."""
    given = snippet, evidence, message = location.snippet, location.evidence, location.message
    if finding.secret is None and not (
        (snippet is not None and len(snippet) > MAX_EVIDENCE_CHARS)
        or (evidence is not None and len(evidence) > MAX_EVIDENCE_CHARS)
        or (message is not None and len(message) > MAX_EVIDENCE_CHARS)
    ):
        return location
    snippet, evidence, message = (_masked(finding, _cut(text, MAX_EVIDENCE_CHARS)) for text in given)
    return msgspec.structs.replace(location, snippet=snippet, evidence=evidence, message=message)


def _stable_ids(finding: ReportedFinding) -> tuple[int, ...]:
    """Each under its own name, never joined: one of them may change while another stays."""
    own, prints = finding.stable_id, finding.partial_fingerprints
    if own is None and not prints:
        return ()
    named = [("", own or ""), *prints.items()][:MAX_STABLE_IDS] if prints else [("", own or "")]
    return tuple(
        [
            xxh3_64_intdigest(f"{name}\0{value}".encode()) - 2**63
            for name, value in named
            if len(value) >= MIN_STABLE_CHARS
        ]
    )


def _masked(finding: ReportedFinding, text: str | None) -> str | None:
    if finding.secret and text and finding.secret in text:
        return text.replace(finding.secret, _MASK)
    return text


def _bounded_line(location: Location | None) -> int | None:
    line = None if location is None else location.line
    return line if line is not None and 0 < line < 2**31 else None


def _cut(text: str | None, limit: int) -> str | None:
    return text if text is None or len(text) <= limit else text[: limit - 1] + "…"


def _one_line(text: str) -> str:
    return _cut(_SPACE.sub(" ", text).strip(), MAX_TITLE_CHARS) or ""


def cleaned(finding: ReportedFinding) -> ReportedFinding:
    """Without the two things no database takes as text: NUL and lone surrogates."""
    return msgspec.convert(_cleaned(msgspec.to_builtins(finding)), ReportedFinding)


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
        case dict():
            return {_cleaned(key): _cleaned(each) for key, each in value.items()}
        case list() | tuple():
            return [_cleaned(each) for each in value]
        case _:
            return value
