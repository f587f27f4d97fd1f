"""What Qualys' reports have in common: its five levels, and what its knowledge base says of a check (QID)."""

from datetime import datetime

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://docs.qualys.com/en/vm/latest/knowledgebase/severity_levels.htm
    **dict.fromkeys(("1", "minimal"), sdk.Severity.INFO),
    **dict.fromkeys(("2", "low", "l"), sdk.Severity.LOW),
    **dict.fromkeys(("3", "medium", "m"), sdk.Severity.MEDIUM),
    **dict.fromkeys(("4", "high", "h", "serious"), sdk.Severity.HIGH),
    **dict.fromkeys(("5", "urgent", "critical"), sdk.Severity.CRITICAL),
}
_DATES = (
    "%d %b %Y %I:%M%p GMT%z",
    "%d %b %Y %I:%M%p GMT",
    "%b %d, %Y %I:%M %p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y",
)
_NOTHING = ("-", "'-", "N/A", "n/a", "Not applicable.")


def said(value: str | None) -> str | None:
    """Text, where there is one: Qualys writes `-` or `N/A` for nothing."""
    words = sdk.plain(value)
    return None if words in _NOTHING else words


def moment(value: str | None) -> datetime | None:
    return sdk.timestamp(value, *_DATES)


def score(value: str | None) -> tuple[str | None, str | None]:
    """`9.3 (AV:N/AC:M/Au:N/C:C/I:C/A:C)` as vector and score; the vector is not always there."""
    number, _, vector = (value or "").partition(" ")
    return sdk.text(vector.strip("() ")), sdk.text(number)


def decided(vuln_status: str | None) -> sdk.Suppression | None:
    """Reports may hold what is fixed or was ignored by someone."""
    word = (vuln_status or "").strip().lower()
    return sdk.suppression(word in ("fixed", "ignored", "disabled"), justification=word)


def definition(details: sdk.XmlElement, kind: sdk.FindingKind = sdk.INFRASTRUCTURE) -> sdk.ReportedFinding:
    """What an element with title, severity, texts and id lists says of a check, without the place."""
    told = sdk.child_texts(details)
    vector3, score3 = (details.findtext(f".//{tag}") for tag in ("CVSS3_VECTOR", "CVSS3_BASE"))
    vector2, score2 = (details.findtext(f".//{tag}") for tag in ("CVSS_VECTOR", "CVSS_BASE"))
    links = [each.text for each in details.iterfind(".//URL")]
    level = sdk.first(told.get("SEVERITY"), details.get("severity"))
    names = [each.text for each in details.iterfind(".//CVE_ID/ID")]
    names += [each.text for each in details.iterfind(".//CVE")]
    return sdk.ReportedFinding(
        kind=kind,
        title=sdk.text(told.get("TITLE")) or "",
        severity=sdk.severity(level, SEVERITIES),
        severity_reported=level,
        rule_id=sdk.first(told.get("QID"), details.get("number")),
        description=sdk.paragraphs(
            *(said(told.get(tag)) for tag in ("THREAT", "DIAGNOSIS", "DESCRIPTION", "IMPACT", "CONSEQUENCE"))
        ),
        remediation=said(told.get("SOLUTION")),
        identifiers=sdk.identifiers(names, details.get("cveid")),
        cwes=sdk.cwes(*(sdk.parts(told.get(tag)) for tag in ("CWE", "CWE_ID"))),
        cvss=sdk.assessments(
            (
                vector3 or score(score3)[0],
                score(score3)[1],
                "Qualys",
                details.findtext(".//CVSS3_VERSION") or "3.0",
            ),
            (vector2 or score(score2)[0], score(score2)[1], "Qualys", "2.0"),
        ),
        references=sdk.urls(links),
        tags=sdk.texts([told.get("CATEGORY"), told.get("OWASP")]),
    )
