"""Wiz: issues and vulnerability findings of its console, exported as CSV."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_DOCS = "https://docs.wiz.io/docs/issues"
_ISSUES = ("Issue ID", "Control ID", "Title", "Severity", "Status", "Resource external ID")
_FINDINGS = ("ID", "WizURL", "Name", "FindingStatus", "VendorSeverity", "DetailedName", "Version")
_SETTLED = ("RESOLVED", "IGNORED", "REJECTED")
_EXPLOITS = (("HasExploit", "exploit known"), ("HasCisaKevExploit", "CISA KEV"))


@sdk.parser(
    id="wiz-issues-csv",
    scanner="Wiz",
    title="Wiz issues",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_ISSUES),
    items=sdk.CsvRows(*_ISSUES),
)
def wiz_issues(row: sdk.Row) -> sdk.Findings:
    """In Wiz: Issues, Export to CSV"""
    resource = row["Resource external ID"] or row.get("Resource Name") or row.get("Resource vertex ID")
    state = row["Status"].upper()
    note = row.get("Resolution") or row.get("Note")
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=row["Title"],
        severity=sdk.severity(row.get("Severity")),
        severity_reported=sdk.text(row.get("Severity")),
        rule_id=sdk.text(row["Control ID"]),
        rule_name=row["Title"],
        description=sdk.text(row.get("Description")),
        remediation=sdk.text(row.get("Remediation Recommendation")),
        identifiers=sdk.identifiers(row["Title"]),
        locations=(sdk.Location(resource=resource),),
        components=tuple(sdk.Component(name=name) for name in sdk.texts(row.get("Resource Name"))),
        references=sdk.urls(row.get("Wiz URL"), row.get("Cloud Provider URL")),
        tags=sdk.texts([row.get(name) for name in ("Resource Type", "Resource Platform", "Resource Region")]),
        stable_id=sdk.text(row["Issue ID"]),
        suppression=sdk.suppression(state in _SETTLED, justification=note or state),
        target=sdk.text(row.get("Subscription ID")),
        found_at=sdk.timestamp(row.get("Created At")),
    )


@sdk.parser(
    id="wiz-vulnerabilities-csv",
    scanner="Wiz",
    title="Wiz vulnerability findings",
    docs="https://docs.wiz.io/docs/vulnerability-findings",
    kinds=[sdk.SCA],
    sniff=sdk.CsvHeader(*_FINDINGS),
    items=sdk.CsvRows(*_FINDINGS),
)
def wiz_vulnerabilities(row: sdk.Row) -> sdk.Findings:
    """In Wiz: Explorer, Vulnerability Findings, Export to CSV"""
    word = row["VendorSeverity"] if row["VendorSeverity"] not in ("", "None") else row.get("CVSSSeverity")
    name, version = row["DetailedName"], sdk.text(row["Version"])
    path, asset = sdk.text(row.get("LocationPath")), row.get("ProviderUniqueId") or row.get("AssetName")
    state = row["FindingStatus"].upper()
    exploits = tuple(tag for column, tag in _EXPLOITS if row.get(column, "").lower() == "true")
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(row["Name"], name, version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=row["Name"],
        description=sdk.text(row.get("Description")),
        remediation=sdk.text(row.get("Remediation")),
        identifiers=sdk.identifiers(row["Name"]),
        epss=sdk.number(row.get("EpssProbability")),
        known_exploited=True if "CISA KEV" in exploits else None,
        locations=(sdk.Location(path=path, resource=asset),),
        components=(
            sdk.Component(
                name=name, version=version, fixed_versions=sdk.texts([row.get("FixedVersion")]), path=path
            ),
        ),
        references=sdk.urls(row.get("Link"), row.get("WizURL")),
        tags=exploits,
        stable_id=sdk.text(row["ID"]),
        suppression=sdk.suppression(state in _SETTLED, justification=row.get("ResolutionReason") or state),
        target=asset,
        found_at=sdk.timestamp(row.get("FirstDetected")),
    )
