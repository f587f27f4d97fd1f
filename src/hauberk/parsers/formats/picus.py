"""Picus: simulated attacks, and whether the defences blocked them."""

from hauberk.parsers import sdk

_COLUMNS = ("threatId", "threatName", "threatSeverity", "actionId", "actionName", "threatPreventionResult")


@sdk.parser(
    id="picus-csv",
    scanner="Picus",
    docs="https://www.picussecurity.com/security-validation-platform",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def picus(row: sdk.Row) -> sdk.Findings:
    """Simulations → a run → Export → CSV"""
    prevented = row.get("actionPreventionResult") or row["threatPreventionResult"]
    techniques = [
        row.get(name) for name in ("actionMitreTactic", "actionMitreTechnique", "actionMitreSubtechnique")
    ]
    results = ("threatPreventionResult", "threatDetectionLogResult", "threatDetectionAlertResult")
    products = sdk.parts(row.get("affectedProducts"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"{row['threatName']} - {row['actionName']}",
        severity=sdk.severity(row.get("threatSeverity")),
        severity_reported=row.get("threatSeverity") or None,
        rule_id=row["actionId"] or None,
        description=sdk.paragraphs(row.get("actionDescription"), *(row.get(name) for name in results)),
        identifiers=sdk.identifiers(row.get("cve"), row["threatName"], row["actionName"]),
        cwes=sdk.cwes(sdk.parts(row.get("cwe"))),
        locations=(sdk.Location(resource=platform),) if (platform := row.get("affectedPlatforms")) else (),
        components=tuple(sdk.Component(name=product) for product in products),
        tags=sdk.texts([row.get("attackCategory"), *techniques]),
        suppression=sdk.suppression(prevented.lower() == "blocked", justification="blocked"),
        target=row.get("affectedPlatforms") or None,
        found_at=sdk.timestamp(row.get("attackStartedTimeUTC"), "%d/%m/%Y", "%d/%m/%Y %H:%M:%S"),
    )
