"""Prowler: checks of AWS, Azure, Google Cloud, Kubernetes and Microsoft 365 against security practice."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ocsf

_DOCS = "https://docs.prowler.com/projects/prowler-open-source/en/latest/tutorials/reporting/"
_COLUMNS = ("PROVIDER", "CHECK_ID", "CHECK_TITLE", "STATUS", "STATUS_EXTENDED", "SEVERITY")
_ABOUT = ("StatusExtended", "Description", "Risk")
_MUTED = ("MUTED", "WARNING")  # what version 3 makes of FAIL where it is allowed
_WEAKNESSES = (1032,)  # every check of Prowler is about a misconfiguration; it names no weakness itself


@sdk.parser(
    id="prowler-ocsf-json",
    scanner="Prowler",
    title="Prowler OCSF",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonLineKeys("class_uid", "severity_id", values={"metadata.product.name": "Prowler"}),
    items=sdk.JsonLines(),
    versions="4 and 5",
)
def prowler_ocsf(event: sdk.Json) -> sdk.Findings:
    """`prowler aws -M json-ocsf`; the file ends in `.ocsf.json`"""
    yield from ocsf.findings(event, cwes=_WEAKNESSES)


@sdk.parser(
    id="prowler-csv",
    scanner="Prowler",
    title="Prowler CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="3, 4 and 5",
)
def prowler_csv(row: sdk.Row) -> sdk.Findings:
    """`prowler aws -M csv`"""
    yield from _check(
        {
            "CheckID": row["CHECK_ID"],
            "CheckTitle": row.get("CHECK_TITLE"),
            "FindingUniqueId": row.get("FINDING_UID") or row.get("FINDING_UNIQUE_ID"),
            "Status": row["STATUS"],
            "StatusExtended": row["STATUS_EXTENDED"],
            "Severity": row["SEVERITY"],
            "ResourceArn": row.get("RESOURCE_UID") or row.get("RESOURCE_ARN"),
            "ResourceId": row.get("RESOURCE_NAME") or row.get("RESOURCE_ID"),
            "Risk": row.get("RISK"),
            "Description": row.get("DESCRIPTION"),
            "RelatedUrl": row.get("RELATED_URL"),
            "Links": (row.get("ADDITIONAL_URLS") or "").split(" | "),
            "ServiceName": row.get("SERVICE_NAME"),
            "AccountId": row.get("ACCOUNT_UID") or row.get("ACCOUNT_ID"),
            "AssessmentStartTime": row.get("TIMESTAMP") or row.get("ASSESSMENT_START_TIME"),
            "Muted": row.get("MUTED") == "True",
            "Remediation": {
                "Recommendation": {
                    "Text": row.get("REMEDIATION_RECOMMENDATION_TEXT"),
                    "Url": row.get("REMEDIATION_RECOMMENDATION_URL"),
                }
            },
        }
    )


@sdk.parser(
    id="prowler-json",
    scanner="Prowler",
    title="Prowler 3 JSON",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonLineKeys("CheckID", "FindingUniqueId", "StatusExtended", "Severity"),
    items=sdk.JsonLines(),
    versions="3",
)
def prowler_json(check: sdk.Json) -> sdk.Findings:
    """`prowler aws -M json`"""
    yield from _check(check)


def _check(check: sdk.Json) -> sdk.Findings:
    account, moment = sdk.text(check.get("AccountId")), sdk.timestamp(check.get("AssessmentStartTime"))
    yield sdk.ReportHeader(targets=sdk.texts(account), scanned_at=moment)
    state = sdk.text(check["Status"])
    if state in ("PASS", "MANUAL", "INFO"):
        return
    recommended = sdk.pick(check, "Remediation.Recommendation") or {}
    resource = sdk.first(check.get("ResourceArn"), check.get("ResourceId"))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=sdk.text(check.get("CheckTitle")) or check["CheckID"],
        severity=sdk.severity(check.get("Severity")),
        severity_reported=sdk.text(check.get("Severity")),
        rule_id=check["CheckID"],
        rule_name=sdk.text(check.get("CheckTitle")),
        description=sdk.paragraphs(*(check.get(name) for name in _ABOUT)),
        remediation=sdk.text(recommended.get("Text")),
        cwes=_WEAKNESSES,
        locations=(sdk.Location(resource=resource, evidence=sdk.text(check.get("StatusExtended"))),),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(recommended.get("Url"), check.get("RelatedUrl"), check.get("Links")),
        tags=sdk.texts([check.get("ServiceName"), *sdk.texts(check.get("Categories") or ())]),
        stable_id=sdk.text(check.get("FindingUniqueId")),
        suppression=sdk.suppression(check.get("Muted") or state in _MUTED, justification="muted"),
        target=account,
        found_at=moment,
    )
