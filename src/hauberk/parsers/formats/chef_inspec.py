"""Chef InSpec: compliance profiles run against hosts, containers and cloud accounts."""

from functools import partial

from hauberk.parsers import sdk

_FLOORS: sdk.Floors = (  # https://docs.chef.io/inspec/controls/#syntax: how an impact is rated
    (0.9, sdk.Severity.CRITICAL),
    (0.7, sdk.Severity.HIGH),
    (0.4, sdk.Severity.MEDIUM),
    (0.01, sdk.Severity.LOW),
    (0.0, sdk.Severity.INFO),
)
_CONTROLS = "profiles.item.controls.item"
_RESULTS = "controls.item"
_DOCS = "https://docs.chef.io/inspec/reporters/"


@sdk.parser(
    id="chef-inspec-json",
    scanner="Chef InSpec",
    title="Chef InSpec JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("platform.name", "profiles", later=("version",)),
        sdk.JsonKeys(*(f"{_RESULTS}.{key}" for key in ("profile_id", "status", "code_desc"))),
        sdk.JsonKeys("statistics.duration", "version", empty=("controls",)),
    ),
    versions="the reporters `json` and `json-min` of InSpec 2 and later; also cinc-auditor",
)
def chef_inspec(report: sdk.Report) -> sdk.Findings:
    """`inspec exec PROFILE --reporter json:inspec.json`"""
    host: str | None = None
    for node in report.json("platform", "version", _CONTROLS, _RESULTS):
        if node.pattern == "platform":
            host = sdk.text(sdk.pick(node.value, "target_id"))
            yield sdk.ReportHeader(asset=host, targets=sdk.texts(host))
        elif node.pattern == "version":
            yield sdk.ReportHeader(tool_version=sdk.text(node.value))
        elif node.pattern == _CONTROLS:
            yield from report.read_one(node, partial(_control, host))
        else:
            yield from report.read_one(node, partial(_result, host))


@sdk.parser(
    id="chef-inspec-jsonl",
    scanner="Chef InSpec",
    title="Chef InSpec log",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys("profile.name", "platform.name", "control_tags", "results"),
    items=sdk.JsonLines(),
    versions="one control a line, as log shippers write it",
)
def chef_inspec_lines(control: sdk.Json) -> sdk.Findings:
    """Let the reporter of the audit cookbook write one JSON object for each control."""
    host = sdk.text(sdk.pick(control, "platform.target_id"))
    yield sdk.ReportHeader(targets=sdk.texts(host))
    yield from _control(host, control)


def _result(host: str | None, result: sdk.Json) -> sdk.Findings:
    """`json-min` lists the results alone, each with its control's name."""
    yield from _control(host, {"id": result["id"], "results": [result]})


def _control(host: str | None, control: sdk.Json) -> sdk.Findings:
    """One finding for a control, with the results that failed as its evidence; one that passed does not count."""
    results = control["results"] or ()
    failed = [result for result in results if result["status"] == "failed"]
    tags = control.get("tags") or control.get("control_tags") or {}
    impact = sdk.number(control.get("impact"))
    profile = sdk.text(sdk.pick(control, "profile.name"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.text(control.get("title")) or control["id"],
        severity=sdk.severity_of_points(impact, _FLOORS),
        severity_reported=sdk.text(impact),
        rule_id=control["id"],
        description=sdk.first(control.get("desc"), control.get("description")),
        remediation=_remediation(control),
        identifiers=sdk.identifiers(*_words(tags)),
        cwes=sdk.cwes(tags.get("cwe")),
        locations=(sdk.Location(host=host, evidence="\n".join(map(_evidence, failed or results))),),
        references=sdk.urls([sdk.pick(ref, "url") for ref in sdk.listed(control.get("refs"))]),
        tags=sdk.texts([profile, *(tags if isinstance(tags, dict) else ())]),
        suppression=_suppression(control, has_failed=bool(failed)),
        target=host,
        found_at=sdk.timestamp(sdk.pick(failed or results, "0.start_time")),
    )


def _suppression(control: sdk.Json, *, has_failed: bool) -> sdk.Suppression | None:
    if not has_failed:
        return sdk.Suppression(justification="The control passed or was skipped.")
    waiver = control.get("waiver_data")
    return sdk.suppression(waiver, justification=sdk.pick(waiver, "justification"))


def _remediation(control: sdk.Json) -> str | None:
    said = control.get("descriptions") or ()
    given = {each.get("label"): each.get("data") for each in said if isinstance(each, dict)}
    return sdk.text(given.get("fix"))


def _evidence(result: sdk.Json) -> str:
    return "\n".join(sdk.texts([result.get("code_desc"), result.get("message")]))


def _words(tags: dict[str, sdk.Json]) -> list[str]:
    values = (each if isinstance(each, list) else [each] for each in tags.values())
    return [word for value in values for word in value if isinstance(word, str)]
