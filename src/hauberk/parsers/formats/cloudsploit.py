"""CloudSploit: accounts of AWS, Azure, Google Cloud and Oracle against security practice."""

from hauberk.parsers import sdk

_DOCS = "https://github.com/aquasecurity/cloudsploit#cli-options"
_COLUMNS = ("category", "title", "resource", "region", "statusWord", "message")
# https://github.com/aquasecurity/cloudsploit#cloudsploit-scanning-standards: a result's status
_SEVERITIES: sdk.Scale = {
    "fail": sdk.Severity.CRITICAL,
    "warn": sdk.Severity.MEDIUM,
    "unknown": sdk.Severity.LOW,
    "ok": sdk.Severity.INFO,
}


@sdk.parser(
    id="cloudsploit-csv",
    scanner="CloudSploit",
    title="CloudSploit CSV",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="the open-source scanner, `--csv`",
)
def cloudsploit_csv(row: sdk.Row) -> sdk.Findings:
    """`./index.js --config config.js --csv=cloudsploit.csv`; the JSON also names the plugin"""
    yield _result({**row, "status": row["statusWord"]})


@sdk.parser(
    id="cloudsploit-json",
    scanner="CloudSploit",
    title="CloudSploit JSON",
    docs=_DOCS,
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonKeys("item.plugin", "item.category", "item.status", "item.resource", "item.message"),
    items=sdk.JsonItems("item"),
    versions="the open-source scanner, `--json`",
)
def cloudsploit(result: sdk.Json) -> sdk.Findings:
    """`./index.js --config config.js --json=cloudsploit.json`"""
    yield _result(result)


def _result(result: sdk.Json) -> sdk.ReportedFinding:
    resource = sdk.text(result.get("resource"))
    named = resource if resource and resource != "N/A" else None
    place = named or "/".join(sdk.texts([result.get("region"), result["title"]]))
    return sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=result["title"],
        severity=sdk.severity(result.get("status"), _SEVERITIES),
        severity_reported=sdk.text(result.get("status")),
        rule_id=sdk.text(result.get("plugin")) or result["title"],
        rule_name=result["title"],
        description=sdk.paragraphs(result.get("message"), result.get("description")),
        locations=(sdk.Location(resource=place, evidence=sdk.text(result.get("message"))),),
        components=(sdk.Component(name=named),) if named else (),
        tags=sdk.texts([result.get("category"), result.get("region")]),
        suppression=sdk.suppression(result["status"] == "OK", justification="The check passed."),
    )
