"""Orca Security: alerts of cloud accounts."""

from hauberk.parsers import sdk

_DOCS = "https://docs.orcasecurity.io/docs/alerts"
_COLUMNS = ("OrcaScore", "Title", "Category", "CloudAccount.Name", "Status")
_SETTLED = ("closed", "dismissed", "snoozed", "resolved")
_SEVERITIES: sdk.Scale = {  # the last four are what the API called them before there was a risk level
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "informational": sdk.Severity.INFO,
    "compromised": sdk.Severity.CRITICAL,
    "imminent compromise": sdk.Severity.HIGH,
    "hazardous": sdk.Severity.MEDIUM,
}


@sdk.parser(
    id="orca-csv",
    scanner="Orca Security",
    title="Orca CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def orca_csv(row: sdk.Row) -> sdk.Findings:
    """In Orca: Alerts, Export, CSV"""
    labels = [label.strip(' "[]') for label in row.get("Labels", "").split(",")]
    yield from _alert(
        {
            **row,
            "Inventory": {"Name": row.get("Inventory.Name")},
            "CloudAccount": {"Name": row["CloudAccount.Name"]},
            "Labels": labels,
        }
    )


@sdk.parser(
    id="orca-json",
    scanner="Orca Security",
    title="Orca JSON",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonKeys("item.OrcaScore", "item.Title", "item.CloudAccount"),
    items=sdk.JsonItems("item"),
)
def orca_json(alert: sdk.Json) -> sdk.Findings:
    """In Orca: Alerts, Export, JSON"""
    yield from _alert(alert)


@sdk.parser(
    id="orca-api-json",
    scanner="Orca Security",
    title="Orca API",
    docs="https://docs.orcasecurity.io/docs/orca-api",
    kinds=[sdk.CLOUD],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("data.item.state.alert_id", "data.item.asset_unique_id"),
        sdk.JsonKeys("item.state.alert_id", "item.asset_unique_id"),
        sdk.JsonKeys("status", "total_items", "total_supported_items", empty=("data",)),
    ),
    versions="`/api/query/alerts` and `/api/alerts`: the whole answer, or the list under `data`",
)
def orca_api(report: sdk.Report) -> sdk.Findings:
    """`curl -H "Authorization: Token …" https://api.orcasecurity.io/api/query/alerts -o orca.json`"""
    yield from report.read(report.json("data.item", "item"), _of_api)


def _of_api(alert: sdk.Json) -> sdk.Findings:
    """The same alert by its names in the API."""
    state = alert["state"]
    asset = sdk.first(alert.get("asset_name"), alert.get("asset_unique_id"))
    account = sdk.first(alert.get("account_name"), alert.get("cloud_account_id"))
    known = sdk.pick(alert, "findings.cve") or ()
    yield from _alert(
        {
            "Title": sdk.text(alert.get("type_string")) or alert["description"],
            "AlertType": alert.get("type"),
            "RiskLevel": state.get("risk_level") or state.get("severity"),
            "OrcaScore": state.get("orca_score"),
            "Details": alert.get("details") or alert.get("description"),
            "Recommendation": alert.get("recommendation"),
            "CveIds": [each.get("cve_id") for each in known if isinstance(each, dict)],
            "Inventory": {"Name": asset},
            "CloudAccount": {"Name": account},
            "Category": alert.get("category"),
            "Labels": alert.get("alert_labels"),
            "AlertId": state.get("alert_id"),
            "Status": state.get("status"),
            "CreatedAt": state.get("created_at"),
        }
    )


def _alert(alert: sdk.Json) -> sdk.Findings:
    score = sdk.number(alert.get("OrcaScore"))  # runs like CVSS, 0 to 10
    word = sdk.first(alert.get("RiskLevel"), alert.get("Severity"))
    account = sdk.text(sdk.pick(alert, "CloudAccount.Name"))
    resource = sdk.first(sdk.pick(alert, "Inventory.Name"), alert.get("Source"))
    state = sdk.text(alert.get("Status")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=alert["Title"],
        severity=sdk.severity(word, _SEVERITIES) if word else sdk.severity_of_score(score),
        severity_reported=word or sdk.text(alert.get("OrcaScore")),
        rule_id=sdk.text(alert.get("AlertType")) or alert["Title"],
        description=sdk.first(alert.get("Details"), alert.get("Description")),
        remediation=sdk.text(alert.get("Recommendation")),
        identifiers=sdk.identifiers(alert["Title"], alert.get("CveIds")),
        locations=(sdk.Location(resource="/".join(sdk.texts([account, resource])) or None),),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(alert.get("ConsoleUrlLink")),
        tags=sdk.texts([alert.get("Category"), *sdk.texts(alert.get("Labels") or ())]),
        stable_id=sdk.text(alert.get("AlertId")),
        suppression=sdk.suppression(state.lower() in _SETTLED, justification=state),
        target=account,
        found_at=sdk.timestamp(alert.get("CreatedAt")),
    )
