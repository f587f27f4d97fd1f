"""Orca Security: alerts of cloud accounts."""

from hauberk.parsers import sdk

_DOCS = "https://docs.orcasecurity.io/docs/alerts"
_COLUMNS = ("OrcaScore", "Title", "Category", "CloudAccount.Name", "Status")
_SETTLED = ("closed", "dismissed", "snoozed", "resolved")


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
    return _alert(alert)


def _alert(alert: sdk.Json) -> sdk.Findings:
    score = sdk.number(alert.get("OrcaScore"))
    word = sdk.text(alert.get("RiskLevel")) or sdk.text(alert.get("Severity"))
    account = sdk.text(sdk.pick(alert, "CloudAccount.Name"))
    resource = sdk.text(sdk.pick(alert, "Inventory.Name")) or sdk.text(alert.get("Source"))
    state = sdk.text(alert.get("Status")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=alert["Title"],
        severity=sdk.severity(word)
        if word
        else sdk.severity_of_score(score),  # Orca's score runs like CVSS, 0 to 10
        severity_reported=word or sdk.text(alert.get("OrcaScore")),
        rule_id=sdk.text(alert.get("AlertType")) or alert["Title"],
        description=sdk.text(alert.get("Details")) or sdk.text(alert.get("Description")),
        remediation=sdk.text(alert.get("Recommendation")),
        identifiers=sdk.identifiers(alert["Title"], alert.get("CveIds")),
        locations=(sdk.Location(resource="/".join(sdk.texts([account, resource])) or None),),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(alert.get("ConsoleUrlLink")),
        tags=sdk.texts([alert.get("Category"), *sdk.texts(alert.get("Labels") or ())]),
        stable_id=sdk.text(alert.get("AlertId")),
        suppression=sdk.Suppression(justification=state) if state.lower() in _SETTLED else None,
        target=account,
        found_at=sdk.timestamp(alert.get("CreatedAt")),
    )
