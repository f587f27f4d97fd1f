"""Coercers: a scanner's words as ours. None of them raises; what makes no sense becomes None, empty or `unknown`."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit

from hauberk.domain.cvss import assessment
from hauberk.domain.identifiers import identifiers_in, weaknesses_in
from hauberk.domain.reported import Cvss, Location, Suppression
from hauberk.domain.severity import Severity

Scale = Mapping[str, Severity]
"""A scanner's own words (lower case) and what they mean here."""

Floors = Sequence[tuple[float, Severity]]
"""From how many of a scanner's own points on a severity is meant, the highest first."""

Rating = tuple[Any, ...]
"""A CVSS vector, a score, who says so, which version: as far as a scanner tells them, in this order."""

_WORDS: Scale = {
    **dict.fromkeys(
        ("critical", "crit", "blocker", "fatal", "very high", "very_high", "urgent"), Severity.CRITICAL
    ),
    **dict.fromkeys(("high", "error", "important", "serious", "severe", "major"), Severity.HIGH),
    **dict.fromkeys(("medium", "moderate", "warning", "warn", "middle", "average"), Severity.MEDIUM),
    **dict.fromkeys(("low", "minor", "very low", "very_low", "note"), Severity.LOW),
    **dict.fromkeys(
        (
            "info",
            "information",
            "informational",
            "none",
            # the lowest step of the scales that have one of these; the word is kept beside
            "unknown",
            "unassigned",
            "undefined",
            "unspecified",
            "untriaged",
            "negligible",
            "unimportant",
            "trivial",
            "log",
            "debug",
            "notice",
            "style",
        ),
        Severity.INFO,
    ),
}
_INTEGER = re.compile(r"([+-]?\d{1,18})(?:\.0+)?")  # `443.0`, as tables of numbers with gaps are written
_NUMBER = re.compile(r"[1-9]\d*")
_SERIES = re.compile(r"\d{1,5}(?:\s*[,;|]\s*\d{1,5})+")
_DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S %z %Z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y/%m/%d %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%b %d, %Y",
    "%A, %B %d, %Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d",
)
_FRACTION = re.compile(r"(\.\d{6})\d+")
_ZONE_TWICE = re.compile(  # as Go prints a moment, the second time by its name
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d{4}) [\w+-]+(?: m=[+-][\d.]+)?"
)
_DIRECTIVE = re.compile(r"%(.)|(\s+)|([^%\s]+)")
_NUMBERS, _NAMES = frozenset("dmHIMSyjUW"), frozenset("aAbBpZ")
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ssh": 22, "ws": 80, "wss": 443}
_LISTS = (list, tuple, set, frozenset)
_MAX_INTEGER = 2**31 - 1
_MAX_PORT = 2**16 - 1
_MAX_SECONDS = 253402300799
_SHORT = 300
"""What is longer is not remembered: a hostile report would fill the memory with it."""


def text(value: Any) -> str | None:
    """A string without surrounding space; numbers as they print; anything else, or nothing left: None."""
    if isinstance(value, str):  # nearly always
        return value.strip() or None
    if value is None or isinstance(value, bool):
        return None
    return str(value) if isinstance(value, (int, float)) else None


def texts(value: Any) -> tuple[str, ...]:
    """A list's usable strings, or the one string; once each."""
    if not isinstance(value, (list, tuple)):
        word = text(value)
        return () if word is None else (word,)
    found = [word for each in value if (word := text(each)) is not None]
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def listed(value: Any) -> Sequence[Any]:
    """The list, or the one element in its place, as converters from XML and serialisers write it; of nothing, none."""
    if isinstance(value, (list, tuple)):
        return value
    return [value] if value else ()


def parts(value: Any) -> tuple[str, ...]:
    """What a list that is written as one text names (`1.2, 1.3`), once each."""
    return texts((text(value) or "").split(","))


def first(*values: Any) -> str | None:
    """The first of these, and of the members of a list, that says something."""
    for value in values:
        for each in value if isinstance(value, _LISTS) else (value,):
            if (word := text(each)) is not None:
                return word
    return None


def pick(value: Any, path: str) -> Any:
    """`pick(item, "Metadata.OS.Family")`: what lies there, or None. A number is an index into a list.

    An object in the place of a list is its element 0.
    """
    for step in path.split("."):
        if isinstance(value, dict):
            value = value if step == "0" and step not in value else value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def severity(value: Any, scale: Scale | None = None) -> Severity:
    """The scanner's word by its own scale; what that lacks, by common words. Numbers are not guessed at: give a scale."""
    word = text(value)
    if word is None:
        return Severity.UNKNOWN
    word = word.lower()
    if scale is not None and word in scale:
        return scale[word]
    return _WORDS.get(word, Severity.UNKNOWN)


def severity_of_score(value: Any) -> Severity:
    """A CVSS score's rating, where a scanner gives no word."""
    score = number(value)
    return Severity.of_score(score) if score is not None and 0 <= score <= 10 else Severity.UNKNOWN


def severity_of_points(value: Any, floors: Floors) -> Severity:
    """By a scanner's own points: the first of the floors that they reach; `unknown` below them all, or without points."""
    points = number(value)
    return next((each for floor, each in floors if points is not None and points >= floor), Severity.UNKNOWN)


def integer(value: Any, *, minimum: int = 0, maximum: int = _MAX_INTEGER) -> int | None:
    """A whole number within bounds, also from a string; never from text with anything else in it."""
    if type(value) is int or (isinstance(value, str) and value.isdecimal() and len(value) < 19):
        value = int(value)  # nearly always
        return value if minimum <= value <= maximum else None
    if isinstance(value, str):
        whole = _INTEGER.fullmatch(value.strip())
        value = int(whole[1]) if whole else None
    if isinstance(value, float):
        value = int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 1e18 else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if minimum <= value <= maximum else None


def line(value: Any) -> int | None:
    """A line or column number, counted from 1; of a range (`79-81`) the first."""
    if type(value) is int:  # nearly always
        return value if 1 <= value <= _MAX_INTEGER else None
    if isinstance(value, str) and "-" in value:
        value = value.split("-")[0]
    return integer(value, minimum=1)


def port(value: Any) -> int | None:
    """The number of a TCP or UDP port; 0, with which scanners say that it is about the whole host, is none."""
    return integer(value, minimum=1, maximum=_MAX_PORT)


def number(value: Any) -> float | None:
    """A finite number, also from a string."""
    if isinstance(value, str) and len(value) < 40:
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < 1e300 and math.isfinite(value) else None


def assessments(*given: Rating) -> tuple[Cvss, ...]:
    """The usable ones of several `(vector, score, source, version)`, once each."""
    found = [known for each in given if (known := assessment(*each)) is not None]
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def suppression(
    is_decided: object, *, justification: Any = None, where: str = "external"
) -> Suppression | None:
    """The decision that a result needs no action, where the report tells of one: any true value tells."""
    return Suppression(where=where, justification=text(justification)) if is_decided else None


def cwes(*values: Any) -> tuple[int, ...]:
    """CWE numbers from numbers, `"79"`, `"79, 89"`, `"CWE-79: XSS"`, their pages at MITRE, or lists of those."""
    found: list[int] = []
    for value in _flat(values):
        plain = integer(value, minimum=1, maximum=99999)
        if plain is not None:
            found.append(plain)
        elif isinstance(value, str):
            found += map(int, _NUMBER.findall(value)) if _SERIES.fullmatch(value) else weaknesses_in((value,))
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def identifiers(*values: Any) -> tuple[str, ...]:
    """Every vulnerability identifier (CVE, GHSA, OSV, distribution advisories, …) named in these values."""
    return identifiers_in([value for value in _flat(values) if isinstance(value, str)])


def urls(*values: Any) -> tuple[str, ...]:
    """The web addresses among these values, once each."""
    words = [value.strip() for value in _flat(values) if isinstance(value, str)]
    found = [word for word in words if word[:8].lower().startswith(("http://", "https://"))]
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    """The values, those of a list among them in its place."""
    flat: list[Any] = []
    for value in values:
        if isinstance(value, _LISTS):
            flat += value
        else:
            flat.append(value)
    return flat


def timestamp(value: Any, *formats: str) -> datetime | None:
    """A moment in UTC from ISO 8601, RFC 2822, common prints, or epoch seconds or milliseconds.

    `formats` are the scanner's own (`%d/%m/%Y %I:%M %p`), tried first: only it knows whether days come before months.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_epoch(float(value)) if abs(value) < 1e15 else None
    if not isinstance(value, str) or not 6 < len(value.strip()) <= 64:
        return None
    return _of_text(value.strip(), formats)


@lru_cache(maxsize=4096)  # what one scan found, it found within minutes, or on the same day
def _of_text(stripped: str, formats: Sequence[str]) -> datetime | None:
    if stripped.isdigit():
        return _of_epoch(float(stripped)) if len(stripped) in (10, 13) else None
    return _of_formats(stripped, formats) or _of_words(stripped)


def _of_words(words: str) -> datetime | None:
    if (printed := _ZONE_TWICE.fullmatch(words)) is not None:
        words = printed[1] + printed[2]
    elif words.endswith(" UTC") and words[10:11] == "T":
        words = words.removesuffix(" UTC")
    try:
        return _in_utc(datetime.fromisoformat(_FRACTION.sub(r"\1", words) if "." in words else words))
    except (ValueError, OverflowError):
        pass
    known = _of_formats(words, _DATE_FORMATS)
    if known is not None:
        return known
    try:
        return _in_utc(parsedate_to_datetime(words))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _shape(date_format: str) -> re.Pattern[str]:
    """What a text in this format looks like: `strptime` costs ten times as much to say no."""
    shapes = {"Y": r"\d{4}", "f": r"\d{1,6}", "z": r"(?:[+-]\d\d.*|Z)", "%": "%"}
    shapes |= dict.fromkeys(_NUMBERS, r" ?\d{1,3}") | dict.fromkeys(_NAMES, r"\w+")
    parts = (
        shapes.get(directive, ".*") if directive else r"\s*" if space else re.escape(plain)
        for directive, space, plain in _DIRECTIVE.findall(date_format)
    )
    return re.compile("".join(parts), re.IGNORECASE)


def _of_formats(words: str, formats: Sequence[str]) -> datetime | None:
    for date_format in formats:
        if not _shape(date_format).fullmatch(words):
            continue
        try:
            return _in_utc(datetime.strptime(words, date_format))  # noqa: DTZ007 — zone-less is UTC, set below
        except (ValueError, OverflowError):
            continue
    return None


def _of_epoch(seconds: float) -> datetime | None:
    if not math.isfinite(seconds) or seconds <= 0:
        return None
    seconds = seconds / 1000 if seconds > 1e11 else seconds
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds) if seconds < _MAX_SECONDS else None


def _in_utc(moment: datetime) -> datetime | None:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware if aware.year >= 1970 else None


def http_method(request: Any) -> str | None:
    """What a raw request (`GET /search HTTP/1.1`) begins with, where that is a method."""
    word = (text(request) or "").split(maxsplit=1)[:1]
    return word[0] if word and word[0].isalpha() and word[0].isupper() else None


def at_url(
    url: Any, *, method: str | None = None, parameter: str | None = None, evidence: str | None = None
) -> Location:
    """The place that an address names: without credentials, with host and port; a bare `host:port` is one too."""
    words = text(url) or ""
    address, host, port = (_address_shortly if len(words) <= _SHORT else _address)(words)
    return Location(
        url=address,
        host=host,
        port=port,
        method=method or None,
        parameter=parameter or None,
        evidence=evidence or None,
    )


def _address(words: str) -> tuple[str | None, str | None, int | None]:
    """URL, host and port. Where a URL's port is none, its host is one all the same."""
    if words.count(":") > 1 and _is_ipv6(words):  # which has its brackets only where a port may follow
        return None, words, None
    try:
        parts = urlsplit(words if "://" in words else f"//{words.removeprefix('//')}")
        host = parts.hostname
    except ValueError:
        return words or None, None, None
    try:
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme.lower())
    except ValueError:
        if not parts.scheme:
            return words, None, None
        port = None
    if parts.scheme and "@" in parts.netloc:
        words = words.replace(parts.netloc, parts.netloc.rpartition("@")[2], 1)
    return words if parts.scheme else None, host, port


def _is_ipv6(words: str) -> bool:
    try:
        IPv6Address(words)
    except ValueError:
        return False
    return True


_address_shortly = lru_cache(maxsize=4096)(_address)
