"""humble: what is missing, deprecated or telling in the headers of an HTTP answer."""

import re

from hauberk.parsers import sdk

_SECTIONS = (  # humble rates nothing; what a browser would have protected against weighs more than a banner
    (re.compile(r"Missing"), "Missing header", sdk.Severity.MEDIUM),
    (re.compile(r"Fingerprint"), "Fingerprint header", sdk.Severity.LOW),
    (re.compile(r"Deprecated"), "Deprecated header", sdk.Severity.MEDIUM),
    (re.compile(r"Empty"), "Empty header", sdk.Severity.LOW),
)
_NOTHING = ("Nothing to report", "No se ha encontrado", "Nada que")


@sdk.parser(
    id="humble-json",
    scanner="humble",
    docs="https://github.com/rfc-st/humble#usage",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("[HTTP Response Headers]"),
        sdk.JsonKeys("*.URL", values={"*.Date": r"\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d"}),
    ),
    versions="1.2x and later, English reports",
)
def humble(report: sdk.Report) -> sdk.Findings:
    """`humble.py -u https://app.example -o json`"""
    sections = report.document()
    about: sdk.Json = next(iter(sections.values()), None)
    url = sdk.text(sdk.pick(about, "URL"))
    yield sdk.ReportHeader(
        targets=sdk.texts(url), scanned_at=sdk.timestamp(sdk.pick(about, "Date"), "%Y/%m/%d - %H:%M:%S")
    )
    for heading, said in sections.items():
        for pattern, title, severity in _SECTIONS:
            if pattern.search(heading) and isinstance(said, list | dict):
                yield from _findings(said, title, severity, url)


def _findings(said: sdk.Json, title: str, severity: sdk.Severity, url: str | None) -> sdk.Findings:
    told = said.items() if isinstance(said, dict) else ((header, None) for header in said)
    for header, detail in told:
        name = sdk.text(header)
        if name and not name.startswith(_NOTHING):
            yield sdk.ReportedFinding(
                kind=sdk.DAST,
                title=f"{title}: {name}",
                severity=severity,
                rule_id=f"{title}: {name.partition(' (')[0]}",
                description="\n".join(sdk.texts(detail)) or None,
                locations=(sdk.at_url(url),) if url else (),
                references=sdk.urls(detail),
                target=url,
            )
