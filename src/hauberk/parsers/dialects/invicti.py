"""What Invicti's JSON and XML reports say of a vulnerability, in the shape of the JSON; Netsparker's XML before them, too."""

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from hauberk.parsers import sdk

_DATES = ("%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %H:%M:%S")
_ZONE = re.compile(r" \(UTC(?P<offset>[+-]\d\d:\d\d)?\)$")
_SEVERITIES: sdk.Scale = {  # https://www.invicti.com/support/vulnerability-severity-levels
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "important": sdk.Severity.HIGH,  # so Netsparker called it, up to version 5
    "best practice": sdk.Severity.INFO,
    "bestpractice": sdk.Severity.INFO,
    "information": sdk.Severity.INFO,
}
_DECIDED = {"AcceptedRisk": "accepted risk", "FalsePositive": "false positive"}
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")  # `CrossSiteScripting`: where its words begin
_OUT_OF_DATE = re.compile(r"Out-of-date Version \((?P<name>[^)]+)\)")


def vulnerability(said: sdk.Json) -> sdk.Findings:
    known = said.get("Classification") or {}
    title = said["Name"]
    certainty = sdk.text(said.get("Certainty"))
    lists = [said.get(name) for name in ("ExternalReferences", "RemedyReferences")]
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title,
        severity=sdk.severity(said.get("Severity"), _SEVERITIES),
        severity_reported=sdk.text(said.get("Severity")),
        rule_id=sdk.text(said.get("Type")),
        description=sdk.paragraphs(sdk.plain(said.get("Description")), sdk.plain(said.get("Impact"))),
        remediation=sdk.paragraphs(
            sdk.plain(said.get("RemedialProcedure")), sdk.plain(said.get("RemedialActions"))
        ),
        identifiers=sdk.identifiers(
            title, [sdk.pick(each, "Title") for each in sdk.listed(said.get("KnownVulnerabilities"))]
        ),
        cwes=sdk.cwes(sdk.parts(known.get("Cwe"))),
        cvss=sdk.assessments(*_assessments(known)),
        locations=tuple(_places(said)),
        components=tuple(_components(said)),
        references=sdk.links(*lists),
        tags=sdk.texts(
            [f"{name}: {known[name]}" for name in ("Owasp", "Capec", "Wasc") if sdk.text(known.get(name))]
        ),
        confidence="confirmed" if said.get("Confirmed") is True else certainty and f"{certainty} %",
        stable_id=sdk.text(said.get("LookupId")),
        suppression=_suppression(sdk.text(said.get("State")) or ""),
        found_at=moment(said.get("FirstSeenDate")),
    )


def of_netsparker(found: sdk.XmlElement) -> sdk.Findings:
    """As Netsparker told it, in the shape of today. Before version 3 it had no title but its type: `BlindSqlInjection`."""
    said = sdk.child_texts(found)
    extra = [
        {"Name": each.get("name"), "Value": each.text} for each in found.iterfind("extrainformation/info")
    ]
    parameter = said.get("vulnerableparameter")
    yield from vulnerability(
        {
            "Name": said.get("title") or said.get("name") or _WORD.sub(" ", said["type"] or ""),
            "Type": said["type"],
            "Severity": said.get("severity"),
            "Certainty": said.get("certainty"),
            "Confirmed": (found.get("confirmed") or "").lower() == "true",
            "Url": said.get("url"),
            "Description": said.get("description"),
            "RemedialProcedure": said.get("remedialprocedure"),
            "Classification": {
                sdk.local_name(each.tag).title(): each.text for each in found.iterfind("classification/*")
            },
            "ExtraInformation": extra,
            "HttpRequest": {
                "Method": sdk.http_method(said.get("rawrequest")),
                "Content": said.get("rawrequest"),
                "Parameters": [{"Name": parameter, "Vulnerable": True}] if parameter else [],
            },
            "HttpResponse": {"Content": said.get("rawresponse")},
        }
    )


def _assessments(known: sdk.Json) -> Iterator[sdk.Rating]:
    for name in ("Cvss40", "Cvss31", "Cvss"):
        yield sdk.pick(known, f"{name}.Vector"), sdk.pick(known, f"{name}.BaseScore.Value"), "Invicti"


def _places(said: sdk.Json) -> Iterator[sdk.Location]:
    request, answer = said.get("HttpRequest") or {}, said.get("HttpResponse") or {}
    proof = sdk.paragraphs(
        sdk.plain(said.get("ProofOfConcept")),
        *(
            f"{each.get('Name')}: {sdk.plain(each.get('Value'))}"
            for each in sdk.listed(said.get("ExtraInformation"))
        ),
        request.get("Content"),
        answer.get("Content"),
    )
    place = sdk.at_url(said.get("Url"), method=sdk.text(request.get("Method")), evidence=proof)
    names = sdk.texts(
        [each["Name"] for each in sdk.listed(request.get("Parameters")) if each.get("Vulnerable")]
    )
    for name in names or (None,):
        yield replace(place, parameter=name)


def _components(said: sdk.Json) -> Iterator[sdk.Component]:
    """What is out of date: the title names it, the extra information its version."""
    match = _OUT_OF_DATE.search(said["Name"])
    extra = {each.get("Name"): each.get("Value") for each in sdk.listed(said.get("ExtraInformation"))}
    if match:
        yield sdk.Component(name=match["name"], version=sdk.text(extra.get("Identified Version")))


def _suppression(state: str) -> sdk.Suppression | None:
    decided = next((word for name, word in _DECIDED.items() if name in state), None)
    return sdk.suppression(decided, justification=decided)


def moment(value: sdk.Json) -> datetime | None:
    words = _ZONE.sub(lambda match: match["offset"] or "", sdk.text(value) or "")
    return sdk.timestamp(words, *_DATES, *(f"{each}%z" for each in _DATES))
