"""Coverity Analysis: issues with their events, as `cov-format-errors` writes them."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import coverity


@sdk.parser(
    id="coverity-json",
    scanner="Coverity",
    docs="https://sig-product-docs.synopsys.com/bundle/coverity-docs/page/commands/topics/cov-format-errors.html",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("formatVersion", values={"type": "Coverity issues"}),
        sdk.JsonKeys("issues.item.mergeKey", "issues.item.checkerName", "issues.item.mainEventFilePathname"),
    ),
    items=sdk.JsonItems("issues.item"),
    versions="JSON output version 2 to 10",
)
def coverity_json(issue: sdk.Json) -> sdk.Findings:
    """`cov-format-errors --dir idir --json-output-v10 coverity.json`, or `coverity scan --local coverity.json`"""
    about = issue.get("checkerProperties") or {}
    triage = sdk.pick(issue, "stateOnServer.triage") or {}
    events: list[sdk.Json] = issue.get("events") or []
    main: sdk.Json = next((event for event in events if event.get("main")), {})
    decision = sdk.text(triage.get("classification"))
    part = sdk.text(issue.get("subcategory"))
    rule = "/".join(sdk.texts([issue["checkerName"], None if part == "none" else part]))
    impact = sdk.text(about.get("impact"))
    texts = [about.get("subcategoryLongDescription"), main.get("eventDescription")]
    remedies = [event.get("eventDescription") for event in events if event.get("remediation")]
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=sdk.text(about.get("subcategoryShortDescription")) or issue["checkerName"],
        severity=sdk.severity(impact, coverity.IMPACTS),
        severity_reported=impact,
        rule_id=rule,
        rule_name=sdk.text(about.get("categoryDescription")),
        description=sdk.paragraphs(*sdk.texts(texts)),
        remediation=sdk.paragraphs(*remedies),
        cwes=sdk.cwes(about.get("cweCategory")),
        locations=(_main(issue), *_events(events)),
        tags=sdk.texts([issue.get("language"), *sdk.texts(about.get("issueKinds"))]),
        stable_id=sdk.text(issue.get("mergeKey")),
        found_at=sdk.timestamp(sdk.pick(issue, "stateOnServer.firstDetectedDateTime")),
        suppression=sdk.suppression(decision in coverity.DISMISSED, justification=decision),
    )


def _main(issue: sdk.Json) -> sdk.Location:
    return sdk.Location(
        path=sdk.text(issue.get("strippedMainEventFilePathname")) or issue["mainEventFilePathname"],
        line=sdk.line(issue.get("mainEventLineNumber")),
        column=sdk.line(issue.get("mainEventColumnNumber")),
        symbol=sdk.text(issue.get("functionDisplayName")),
    )


def _events(events: list[sdk.Json]) -> Iterator[sdk.Location]:
    """The steps that lead to the main event; those within a called function are listed below theirs."""
    for event in events:
        if not event.get("main") and not event.get("remediation"):
            yield sdk.Location(
                path=sdk.first(event.get("strippedFilePathname"), event.get("filePathname")),
                line=sdk.line(event.get("lineNumber")),
                column=sdk.line(event.get("columnNumber")),
                evidence=sdk.text(event.get("eventDescription")),
            )
        yield from _events(event.get("events") or [])
