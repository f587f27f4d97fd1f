"""ggshield: GitGuardian's scanner for secrets in files, commits and images, and of infrastructure as code."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

_ROOTS = ("", "scans.item.")
_ENTITIES = ("entities_with_incidents", "results")  # the latter before version 1.13
_PATHS = tuple(
    root + name for root in _ROOTS for name in (*(f"{each}.item" for each in _ENTITIES), "id", "extra_info")
)
_COMMIT = re.compile(r"[0-9a-f]{40}")


@sdk.parser(
    id="ggshield-json",
    scanner="GitGuardian",
    title="ggshield",
    docs="https://docs.gitguardian.com/ggshield-docs/reference/secret/overview",
    kinds=[sdk.SECRET, sdk.IAC],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys("type", f"{name}.item.incidents") for name in _ENTITIES),
        sdk.JsonKeys(
            "scans.item.id", "scans.item.type", "scans.item.total_incidents", later=("total_incidents",)
        ),
        sdk.JsonKeys("scans.item.type", "scans.item.entities_with_incidents.item.incidents"),
        sdk.JsonKeys("id", "type", "total_incidents", "total_occurrences"),
    ),
    versions="scans for secrets and of infrastructure as code, version 1.0 and later",
)
def ggshield(report: sdk.Report) -> sdk.Findings:
    """`ggshield secret scan repo . --json --output ggshield.json`, also `path`, `docker`, `commit-range`, …"""
    scans: dict[str, dict[str, sdk.Json]] = {}  # a commit's author and date stand after what was found in it
    for node in report.json(*(path for path in _PATHS if not path.endswith("item"))):
        scans.setdefault(node.container, {})[str(node.key)] = node.value
    for node in report.json(*(path for path in _PATHS if path.endswith("item"))):
        scan = scans.get(node.container.rpartition(".")[0], {})
        yield from report.read_one(node, partial(_entity, scan))


def _entity(scan: dict[str, sdk.Json], entity: sdk.Json) -> sdk.Findings:
    for incident in entity["incidents"]:
        if "policy_id" in incident:
            yield _misconfiguration(entity["filename"], incident)
            continue
        for occurrence in incident["occurrences"]:
            yield _finding(scan, entity["filename"], incident, occurrence)


def _finding(
    scan: dict[str, sdk.Json], path: str, incident: sdk.Json, occurrence: sdk.Json
) -> sdk.ReportedFinding:
    is_valid = incident.get("validity") == "valid"
    given = sdk.text(incident.get("severity"))
    ignored = incident.get("ignore_reason")
    name = sdk.text(scan.get("id")) or ""
    return sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{incident['type']} in {path}",
        severity=sdk.severity(given) if given else secrets.severity(is_valid=is_valid),
        severity_reported=given,
        rule_id=sdk.text(incident.get("detector")) or incident["type"],
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(occurrence.get("line_start")),
                end_line=sdk.line(occurrence.get("line_end")),
                commit=name if _COMMIT.fullmatch(name) else None,
                symbol=sdk.text(occurrence.get("type")),
                snippet=secrets.masked(occurrence.get("match")),
            ),
        ),
        references=sdk.urls(incident.get("incident_url")),
        tags=sdk.texts(["known to GitGuardian" if incident.get("known_secret") else None]),
        confidence=sdk.text(incident.get("validity")),
        stable_id=sdk.text(incident.get("ignore_sha")),
        suppression=sdk.suppression(ignored, justification=_reason(ignored)),
        found_at=sdk.timestamp(sdk.pick(scan, "extra_info.date")),
        secret=secrets.value_of(occurrence.get("match")),
    )


def _misconfiguration(path: str, incident: sdk.Json) -> sdk.ReportedFinding:
    """What `ggshield iac scan` found."""
    word = sdk.text(incident.get("severity"))
    ignored = incident.get("status") == "IGNORED"
    return sdk.ReportedFinding(
        kind=sdk.IAC,
        title=incident["policy"],
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=incident["policy_id"],
        description=sdk.text(incident.get("description")),
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(incident.get("line_start")),
                end_line=sdk.line(incident.get("line_end")),
                resource=sdk.text(incident.get("component")),
            ),
        ),
        references=sdk.urls(incident.get("documentation_url")),
        stable_id=sdk.text(incident.get("ignore_sha")),
        suppression=sdk.suppression(ignored, justification=incident.get("ignored_until")),
    )


def _reason(ignored: sdk.Json) -> str | None:
    return sdk.text(ignored) or ": ".join(sdk.texts([sdk.pick(ignored, "kind"), sdk.pick(ignored, "detail")]))
