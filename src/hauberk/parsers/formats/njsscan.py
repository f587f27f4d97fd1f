"""njsscan: insecure patterns in Node.js code and templates."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import libsast


@sdk.parser(
    id="njsscan-json",
    scanner="njsscan",
    docs="https://github.com/ajinabraham/njsscan#command-line-options",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(sdk.JsonKeys("njsscan_version"), sdk.JsonKeys("errors", "nodejs", "templates")),
    versions="0.x, `--json`",
)
def njsscan(report: sdk.Report) -> sdk.Findings:
    """`njsscan --json -o njsscan.json .`"""
    for node in report.json("nodejs.*", "templates.*", "njsscan_version"):
        if node.pattern == "njsscan_version":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        else:
            yield from report.read_one(node, partial(libsast.findings, str(node.key)))
