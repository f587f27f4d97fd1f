"""mobsfscan: insecure patterns in the source code of Android and iOS applications."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import libsast


@sdk.parser(
    id="mobsfscan-json",
    scanner="mobsfscan",
    docs="https://github.com/MobSF/mobsfscan#command-line-options",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("mobsfscan_version"),
    versions="0.x, `--json`",
)
def mobsfscan(report: sdk.Report) -> sdk.Findings:
    """`mobsfscan --json -o mobsfscan.json .`"""
    for node in report.json("results.*", "mobsfscan_version"):
        if node.pattern == "results.*":
            yield from report.read_one(node, partial(libsast.findings, str(node.key)))
        else:
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
