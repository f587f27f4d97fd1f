"""One finding in the shape of DefectDojo's Generic Findings Import; its CSV columns are the same fields."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from hauberk.parsers import sdk

_DECISIONS = {
    "false_p": "false positive",
    "risk_accepted": "risk accepted",
    "out_of_scope": "out of scope",
    "duplicate": "duplicate",
    "is_mitigated": "mitigated",
}
_NAMES = """
title severity description date cwe cwes cve vulnerability_ids cvssv3 cvssv3_score cvssv4 cvssv4_score
epss_score epss_percentile mitigation fix_available fix_version impact references steps_to_reproduce
severity_justification active verified false_p duplicate out_of_scope risk_accepted under_review is_mitigated
mitigated thread_id numerical_severity param payload line file_path component_name component_version
static_finding dynamic_finding unique_id_from_tool vuln_id_from_tool sast_source_object sast_sink_object
sast_source_line sast_source_file_path nb_occurences publish_date service planned_remediation_date
planned_remediation_version effort_for_fixing tags kev_date known_exploited ransomware_used endpoints files
request response
"""
FIELDS = frozenset(_NAMES.split())
_COLUMNS = {name.replace("_", ""): name for name in FIELDS} | {
    "cweid": "cwe",
    "url": "endpoints",
    "vulnerabilityid": "vulnerability_ids",
    "falsepositive": "false_p",
    "mitigateddate": "mitigated",
}
_NO_WORD = re.compile(r"[^a-z0-9]")
_DATES = ("%m/%d/%Y", "%d/%m/%Y")


@lru_cache(maxsize=1024)  # every row has the same columns
def field_of(column: str) -> str | None:
    """The field that a CSV column holds, or None where the column is not of this format."""
    return _COLUMNS.get(_NO_WORD.sub("", column.lower()))


def finding(said: sdk.Json) -> sdk.ReportedFinding:
    name, places = sdk.text(said.get("component_name")), tuple(_places(said))
    word = sdk.text(said.get("severity"))
    fixed, mitigation = sdk.text(said.get("fix_version")), sdk.text(said.get("mitigation"))
    is_untold = fixed and not name and fixed not in (mitigation or "")
    component = sdk.Component(
        name=name or "",
        version=sdk.text(said.get("component_version")),
        fixed_versions=sdk.texts(fixed),
        path=sdk.text(said.get("file_path")),
    )
    return sdk.ReportedFinding(
        kind=_kind(said),
        title=said["title"],
        severity=sdk.severity(word or "info"),  # what nothing means by that format's rules
        severity_reported=word,
        rule_id=sdk.text(said.get("vuln_id_from_tool")),
        description=_described(said),
        remediation=sdk.paragraphs(mitigation, f"Fixed in {fixed}." if is_untold else None),
        identifiers=sdk.identifiers(said.get("cve"), said.get("vulnerability_ids")),
        cwes=sdk.cwes(said.get("cwe"), said.get("cwes")),
        cvss=sdk.assessments(*_assessments(said)),
        epss=sdk.number(said.get("epss_score")),
        known_exploited=_is_true(said.get("known_exploited")) or None,
        locations=places,
        components=(component,) if name else (),
        references=sdk.links(said.get("references")),
        tags=sdk.texts(said.get("tags") or ()),
        stable_id=sdk.text(said.get("unique_id_from_tool")),
        suppression=_suppression(said),
        found_at=_date(said.get("date")),
    )


def _kind(said: sdk.Json) -> sdk.FindingKind:
    if said.get("endpoints"):
        return sdk.DAST
    if said.get("component_name") and not said.get("line"):
        return sdk.SCA
    return sdk.SAST if said.get("file_path") else sdk.MANUAL


def _described(said: sdk.Json) -> str | None:
    return sdk.paragraphs(
        said.get("description"),
        _headed("Impact", said.get("impact")),
        _headed("Steps to reproduce", said.get("steps_to_reproduce")),
    )


def _headed(title: str, value: sdk.Json) -> str | None:
    text = sdk.text(value)
    return f"{title}: {text}" if text else None


def _places(said: sdk.Json) -> Iterator[sdk.Location]:
    parameter, payload = sdk.text(said.get("param")), sdk.text(said.get("payload"))
    endpoints = said.get("endpoints") or []
    for endpoint in endpoints if isinstance(endpoints, list) else [endpoints]:
        yield sdk.at_url(_address(endpoint), parameter=parameter, evidence=payload)
    path = sdk.text(said.get("file_path"))
    if path:
        yield sdk.Location(path=path, line=sdk.line(said.get("line")))


def _address(endpoint: sdk.Json) -> str | None:
    """An endpoint is an address, or its parts."""
    if not isinstance(endpoint, dict):
        return sdk.text(endpoint)
    said = {name: sdk.text(value) for name, value in endpoint.items()}
    if said.get("url"):
        return said["url"]
    port, query = said.get("port"), said.get("query")
    scheme = f"{said['protocol']}://" if said.get("protocol") else ""
    path = (said.get("path") or "").lstrip("/")
    return (
        f"{scheme}{said.get('host') or ''}{f':{port}' if port else ''}/{path}{f'?{query}' if query else ''}"
    )


def _assessments(said: sdk.Json) -> Iterator[sdk.Rating]:
    for field, version in (("cvssv4", "4.0"), ("cvssv3", "3.1")):
        vector = (sdk.text(said.get(field)) or "").strip('" \n')
        yield vector, said.get(f"{field}_score"), None, version


def _suppression(said: sdk.Json) -> sdk.Suppression | None:
    """What was decided elsewhere comes along as suppressed: it is not open there."""
    decided = [words for field, words in _DECISIONS.items() if _is_true(said.get(field))]
    if said.get("mitigated") and "mitigated" not in decided:
        decided.append("mitigated")
    if not decided and str(said.get("active")).lower() == "false":
        decided.append("inactive")
    return sdk.suppression(decided, justification=", ".join(decided))


def _is_true(value: sdk.Json) -> bool:
    return str(value).lower() in ("true", "1", "yes")


def _date(value: sdk.Json) -> datetime | None:
    """ISO dates, else month first as that importer reads them, else day first."""
    return sdk.timestamp(value, *_DATES)
