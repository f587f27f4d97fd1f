"""humble: what is missing, deprecated or telling in the headers of an HTTP answer."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_SECTIONS = (  # humble rates nothing; what a browser would have protected against weighs more than a banner
    (re.compile(r"Missing|no habilitadas"), "Missing header", sdk.Severity.MEDIUM),
    (re.compile(r"Fingerprint|Huella digital"), "Fingerprint header", sdk.Severity.LOW),
    (re.compile(r"Deprecated|obsoletas"), "Deprecated header", sdk.Severity.MEDIUM),
    (re.compile(r"Empty|sin valor|vacías"), "Empty header", sdk.Severity.LOW),
)
_NOTHING = ("Nothing to report", "Todo parece estar bien", "Nada que", "Empty HTTP headers (and are")
# Since 2025 each entry is an object; its keys lost a colon at their end and their plural changed.
_NAMES, _DETAILS, _LINKS = ("header", "issue", "check"), ("detail", "value"), ("reference", "ref")
_DATE = r"\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d"
_EXPERIMENTAL = "(*) "


@sdk.parser(
    id="humble-json",
    scanner="humble",
    docs="https://github.com/rfc-st/humble#usage",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("[HTTP Response Headers]"),
        sdk.JsonKeys("[Cabeceras de respuesta HTTP]"),
        *(sdk.JsonKeys("*.URL", values={f"*.{date}": _DATE}) for date in ("Date", "Fecha")),
        sdk.JsonKeys(values={"*.item": f"(Date|Fecha) *: {_DATE}"}),
    ),
    versions="1.2x and later, in English and Spanish",
)
def humble(report: sdk.Report) -> sdk.Findings:
    """`humble.py -u https://app.example -o json`"""
    sections = report.document()
    about = _about(next(iter(sections.values()), None))
    url = sdk.text(about.get("URL"))
    yield sdk.ReportHeader(
        targets=sdk.texts(url),
        scanned_at=sdk.timestamp(_either(about, ("Date", "Fecha")), "%Y/%m/%d - %H:%M:%S"),
    )
    for heading, said in sections.items():
        for pattern, title, severity in _SECTIONS:
            if pattern.search(heading) and isinstance(said, list | dict):
                for entry in _entries(said):
                    yield _finding(entry, f"{title}: ", severity, url)


def _about(said: sdk.Json) -> dict[str, sdk.Json]:
    """An object, or lines of a word, a colon and its value."""
    if isinstance(said, dict):
        return said
    pairs = (line.partition(":") for line in sdk.texts(said))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _entries(said: sdk.Json) -> Iterator[tuple[str, sdk.Json, sdk.Json]]:
    """A header's name with what is told of it: names alone, names as keys, or an object each."""
    if isinstance(said, dict) and "Result" in said:  # `{"Description": …, "Result": "Nothing to report, …"}`
        said = sdk.texts(said["Result"])
    for entry in said.items() if isinstance(said, dict) else said:
        name, details, links = entry, None, None
        if isinstance(entry, tuple):
            name, details, links = *entry, entry[1]
        elif isinstance(entry, dict):
            told = {key.rstrip(": ").lower().removesuffix("s"): value for key, value in entry.items()}
            name, details, links = (_either(told, keys) for keys in (_NAMES, _DETAILS, _LINKS))
        header = (sdk.text(name) or "").removeprefix(_EXPERIMENTAL)
        if header and not header.startswith(_NOTHING):
            yield header, details, links


def _either(told: dict[str, sdk.Json], keys: tuple[str, ...]) -> sdk.Json:
    return next((told[key] for key in keys if told.get(key)), None)


def _finding(
    entry: tuple[str, sdk.Json, sdk.Json], what: str, severity: sdk.Severity, url: str | None
) -> sdk.ReportedFinding:
    header, details, links = entry
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=what + header,
        severity=severity,
        rule_id=what + header.partition(" (")[0],
        description="\n".join(sdk.texts(details)) or None,
        locations=(sdk.at_url(url),) if url else (),
        references=sdk.urls(links),
        target=url,
    )
