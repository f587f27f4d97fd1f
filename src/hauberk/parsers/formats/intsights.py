"""IntSights (Rapid7 Threat Command): alerts about an organization's exposure, as JSON and as CSV."""

from hauberk.parsers import sdk

_DOCS = "https://docs.rapid7.com/threat-command/export-alerts"
_COLUMNS = ("Alert ID", "Title", "Severity", "Type", "Source URL", "Assets")


@sdk.parser(
    id="intsights-json",
    scanner="IntSights",
    title="IntSights JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("Alerts.item.Details.Title", "Alerts.item._id"),
        sdk.JsonKeys("item.Details.Title", "item._id", "item.FoundDate"),
        sdk.JsonKeys(empty=("Alerts",)),
    ),
)
def intsights_json(report: sdk.Report) -> sdk.Findings:
    """The complete alerts of the API, as a list or under the key `Alerts`."""
    yield from report.read(report.json("Alerts.item", "item"), _alert)


def _alert(alert: sdk.Json) -> sdk.Findings:
    about = alert["Details"]
    names = sdk.texts([asset.get("Value") for asset in sdk.listed(alert.get("Assets"))])
    is_closed = sdk.pick(alert, "Closed.IsClosed") is True
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=about["Title"],
        severity=sdk.severity(about.get("Severity")),
        severity_reported=sdk.text(about.get("Severity")),
        description=sdk.text(about.get("Description")),
        identifiers=sdk.identifiers(about["Title"], about.get("Description")),
        locations=tuple(sdk.at_url(name) for name in names),
        references=sdk.urls(sdk.pick(about, "Source.URL")),
        tags=sdk.texts(
            [
                about.get("Type"),
                about.get("SubType"),
                *(sdk.texts([each.get("Name") for each in sdk.listed(about.get("Tags"))])),
            ]
        ),
        stable_id=sdk.text(alert.get("_id")),
        suppression=sdk.suppression(is_closed, justification="closed"),
        found_at=sdk.timestamp(alert.get("FoundDate")),
    )


@sdk.parser(
    id="intsights-csv",
    scanner="IntSights",
    title="IntSights CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def intsights_csv(row: sdk.Row) -> sdk.Findings:
    """Alerts → select → Export to CSV"""
    is_closed = row.get("Status") == "Closed"
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=row["Title"],
        severity=sdk.severity(row.get("Severity")),
        severity_reported=row.get("Severity") or None,
        description=sdk.text(row.get("Description")),
        identifiers=sdk.identifiers(row["Title"], row.get("Description")),
        locations=tuple(sdk.at_url(name) for name in sdk.parts(row["Assets"])),
        references=sdk.urls(row["Source URL"], row.get("Alert Link")),
        tags=sdk.texts([row["Type"], *sdk.parts(row.get("Tags"))]),
        stable_id=row["Alert ID"] or None,
        suppression=sdk.suppression(is_closed, justification=sdk.text(row.get("Closed Reason")) or "closed"),
        found_at=sdk.timestamp(row.get("Source Date (UTC)"), "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M"),
    )
