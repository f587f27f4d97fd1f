"""Identifiers of vulnerabilities and weaknesses: how they are found in a scanner's words and spelled here."""

import re
from collections.abc import Iterable
from functools import lru_cache

_SCHEMES = (
    r"CVE-\d{4}-\d{4,19}"
    r"|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}"
    r"|(?:GO|PYSEC|MAL|OSV|RSEC|HSEC|PSF|BIT|CURL|DRUPAL|EEF|JLSEC|OESA|UVI|ASB-A|PUB-A)-\d{4}-\d+"
    r"|RUSTSEC-\d{4}-\d{4}"
    r"|GMS-\d{4}-\d+"
    r"|GSD-\d{4}-\d+"
    r"|SNYK-[A-Z][A-Z0-9]*-[A-Z0-9]+-\d+"
    r"|(?:PRISMA|WS)-\d{4}-\d{4}"
    r"|ELSA-\d{4}-\d+"
    r"|(?:RH[SBE]A|CESA|ELSA|ALSA|ALBA|ALEA|RLSA|RXSA|SUSE-[SRO]U|openSUSE-[SR]U)-\d{4}:\d+(?:-\d+)?"
    r"|(?:DSA|DLA|DTSA)-\d+-\d+"
    r"|TEMP-\d+-[0-9A-F]{6}"
    r"|USN-\d+-\d+"
    r"|ALAS\d*(?:[A-Z0-9.]*)-\d{4}-\d+"
    r"|GLSA-\d{6}-\d+"
    r"|FEDORA-\d{4}-[0-9a-f]+"
    r"|CWA-\d{4}-\d+"
    r"|XRAY-\d+|SONATYPE-\d{4}-\d+|NSWG-ECO-\d+|BDSA-\d{4}-\d+|VULNDB-\d+|EUVD-\d{4}-\d+|AVD-[A-Z]+-\d{4}|ZDI-\d{2}-\d+"
)
# Words without a hyphen are passed over before the schemes are tried, and texts without a sign of any scheme as a whole:
# a search for one character costs a hundredth of a search for thirty schemes.
_IDENTIFIER = re.compile(rf"(?<![\w-])(?=[a-z]{{2}}[a-z0-9.]{{0,40}}+-)(?:{_SCHEMES})(?!\w)", re.IGNORECASE)
_SIGN = re.compile(
    r"-(?:\d++[-:]\d|(?<=ghsa-)|(?<=snyk-)|(?<=temp-)|(?<=fedora-)|(?<=xray-)|(?<=nswg-)|(?<=vulndb-)|(?<=avd-))",
    re.IGNORECASE,
)
_WEAKNESS = re.compile(r"(?:\bCWE[-_ :#]{0,2}|\bcwe\.mitre\.org/data/definitions/)(\d{1,5})\b", re.IGNORECASE)
MAX_IDENTIFIERS = 5000
_SHORT = 64
"""A text up to here is a field of identifiers rather than prose, and is likely to come again."""


def spell(identifier: str) -> str:
    """`cve-2021-44228` → `CVE-2021-44228`; GHSA keeps its lower-case body."""
    lowered = identifier.lower()
    if lowered.startswith("ghsa-"):
        return "GHSA" + lowered[4:]
    if lowered.startswith("fedora-"):
        return "FEDORA" + lowered[6:]
    if lowered.startswith("opensuse-"):
        return "openSUSE" + identifier[8:].upper()
    return identifier.upper()


def identifiers_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Every known kind of vulnerability identifier in these texts, once, in the order of mention."""
    found: list[str] = []
    for text in texts:
        found += _named_shortly(text) if len(text) <= _SHORT else _named(text)
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))[:MAX_IDENTIFIERS]


def _named(text: str) -> tuple[str, ...]:
    if _SIGN.search(text) is None:
        return ()
    found: dict[str, None] = {}
    for match in _IDENTIFIER.finditer(text):
        found[spell(match[0])] = None
        if len(found) >= MAX_IDENTIFIERS:
            break
    return tuple(found)


_named_shortly = lru_cache(maxsize=8192)(_named)


def weaknesses_in(texts: Iterable[str]) -> tuple[int, ...]:
    """CWE numbers named in these texts (`CWE-79: XSS`), once."""
    found: list[int] = []
    for text in texts:
        found += _weaknesses_shortly(text) if len(text) <= _SHORT else _weaknesses(text)
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))


def _weaknesses(text: str) -> tuple[int, ...]:
    if "cwe" not in text.lower():
        return ()
    return tuple([int(number) for number in _WEAKNESS.findall(text) if int(number)])


_weaknesses_shortly = lru_cache(maxsize=8192)(_weaknesses)
