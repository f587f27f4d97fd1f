"""What ssh-audit says of a server, whichever of its reports it stands in."""

from collections.abc import Iterable

from hauberk.parsers import sdk

KINDS = {"kex": "key exchange", "key": "host key", "enc": "cipher", "mac": "message authentication"}
# ssh-audit's own words, the worse first
LEVELS = {"fail": sdk.Severity.HIGH, "warn": sdk.Severity.MEDIUM}


def algorithm(
    kind: str, name: str, word: str, notes: Iterable[str], place: sdk.Location, *, is_to_go: bool
) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"Weak {KINDS[kind]} algorithm: {name}",
        severity=LEVELS[word],
        severity_reported=word,
        rule_id=f"{kind}:{name}",
        description="\n".join(sdk.texts(notes)) or None,
        remediation=f"Remove {name}." if is_to_go else None,
        cwes=(327,),
        locations=(place,),
        target=place.host,
    )


def vulnerability(
    name: str, score: str | None, description: str | None, place: sdk.Location, *software: sdk.Component
) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=name,
        severity=sdk.severity_of_score(score),
        severity_reported=score,
        rule_id=name,
        description=description,
        identifiers=sdk.identifiers(name),
        cvss=sdk.assessments((None, score, "ssh-audit", "2.0")),
        locations=(place,),
        components=software,
        target=place.host,
    )
