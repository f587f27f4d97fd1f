"""What Burp's reports have in common, whichever of its editions and interfaces writes them."""

import re
from collections.abc import Sequence

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://portswigger.net/burp/documentation/scanner/scan-results/issue-severity
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "information": sdk.Severity.INFO,
    "false positive": sdk.Severity.INFO,
    "false_positive": sdk.Severity.INFO,
}
_PARAMETER = re.compile(
    r"\[(?P<name>[^\[\]]{1,200}?)(?: (?:parameter|cookie|header|path filename|JSON|XML)[^\[\]]{0,100})?\]$"
)
_OF_EXTENSIONS = "134217728"
_METHOD = re.compile(r"(?P<method>[A-Z]{3,12}) \S")


def finding(
    name: str,
    word: str | None,
    at: sdk.Location,
    *,
    telling: Sequence[str | None],
    remedies: Sequence[str | None],
    classes: str | None,
    links: tuple[str, ...],
    confidence: str | None,
    target: str | None,
    kind: str | None = None,
    serial: str | None = None,
) -> sdk.ReportedFinding:
    """An issue; the first of the `telling` texts is about this one alone, and so are the identifiers in it."""
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=name,
        severity=sdk.severity(word, SEVERITIES),
        severity_reported=word,
        rule_id=rule(kind, name) or None,
        description=sdk.paragraphs(*telling),
        remediation=sdk.paragraphs(*remedies),
        identifiers=sdk.identifiers(name, telling[:1]),
        cwes=sdk.cwes(classes),
        locations=(at,),
        references=links,
        confidence=confidence.lower() if confidence else None,
        stable_id=serial,
        suppression=suppression(word),
        target=target,
    )


def suppression(severity: str | None) -> sdk.Suppression | None:
    """Burp says of a dismissed issue that its severity is `false positive`."""
    word = (severity or "").lower().replace("_", " ")
    return sdk.suppression(word == "false positive", justification=word)


def rule(kind: str | None, name: str) -> str:
    """The number of a kind of issue; those that extensions report share one, and have only their name."""
    return kind if kind and kind != _OF_EXTENSIONS else name


def place(
    origin: str | None, path: str | None, location: str | None = None, proofs: tuple[str | None, ...] = ()
) -> sdk.Location:
    """Where an issue is. `location` is the path again, with the insertion point behind it: `/basket [id cookie]`."""
    named = _PARAMETER.search((location or "").strip())
    proof = sdk.paragraphs(*proofs)
    asked = _METHOD.match(proof or "")
    return sdk.at_url(
        f"{origin or ''}{path or ''}",
        method=asked["method"] if asked else None,
        parameter=named["name"] if named else None,
        evidence=proof,
    )
