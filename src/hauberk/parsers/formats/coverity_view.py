"""Coverity Connect: the issues of a view or a search, as its web API gives them: rows of whichever columns were asked for."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import coverity

_GONE = ("Fixed", "Absent Dismissed")
_SHORT_DATE = re.compile(r"(\d\d)/(\d\d)/(\d\d)")  # `11/28/25`


@sdk.parser(
    id="coverity-view-json",
    scanner="Coverity",
    title="Coverity Connect view",
    docs="https://sig-product-docs.synopsys.com/bundle/coverity-docs/page/coverity-platform/topics/views_rest_api.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("viewContentsV1.columns", "viewContentsV1.rows"),
        sdk.JsonKeys("viewContentsV1.totalRows", "viewContentsV1.columns"),
        sdk.JsonKeys("totalRows", "columns", "rows.item.item.key", "rows.item.item.value"),
        sdk.JsonKeys("offset", "totalRows", "columns", empty=("rows",)),
    ),
    versions="views API v1, issues API v2",
)
def coverity_view(report: sdk.Report) -> sdk.Findings:
    """`GET /api/viewContents/issues/v1/VIEW?projectId=ID&rowCount=-1`, or `POST /api/v2/issues/search`"""
    yield from report.read(report.json("viewContentsV1.rows.item", "rows.item"), _row)


def _row(said: sdk.Json) -> sdk.Findings:
    row = {cell["key"]: cell.get("value") for cell in said} if isinstance(said, list) else said
    impact, decision = sdk.text(row.get("displayImpact")), sdk.text(row.get("classification"))
    path, line = sdk.text(row.get("displayFile")), sdk.line(row.get("lineNumber"))
    symbol = sdk.text(row.get("displayFunction"))
    kind = sdk.text(row.get("displayType"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=kind or sdk.text(row.get("checker")) or f"Coverity issue {row['cid']}",
        severity=sdk.severity(impact, coverity.IMPACTS),
        severity_reported=impact,
        rule_id=sdk.text(row.get("checker")) or kind,
        rule_name=kind,
        cwes=sdk.cwes(row.get("cwe")),
        locations=(sdk.Location(path=path, line=line, symbol=symbol),) if path else (),
        tags=sdk.texts([row.get(n) for n in ("displayIssueKind", "displayCategory", "displayComponent")]),
        stable_id=sdk.text(row["cid"]),
        found_at=sdk.timestamp(_SHORT_DATE.sub(r"20\3-\1-\2", str(row.get("firstDetected")))),
        suppression=_suppression(decision, sdk.text(row.get("status"))),
    )


def _suppression(decision: str | None, state: str | None) -> sdk.Suppression | None:
    if decision in coverity.DISMISSED or state == "Dismissed":
        return sdk.Suppression(justification=decision)
    return sdk.suppression(state in _GONE, justification=(state or "").lower())
