"""DSOP: Iron Bank's workbook of an image, with a sheet for each scanner (OpenSCAP, Twistlock, Anchore)."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_OPENSCAP = ("title", "ruleid", "result", "severity", "identifiers", "refs", "desc", "rationale")
_OVAL = ("id", "result", "cls", "ref", "title")
_TWISTLOCK = ("cve", "cvss", "desc", "packageName", "packageVersion", "severity", "vecStr")
_ANCHORE = ("tag", "cve", "severity", "package", "package_path", "vuln", "fix")
_GATES = ("repo_tag", "trigger_id", "gate", "trigger", "check_output", "gate_action")


@sdk.parser(
    id="dsop-xlsx",
    scanner="DSOP",
    title="DSOP justifications",
    docs="https://docs-ironbank.dso.mil/hardening/pipeline/",
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.AnyOf(sdk.CsvHeader(*_TWISTLOCK), sdk.CsvHeader(*_ANCHORE)),
)
def dsop(report: sdk.Report) -> sdk.Findings:
    """The justifications workbook of an Iron Bank pipeline's run"""
    for columns, reader in _SHEETS:
        try:
            yield from report.read(report.rows(*columns), reader)
        except sdk.ReportError as error:
            if error.code != "schema_mismatch":  # not every pipeline runs every scanner
                raise


def _twistlock(row: sdk.Row) -> sdk.Findings:
    if not row["cve"]:
        return
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(row["cve"], row["packageName"], row["packageVersion"]),
        severity=sdk.severity(row.get("severity")),
        severity_reported=row.get("severity"),
        rule_id=row["cve"],
        description=sdk.text(row["desc"]),
        remediation=sdk.text(row.get("status")),
        identifiers=sdk.identifiers(row["cve"]),
        cvss=sdk.assessments((row["vecStr"], row["cvss"], "Twistlock")),
        components=(sdk.Component(name=row["packageName"], version=sdk.text(row["packageVersion"])),),
        references=sdk.urls(row.get("link")),
        tags=("Twistlock",),
    )


def _anchore(row: sdk.Row) -> sdk.Findings:
    fixed, path = sdk.text(row["fix"]), sdk.text(row["package_path"])
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{row['cve']} in {row['package']}",
        severity=sdk.severity(row.get("severity")),
        severity_reported=row.get("severity"),
        rule_id=row["cve"],
        identifiers=sdk.identifiers(row["cve"]),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=row["package"], fixed_versions=sdk.texts([fixed if fixed != "None" else None]), path=path
            ),
        ),
        references=sdk.links(row.get("url")),
        tags=("Anchore",),
        target=sdk.text(row["tag"]),
    )


def _openscap(row: sdk.Row) -> sdk.Findings:
    if row["result"] == "fail":
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=row["title"],
            severity=sdk.severity(row.get("severity")),
            severity_reported=row.get("severity"),
            rule_id=row["ruleid"],
            description=sdk.paragraphs(row["desc"], row["rationale"]),
            identifiers=sdk.identifiers(row["identifiers"]),
            tags=sdk.texts(["OpenSCAP", row["identifiers"]]),
            found_at=sdk.timestamp(row.get("scanned_date")),
        )


def _oval(row: sdk.Row) -> sdk.Findings:
    if row["result"] == "true":
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=row["title"],
            severity=sdk.severity(row["title"].rpartition("(")[2].rstrip(")")),
            rule_id=row["id"],
            identifiers=sdk.identifiers(row["ref"]),
            tags=sdk.texts(["OVAL", row["cls"]]),
        )


def _gate(row: sdk.Row) -> sdk.Findings:
    """What stops the image besides its vulnerabilities, which have a sheet of their own."""
    if row["gate_action"] == "stop" and row["gate"] != "vulnerabilities":
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=row["check_output"],
            severity=sdk.Severity.HIGH,  # a gate does not rate, it stops
            severity_reported=row.get("gate_action"),
            rule_id=f"{row['gate']}:{row['trigger_id']}",
            rule_name=f"{row['gate']}: {row['trigger']}",
            locations=(sdk.Location(resource=row["repo_tag"].rpartition(":")[0] or row["repo_tag"]),),
            tags=("Anchore",),
            target=row.get("repo_tag"),
        )


_SHEETS = (
    (_TWISTLOCK, _twistlock),
    (_ANCHORE, _anchore),
    (_OPENSCAP, _openscap),
    (_OVAL, _oval),
    (_GATES, _gate),
)
