"""Talisman: secrets and suspicious files before they are pushed."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

# `pattern : secret=…`, which quotes what it found
_QUOTING = re.compile(r"(?s)^(.*?(?:pattern|such as|number)) ?: ?(.+)$")
_LISTS = ("failure_list", "warning_list", "ignore_list")


@sdk.parser(
    id="talisman-json",
    scanner="Talisman",
    docs="https://thoughtworks.github.io/talisman/docs/scan-mode",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("summary.types.filecontent", "results"),
        sdk.JsonKeys("results.item.filename", "results.item.failure_list"),
    ),
    items=sdk.JsonItems("results.item"),
    versions="1.x, `--scan`",
)
def talisman(file: sdk.Json) -> sdk.Findings:
    """`talisman --scan` leaves it as `talisman_report/talisman_reports/data/report.json`"""
    for name in _LISTS:
        for result in sdk.listed(file.get(name)):
            yield _result(file["filename"], result, is_ignored=name == "ignore_list")


def _result(path: str, result: sdk.Json, *, is_ignored: bool) -> sdk.ReportedFinding:
    """The message ends in what was found, cut where it is long."""
    said = result["message"]
    match = _QUOTING.match(said)
    word, commits = sdk.text(result.get("severity")), sdk.texts(result.get("commits"))
    return sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{match[1] if match else said} in {path}",
        severity=sdk.severity(word) if word else secrets.severity(),  # before 1.19 it rated nothing
        severity_reported=word,
        rule_id=result["type"],
        cwes=secrets.CWES,
        locations=tuple(sdk.Location(path=path, commit=commit) for commit in commits or (None,)),
        suppression=sdk.suppression(is_ignored, justification="in .talismanrc"),
        secret=secrets.value_of(match[2]) if match else None,
    )
