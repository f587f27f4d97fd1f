"""progpilot: tainted data flows and forbidden calls in PHP."""

from collections.abc import Iterator

from hauberk.parsers import sdk


@sdk.parser(
    id="progpilot-json",
    scanner="progpilot",
    docs="https://github.com/designsecurity/progpilot#use-it",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("item.vuln_name", "item.vuln_cwe", "item.vuln_id"),
    items=sdk.JsonItems("item"),
)
def progpilot(found: sdk.Json) -> sdk.Findings:
    """`progpilot --configuration progpilot.yml src > progpilot.json`"""
    name = found["vuln_name"]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(found.get("vuln_description")) or name.replace("_", " "),
        severity=sdk.Severity.MEDIUM,  # progpilot rates nothing
        rule_id=name,
        cwes=sdk.cwes(found["vuln_cwe"]),
        locations=tuple(_locations(found)),
        tags=sdk.texts(found.get("vuln_type")),
        stable_id=sdk.text(found["vuln_id"]),
    )


def _locations(found: sdk.Json) -> Iterator[sdk.Location]:
    """Where the data ends up, then where it comes from, with the steps between. Columns are offsets into the file."""
    yield sdk.Location(
        path=found.get("sink_file") or found["vuln_file"],
        line=sdk.line(found.get("sink_line") or found.get("vuln_line")),
        symbol=sdk.text(found.get("sink_name")),
    )
    flows = found.get("tainted_flow") or ()
    for index, name in enumerate(found.get("source_name") or ()):
        yield sdk.Location(
            path=sdk.text(sdk.pick(found, f"source_file.{index}")),
            line=sdk.line(sdk.pick(found, f"source_line.{index}")),
            symbol=sdk.text(name),
        )
        for step in flows[index] if index < len(flows) else ():
            yield sdk.Location(
                path=sdk.text(step.get("flow_file")),
                line=sdk.line(step.get("flow_line")),
                symbol=sdk.text(step.get("flow_name")),
            )
