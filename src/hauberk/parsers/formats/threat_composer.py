"""Threat Composer: threats of a model, with what is assumed and what is done about them."""

from collections import defaultdict
from functools import partial

from hauberk.parsers import sdk

_LISTS = ("assumptions.item", "mitigations.item", "assumptionLinks.item", "mitigationLinks.item")
_SETTLED = ("threatResolved", "threatResolvedNotUseful", "threatDismissed")


@sdk.parser(
    id="threat-composer-json",
    scanner="Threat Composer",
    docs="https://github.com/awslabs/threat-composer",
    kinds=[sdk.CLOUD],
    sniff=sdk.JsonKeys("schema", "applicationInfo", "mitigationLinks", "assumptionLinks", later=("threats",)),
    versions="schema 1",
)
def threat_composer(report: sdk.Report) -> sdk.Findings:
    """In Threat Composer: the workspace's Export data"""
    contents: dict[str, str] = {}
    linked: dict[str, list[str]] = defaultdict(list)
    for node in report.json(*_LISTS, "applicationInfo.name"):
        said = node.value
        if node.pattern == "applicationInfo.name":
            yield sdk.ReportHeader(asset=sdk.text(said))
        elif node.pattern.endswith("Links.item"):
            linked[str(said.get("linkedId"))] += sdk.texts(
                [said.get("mitigationId"), said.get("assumptionId")]
            )
        else:
            contents[str(said.get("id"))] = sdk.text(said.get("content")) or ""
    yield from report.read(
        report.json("threats.item", required="threats.item"), partial(_threat, contents, linked)
    )


def _threat(contents: dict[str, str], linked: dict[str, list[str]], threat: sdk.Json) -> sdk.Findings:
    notes: dict[str, sdk.Json] = {
        each["key"]: each.get("value") for each in sdk.listed(threat.get("metadata"))
    }
    tags = sdk.texts(threat.get("tags") or ())
    known = [contents[identifier] for identifier in linked.get(threat["id"], ()) if identifier in contents]
    about = [threat.get("statement"), notes.get("Comments"), threat.get("threatImpact")]
    assets, state = sdk.texts(threat.get("impactedAssets") or ()), sdk.text(threat.get("status"))
    yield sdk.ReportedFinding(
        kind=sdk.CLOUD,
        title=sdk.text(threat.get("threatAction")) or threat["statement"],
        severity=sdk.severity(notes.get("Priority")),
        severity_reported=sdk.text(notes.get("Priority")),
        rule_id=sdk.text(threat.get("numericId")),
        description=sdk.paragraphs(*about),
        remediation=sdk.paragraphs(*known),
        identifiers=sdk.identifiers(*tags),
        cwes=sdk.cwes(*tags),
        locations=tuple(sdk.Location(resource=asset) for asset in assets),
        tags=(*tags, *(f"STRIDE: {letter}" for letter in sdk.texts(notes.get("STRIDE") or ()))),
        stable_id=threat["id"],
        suppression=sdk.suppression(state in _SETTLED, justification=state),
    )
