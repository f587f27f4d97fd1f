"""Checkov as CSV: one table of misconfigured resources, one of packages with their vulnerabilities."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://www.checkov.io/2.Basics/Reviewing%20Scan%20Results.html"
_RESOURCES = ("Resource", "Path", "Git Org", "Git Repository", "Misconfigurations", "Severity")
_PACKAGES = ("Package", "Version", "Path", "Git Org", "Git Repository", "Vulnerability", "Severity")


@sdk.parser(
    id="checkov-csv",
    scanner="Checkov",
    title="Checkov CSV",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.CsvHeader(*_RESOURCES),
    items=sdk.CsvRows(*_RESOURCES),
    versions="2 and 3: `*_iac.csv`",
)
def checkov_csv(row: sdk.Row) -> sdk.Findings:
    """`checkov -d . -o csv --output-file-path reports`; without a key of Prisma Cloud nothing is rated"""
    rule = row["Misconfigurations"]
    if rule:  # a resource without one is listed as well
        word = sdk.text(row["Severity"])
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=f"{rule} in {row['Resource']}",
            severity=sdk.severity(word) if word else sdk.Severity.MEDIUM,
            severity_reported=word,
            rule_id=rule,
            description=sdk.text((row.get("Details") or "").replace("|", "\n")),
            locations=(sdk.Location(path=sdk.text(row["Path"]), resource=sdk.text(row["Resource"])),),
            components=(sdk.Component(name=row["Resource"]),),
        )


@sdk.parser(
    id="checkov-packages-csv",
    scanner="Checkov",
    title="Checkov CSV of packages",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.CsvHeader(*_PACKAGES),
    items=sdk.CsvRows(*_PACKAGES),
    versions="2 and 3: `*_oss_packages.csv`, `*_container_images.csv`",
)
def checkov_packages(row: sdk.Row) -> sdk.Findings:
    """`checkov -d . -o csv --output-file-path reports` with a key of Prisma Cloud"""
    known, name, word = row["Vulnerability"], row["Package"], sdk.text(row["Severity"])
    if known:
        fixed = (row.get("Fix Version") or "").removesuffix(" (Public)")
        version = sdk.text(row["Version"])
        yield sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(known, name, version),
            severity=sdk.severity(word),
            severity_reported=word,
            rule_id=known,
            description=sdk.text(row.get("Description")),
            identifiers=sdk.identifiers(known),
            cwes=packages.CWES,
            locations=(
                sdk.Location(
                    path=sdk.text(row["Path"]), line=sdk.line((row.get("Line(s)") or "").strip("[]"))
                ),
            ),
            components=(
                sdk.Component(
                    name=name,
                    version=version,
                    fixed_versions=sdk.texts(fixed if fixed != "N/A" else None),
                    path=sdk.text(row["Path"]),
                ),
            ),
        )
