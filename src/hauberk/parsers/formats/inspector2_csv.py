"""Amazon Inspector: its findings report as CSV, exported to S3 or from the console."""

from collections.abc import Iterator
from itertools import zip_longest

from hauberk.parsers import sdk
from hauberk.parsers.dialects import inspector

_COLUMNS = ("Finding ARN", "Finding Type", "Severity", "Resource ID", "Vulnerability Id", "Affected Packages")
_SCORES = (  # vector, score, who says so
    ("Inspector Score Vector", "Inspector Score", "Amazon Inspector"),
    ("NVD CVSS3 Vector", "NVD CVSS3 Score", "NVD"),
    ("NVD CVSS2 Vector", "NVD CVSS2 Score", "NVD"),
    ("Vendor CVSS3 Vector", "Vendor CVSS3 Score", "vendor"),
    ("Vendor CVSS2 Vector", "Vendor CVSS2 Score", "vendor"),
)


@sdk.parser(
    id="inspector2-csv",
    scanner="Amazon Inspector",
    title="Amazon Inspector CSV",
    docs="https://docs.aws.amazon.com/inspector/latest/user/findings-managing-exporting-reports.html",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.SAST, sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="Inspector v2",
)
def inspector2_csv(row: sdk.Row) -> sdk.Findings:
    """`aws inspector2 create-findings-report --report-format CSV --s3-destination …`"""
    kind = row["Finding Type"].upper().replace(" ", "_")
    is_image = "CONTAINER_IMAGE" in row.get("Resource Type", "").upper()
    ports = row.get("Port Range", "")
    name = inspector.said(row["Vulnerability Id"]) or inspector.said(row.get("Detector Name", ""))
    packages = tuple(_packages(row))
    state = row.get("Status", "ACTIVE").upper()
    remedies = (inspector.said(row.get(name, "")) for name in ("Remediation", "Package Remediation"))
    yield sdk.ReportedFinding(
        kind=inspector.kind_of(kind, is_image=is_image),
        title=row.get("Title") or name or kind,
        severity=sdk.severity(row.get("Severity"), inspector.SEVERITIES),
        severity_reported=row.get("Severity"),
        rule_id=name or ":".join(sdk.texts([kind, inspector.said(ports)])),
        description=sdk.text(row.get("Description")),
        remediation=sdk.first(*remedies),
        identifiers=sdk.identifiers(row["Vulnerability Id"]),
        cvss=sdk.assessments(*((row.get(v), row.get(score), source) for v, score, source in _SCORES)),
        epss=sdk.number(row.get("Epss Score")),
        locations=tuple(_places(row, packages)),
        components=packages,
        references=sdk.urls(
            row.get("Vendor Advisory"), row.get("Reference Urls", "").replace(",", " ").split()
        ),
        tags=sdk.texts([kind, inspector.said(row.get("Platform", "")), row.get("Region")]),
        stable_id=row["Finding ARN"],
        suppression=sdk.suppression(state != "ACTIVE", justification=state),
        target=row.get("Resource ID"),
        found_at=sdk.timestamp(row.get("First Seen")),
    )


def _split(row: sdk.Row, column: str) -> list[str]:
    return [part.strip() for part in row.get(column, "").split(",") if part.strip()]


def _packages(row: sdk.Row) -> Iterator[sdk.Component]:
    """Names, versions, fixes and paths are lists beside each other; a single fix is that of all."""
    names, fixes = _split(row, "Affected Packages"), _split(row, "Fixed in Version")
    versions, paths = _split(row, "Package Installed Version"), _split(row, "File Path")
    fixes = fixes * len(names) if len(fixes) == 1 else fixes
    managers = _split(row, "Package Manager")
    for name, version, fixed, path, manager in zip_longest(names, versions, fixes, paths, managers):
        if name:
            yield sdk.Component(
                name=name,
                version=version,
                purl=inspector.purl(manager, name, version),
                fixed_versions=sdk.texts([inspector.said(fixed or "")]),
                path=inspector.said(path or ""),
            )


def _places(row: sdk.Row, packages: tuple[sdk.Component, ...]) -> Iterator[sdk.Location]:
    named = [package.path for package in packages] or [inspector.said(row.get("File Path", ""))]
    for path in dict.fromkeys(named):
        yield sdk.Location(path=path, resource=row["Resource ID"])
    for column in ("Resource Public Ipv4", "Resource Private Ipv4", "Resource Ipv6"):
        for address in _split(row, column):
            yield sdk.Location(resource=row["Resource ID"], host=address)
