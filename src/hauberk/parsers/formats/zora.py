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
    image = sdk.text(row["image"])
    component = sdk.Component(name=image or "", fixed_versions=fixed)
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if known or row["source"] == "Trivy" else sdk.IAC,
        title=row["title"] or row["id"],
        severity=sdk.severity(row.get("severity")),
        severity_reported=row.get("severity") or None,
        rule_id=row["id"] or None,
        description=sdk.text(row.get("description")),
        remediation=f"Update to {row['fixVersion']}." if fixed else None,
        identifiers=known,
        locations=(sdk.Location(resource=image),) if image else (),
        components=(component,) if image and known else (),
        tags=sdk.texts([row["source"], row["status"]]),
        target=image,
    )
