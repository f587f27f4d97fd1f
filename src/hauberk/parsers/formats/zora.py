"""Zora: what Trivy, Marvin and Popeye found in clusters, gathered in one CSV."""

from hauberk.parsers import sdk

_COLUMNS = ("source", "image", "id", "title", "severity", "status", "fixVersion")


@sdk.parser(
    id="zora-csv",
    scanner="Zora",
    docs="https://zora-docs.undistro.io/latest/",
    kinds=[sdk.CONTAINER, sdk.IAC],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def zora(row: sdk.Row) -> sdk.Findings:
    """Zora dashboard → Vulnerabilities or Misconfigurations → Export CSV"""
    known = sdk.identifiers(row["id"])
    fixed = sdk.parts(row["fixVersion"])
    status = row["status"]
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if known or row["source"] == "Trivy" else sdk.IAC,
        title=row["title"] or row["id"],
        severity=sdk.severity(row.get("severity")),
        severity_reported=row.get("severity") or None,
        rule_id=row["id"] or None,
        description=sdk.text(row.get("description")),
        remediation=f"Update to {row['fixVersion']}." if fixed else None,
        identifiers=known,
        locations=(sdk.Location(resource=row["image"]),) if row["image"] else (),
        components=(sdk.Component(name=row["image"], fixed_versions=fixed),)
        if row["image"] and known
        else (),
        tags=sdk.texts([row["source"], status]),
        target=row["image"] or None,
    )
