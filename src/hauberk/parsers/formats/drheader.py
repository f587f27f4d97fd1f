"""DrHeader: security headers of HTTP answers against a set of rules."""

from functools import partial

from hauberk.parsers import sdk

_KEYS = ("rule", "message", "severity")


@sdk.parser(
    id="drheader-json",
    scanner="DrHeader",
    docs="https://github.com/Santandersecurityresearch/DrHeader#usage",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(*(f"item.{key}" for key in _KEYS), absent=("item.id", "item.path", "item.file")),
        sdk.JsonKeys("item.url", *(f"item.report.item.{key}" for key in _KEYS)),
        sdk.JsonKeys("item.url", empty=("item.report",)),
    ),
    versions="1.x, of one address and of several",
)
def drheader(report: sdk.Report) -> sdk.Findings:
    """`drheader scan single --output json https://app.example`, `drheader scan bulk --output json targets.txt`"""
    for node in report.json("item"):
        if isinstance(node.value, dict) and "report" in node.value:
            url = sdk.text(node.value.get("url"))
            yield sdk.ReportHeader(targets=sdk.texts(url))
            yield from sdk.each(node.value["report"], partial(_rule, url), f"{node.position}.report")
        else:
            yield from report.read_one(node, partial(_rule, None))


def _rule(url: str | None, said: sdk.Json) -> sdk.Findings:
    header, message = said["rule"], sdk.text(said["message"])
    told = (
        (name, sdk.texts(said.get(name)))
        for name in ("value", "expected", "avoid", "anomaly", "anomalies", "delimiter")
    )
    proof = "\n".join(f"{name}: {', '.join(words)}" for name, words in told if words)
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{header}: {message}",
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=f"{header}: {message}",
        description=proof or None,
        locations=(sdk.at_url(url, evidence=proof),) if url else (),
        target=url,
    )
