"""MobSF 4: its own assessment of an application (the scorecard), with what the sections behind it say of each entry.

The scorecard decides what is a finding and how bad. Reports without one (a library alone, a Windows application) are
read by the checks of their binaries.
"""

import re
from collections import defaultdict, deque
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import mobsf

_SCORED = ("high", "warning", "info", "secure", "hotspot")
_ABOUT = ("version", "package_name", "bundle_id", "timestamp", "app_name")
_SECTIONS = (
    *("code_analysis.findings.*", "binary_analysis.findings.*", "manifest_analysis.manifest_findings.item"),
    *(
        "macho_analysis.*",
        "network_security.network_findings.item",
        "trackers.trackers.item",
        "permissions.*",
    ),
)
_BINARIES = ("binary_analysis.item", "dylib_analysis.item")
_COUNT = re.compile(r"^Found \d+ ")
_Details = dict[str, deque[sdk.Json]]


@sdk.parser(
    id="mobsf-scorecard-json",
    scanner="MobSF",
    title="MobSF 4 and its scorecard",
    docs="https://mobsf.github.io/docs/#/rest_api",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "title", "file_name", "app_name", "md5", "sha256", values={"version": r"v?([4-9]|\d\d)\..*"}
        ),
        sdk.JsonKeys("high", "warning", "secure", "hotspot", later=("security_score",)),
    ),
    versions="4 and later; the scorecard of 3.5 and later",
)
def mobsf_scorecard(report: sdk.Report) -> sdk.Findings:
    """`POST /api/v1/report_json` or `POST /api/v1/scorecard` with the scan's hash, saved as a file"""
    said = {node.pattern: sdk.text(node.value) for node in report.json(*_ABOUT)}
    app = said.get("package_name") or said.get("bundle_id") or said.get("app_name")
    yield sdk.ReportHeader(
        tool_version=said.get("version"), asset=app, scanned_at=sdk.timestamp(said.get("timestamp"))
    )
    details = _details(report)
    is_scored = False
    for node in report.json(*(path for each in _SCORED for path in (f"appsec.{each}.item", f"{each}.item"))):
        is_scored = True
        level = node.pattern.removesuffix(".item").removeprefix("appsec.")
        yield from report.read_one(node, partial(_finding, app, level, details))
    yield from sdk.each(list(details["permissions"]), partial(mobsf.permission, app), "permissions")
    if not is_scored:
        yield from report.read(report.json(*_BINARIES), partial(mobsf.binary, app))


def _details(report: sdk.Report) -> _Details:
    """What the sections say, by what the scorecard says of the same; of equal ones in the order of both."""
    found: _Details = defaultdict(deque)
    for node in report.json(*_SECTIONS):
        section, entry = re.split(r"[_.]", node.pattern)[0], node.value
        if isinstance(entry, dict):
            entry = {"rule": node.key, **(entry.get("metadata") or {}), **entry}
            found[_named(section, entry)].append(entry)
    return found


def _named(section: str, entry: sdk.Json) -> str:
    said = str(entry.get("description"))
    if section == "permissions":
        return section if entry.get("status") == "dangerous" else ""
    if section == "manifest":  # those that inform are left out of the scorecard
        title = re.sub(r"</?strong>", "", str(entry.get("title"))).partition("<br>")[0]
        return "" if entry.get("severity") == "info" else f"manifest {title}"
    if section == "network":
        entry["rule"] = None
        return f"network {said.partition('.')[0]}"
    if section == "trackers":
        return section
    return f"{section} {entry['rule']}" if section == "binary" else f"{section} {said}"


def _finding(app: str | None, level: str, details: _Details, entry: sdk.Json) -> sdk.Findings:
    section, title = sdk.text(entry.get("section")) or "", sdk.text(entry["title"]) or ""
    description = sdk.text(entry.get("description")) or ""
    if section == "permissions" and details["permissions"]:
        return  # each is a finding of its own
    behind = details[f"{section} {entry['title']}"] or details[f"{section} {description}"]
    said = behind.popleft() if behind else {}
    files = description.partition("\n\n")[2].splitlines() if section == "files" else ()
    if section == "secrets":
        description = description.partition("\n")[0]  # the lines below are their values
    elif section == "trackers":
        description = "\n".join(
            [description, *filter(None, (sdk.text(each.get("name")) for each in details[section]))]
        )
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=title,
        severity=mobsf.LEVELS[level],
        severity_reported=level,
        rule_id=sdk.text(said.get("rule")) or _COUNT.sub("Found ", title) or None,
        description=description or None,
        cwes=sdk.cwes(said.get("cwe")) or (mobsf.MOBILE,),
        cvss=sdk.assessments((None, said.get("cvss") or None, "MobSF")),
        locations=(
            _place(app, said, description),
            *mobsf.places(said.get("files")),
            *(sdk.Location(path=path) for path in files),
        ),
        references=sdk.urls(said.get("ref"), description.split()),
        tags=sdk.texts([section, *mobsf.standards(said)]),
    )


def _place(app: str | None, said: sdk.Json, description: str) -> sdk.Location:
    """The application, and what tells an entry from others of its rule: a component of the manifest, a domain, or
    the first line of what is said of it (`[android:host=http://acme.example]`)."""
    if "component" in said or "scope" in said:  # numbers are versions, which come and go
        names = [
            each for each in sdk.texts(said.get("component") or said.get("scope")) if not each[0].isdigit()
        ]
        return sdk.Location(resource=app, symbol=" ".join(names) or None)
    first = description.partition("\n")[0]
    return sdk.Location(resource=app, snippet=first if first.startswith("[") else None)
