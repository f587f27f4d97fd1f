"""IriusRisk: the threats of a threat model as CSV."""

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://support.iriusrisk.com/hc/en-us: risk levels
    "critical": sdk.Severity.CRITICAL,
    "very high": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "very low": sdk.Severity.INFO,
}


@sdk.parser(
    id="iriusrisk-csv",
    scanner="IriusRisk",
    docs="https://support.iriusrisk.com/hc/en-us",
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader("Component", "Use case", "Threat", "Current Risk"),
    items=sdk.CsvRows("Component", "Threat", "Current Risk"),
)
def iriusrisk(row: sdk.Row) -> sdk.Findings:
    """A project's *Threats*, *Export to CSV*"""
    response = row.get("Risk Response", "")
    reference = row.get("MITRE reference", "")
    inherent, progress = row.get("Inherent Risk"), row.get("Countermeasure progress")
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=row["Threat"],
        severity=sdk.severity(row.get("Current Risk"), _SEVERITIES),
        severity_reported=row.get("Current Risk"),
        rule_id=row["Threat"],
        description=sdk.paragraphs(
            f"Inherent risk: {inherent}" if inherent else None,
            f"Countermeasures: {progress}" if progress else None,
            response,
        ),
        cwes=sdk.cwes(reference),
        locations=(sdk.Location(resource=row["Component"]),),
        components=(sdk.Component(name=row["Component"]),),
        tags=sdk.texts([row.get("Use case"), row.get("STRIDE-LM"), reference]),
        suppression=sdk.suppression(" Mitigated: 100%" in response, justification="mitigated"),
    )
