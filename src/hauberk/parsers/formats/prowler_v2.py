"""Prowler 2: the shell script's checks of AWS, in its CSV and its JSON Lines."""

import re

from hauberk.parsers import sdk

_DOCS = "https://github.com/prowler-cloud/prowler/tree/2.12.1#reports"
_CONTROL = re.compile(r"\[(?P<check>\w+)\]\s*(?P<title>.+)")
_COLUMNS = {  # as the CSV calls them: as the JSON does
    "TITLE_ID": "Control ID",
    "TITLE_TEXT": "Control",
    "CHECK_RESULT": "Status",
    "CHECK_RESULT_EXTENDED": "Message",
    "CHECK_SEVERITY": "Severity",
    "CHECK_SERVICENAME": "Service",
    "CHECK_RISK": "Risk",
    "CHECK_REMEDIATION": "Remediation",
    "CHECK_DOC": "Doc link",
    "CHECK_RESOURCE_ID": "Resource ID",
    "ACCOUNT_NUM": "Account Number",
    "REGION": "Region",
}
_WEAKNESSES = (1032,)  # every check of Prowler is about a misconfiguration; it names no weakness itself
_WANTED = ("TITLE_ID", "TITLE_TEXT", "CHECK_RESULT", "CHECK_SEVERITY")


@sdk.parser(
    id="prowler-v2-csv",
    scanner="Prowler",
    title="Prowler 2 CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_WANTED),
    items=sdk.CsvRows(*_WANTED),
    versions="2",
)
def prowler_v2_csv(row: sdk.Row) -> sdk.Findings:
    """`prowler -M csv`"""
    yield from _check({_COLUMNS.get(column.upper(), column): value for column, value in row.items()})


@sdk.parser(
    id="prowler-v2-json",
    scanner="Prowler",
    title="Prowler 2 JSON",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonLineKeys("Control ID", "Control", "Status", "Message"),
    items=sdk.JsonLines(),
    versions="2",
)
def prowler_v2_json(check: sdk.Json) -> sdk.Findings:
    """`prowler -M json`"""
    yield from _check(check)


def _check(check: sdk.Json) -> sdk.Findings:
    status, moment = check["Status"].upper(), sdk.timestamp(check.get("Timestamp"))
    account = sdk.text(check.get("Account Number"))
    yield sdk.ReportHeader(targets=sdk.texts(account), scanned_at=moment)
    if status in ("PASS", "INFO"):
        return
    named = _CONTROL.match(check["Control"])
    resource = sdk.text(check.get("Resource ID"))
    place = "/".join(sdk.texts([account, check.get("Region"), resource or check["Message"]]))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=named["title"] if named else check["Control"],
        severity=sdk.severity(check.get("Severity")),
        severity_reported=sdk.text(check.get("Severity")),
        rule_id=named["check"] if named else check["Control ID"],
        rule_name=sdk.text(check["Control ID"]),
        description=sdk.paragraphs(check["Message"], check.get("Risk")),
        remediation=sdk.text(check.get("Remediation")),
        cwes=_WEAKNESSES,
        locations=(sdk.Location(resource=place, evidence=sdk.text(check["Message"])),),
        references=sdk.urls(check.get("Doc link")),
        tags=sdk.texts([check.get("Service")]),
        suppression=sdk.suppression(status == "WARNING", justification="allow list"),
        target=account,
        found_at=moment,
    )
