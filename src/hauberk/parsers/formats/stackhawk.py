"""StackHawk: what HawkScan found in a running application, as the webhook for a finished scan sends it."""

from functools import partial

from hauberk.parsers import sdk

_FINDINGS = "scanCompleted.findings.item"
_DECIDED = ("FALSE_POSITIVE", "RISK_ACCEPTED")


@sdk.parser(
    id="stackhawk-json",
    scanner="StackHawk",
    docs="https://docs.stackhawk.com/workflow-integrations/webhook.html",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("scanCompleted.scan", values={"service": "StackHawk"}),
        sdk.JsonKeys("scanCompleted.scan", "scanCompleted.findings.item.pluginId"),
    ),
    repeats_over="hosts and ports",
    versions="the event `scanCompleted`",
)
def stackhawk(report: sdk.Report) -> sdk.Findings:
    """Integrations → Generic Webhook → Scan Completed, with findings; save the body."""
    scan: sdk.Json = next((node.value for node in report.json("scanCompleted.scan")), None) or {}
    at, version = sdk.timestamp(scan.get("startedTimestamp")), sdk.text(scan.get("hawkscanVersion"))
    yield sdk.ReportHeader(asset=sdk.text(scan.get("application")), scanned_at=at, tool_version=version)
    yield from report.read(report.json(_FINDINGS, required=_FINDINGS), partial(_finding, scan))


def _finding(scan: sdk.Json, said: sdk.Json) -> sdk.Findings:
    application, word = sdk.text(scan.get("application")), sdk.text(said.get("severity"))
    paths = said.get("paths") or ()
    places = [
        sdk.at_url(f"{said['host']}{path['path']}", method=sdk.text(path.get("method"))) for path in paths
    ]
    component = sdk.Component(name=application or "", version=sdk.text(scan.get("env")))
    states = {sdk.text(path.get("status")) for path in paths}
    decided = states.pop() if len(states) == 1 else None
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=said["pluginName"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=sdk.text(said.get("pluginId")),
        description=sdk.text(said.get("pluginDescription")),
        cwes=sdk.cwes(said.get("cweId")),
        locations=tuple(places) or (sdk.at_url(said["host"]),),
        components=(component,) if application else (),
        references=sdk.urls(said.get("findingURL"), [path.get("pathURL") for path in paths]),
        tags=sdk.texts(said.get("category")),
        suppression=_suppression(decided),
        target=said.get("host"),
    )


def _suppression(state: str | None) -> sdk.Suppression | None:
    """Only where every path was decided alike: one open path keeps the problem open."""
    return sdk.suppression(state in _DECIDED, justification=(state or "").lower().replace("_", " "))
