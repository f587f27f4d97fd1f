"""What MobSF says of a rule and of the files that it fits, in all versions of its report."""

from collections.abc import Iterator

from hauberk.parsers import sdk

# "Weaknesses in mobile applications": what every result of MobSF is, where it names nothing narrower.
MOBILE = 919
LEVELS: sdk.Scale = {  # https://github.com/MobSF/Mobile-Security-Framework-MobSF: the sections of its scorecard
    "high": sdk.Severity.HIGH,
    "insecure": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    **dict.fromkeys(("info", "secure", "hotspot"), sdk.Severity.INFO),
}


def places(files: sdk.Json) -> Iterator[sdk.Location]:
    """`{"org/acme/Log.java": "12,40"}`: a place for each line."""
    for path, lines in sorted(files.items()) if isinstance(files, dict) else ():
        for line in str(lines).split(","):
            yield sdk.Location(path=path, line=sdk.line(line.strip()))


def standards(said: dict[str, sdk.Json]) -> list[sdk.Json]:
    """The chapters of OWASP's Mobile Top 10 and of the MASVS."""
    return [said.get("owasp-mobile"), said.get("masvs")]


def permission(app: str | None, said: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=f"Dangerous permission: {said['rule']}",
        severity=sdk.Severity.INFO,  # as the scorecard: a hotspot
        severity_reported="dangerous",
        rule_id=said["rule"],
        description=sdk.paragraphs(said.get("info") or said.get("reason"), said.get("description")),
        cwes=(MOBILE,),
        locations=(sdk.Location(resource=app),),
        tags=("permissions",),
    )


def binary(app: str | None, said: sdk.Json) -> sdk.Findings:
    """What version 4 says of a library, in checks of which those that inform are passed; or a result of a Windows application."""
    path = str(said.get("name") or "").rpartition("/")[2]  # it lies in a folder that is called by its hash
    checks = {name: each for name, each in said.items() if isinstance(each, dict)}
    for rule, check in checks.items() or [(sdk.text(said.get("rule_id")), said)]:
        word = sdk.text(check.get("severity") or check.get("status")) or ""
        text = sdk.text(check.get("description") or check.get("desc")) or ""
        if (level := word.lower()) == "info":
            continue
        function = text.rpartition("detected: ")[2] if "detected: " in text else None
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=text.partition(". ")[0],
            severity=sdk.severity(level, LEVELS),
            severity_reported=word,
            rule_id=rule,
            description=sdk.paragraphs(text, check.get("info")),
            cwes=(MOBILE,),
            locations=(sdk.Location(path=path or None, resource=app, symbol=function),),
            tags=("binary",),
        )
