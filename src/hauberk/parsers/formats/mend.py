"""Mend (WhiteSource): known vulnerabilities of libraries, from its platform's API."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import mend

_CLOSED = (
    "IGNORED",
    "SUPPRESSED",
    "RESOLVED",
    "FIXED",
    "REMOVED",
    "LIBRARY_REMOVED",
    "IN_HOUSE",
    "LIBRARY_IN_HOUSE",
    "LIBRARY_WHITELIST",
)


@sdk.parser(
    id="mend-json",
    scanner="Mend",
    docs="https://docs.mend.io/platform/latest/get-project-security-findings",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("supportToken", "response", "additionalData"),
        sdk.JsonKeys("response.item.findingInfo", "response.item.component"),
        sdk.JsonKeys("retVal.item.alertInfo", "retVal.item.component", "retVal.item.vulnerability"),
        sdk.JsonKeys("supportToken", "additionalData", empty=("retVal",)),
    ),
    versions="Mend Platform API 2.0 (`/api/v2.0/projects/TOKEN/alerts/security`) and 3.0",
)
def mend_json(report: sdk.Report) -> sdk.Findings:
    """`GET /api/v3.0/projects/UUID/dependencies/findings/security?limit=10000`"""
    yield from report.read(report.json("response.item", "retVal.item"), _of_platform)


def _of_platform(said: sdk.Json) -> sdk.Findings:
    info = said.get("findingInfo") or said.get("alertInfo") or {}
    status, comment = sdk.text(info.get("status")), sdk.text(sdk.pick(info, "comment.comment"))
    known = {**said["vulnerability"], **{key: said.get(key) for key in ("topFix", "scoreMetadataVector")}}
    yield mend.finding(
        said["component"],
        known,
        paths=_files(said["component"]),
        epss=sdk.number(sdk.pick(said, "threatAssessment.epssPercentage")),
        tags=("exploitable",) if str(said.get("exploitable")).lower() == "true" else (),
        stable_id=sdk.text(said.get("uuid")),
        target=sdk.text(sdk.pick(said, "project.name")),
        found_at=sdk.timestamp(info.get("detectedAt")),
        suppression=sdk.suppression(status in _CLOSED, justification=": ".join(sdk.texts([status, comment]))),
    )


def _files(component: sdk.Json) -> tuple[str, ...]:
    """Version 3.0 names one file, 2.0 each place where the library lies, and the manifest that asks for it."""
    places = [component, *(component.get("libraryLocations") or ())]
    named = [
        sdk.first(place.get("path"), place.get("dependencyFile"), place.get("localPath")) for place in places
    ]
    return sdk.texts(named)
