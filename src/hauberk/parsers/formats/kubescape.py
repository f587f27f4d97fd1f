"""Kubescape: clusters, manifests and charts against NSA, MITRE, CIS and its own controls."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from hauberk.parsers import sdk

_FLOORS: sdk.Floors = (  # https://github.com/kubescape/opa-utils: a control's score factor
    (9.0, sdk.Severity.CRITICAL),
    (7.0, sdk.Severity.HIGH),
    (4.0, sdk.Severity.MEDIUM),
    (1.0, sdk.Severity.LOW),
)
_CONTROLS, _RESULTS, _RESOURCES = "summaryDetails.controls.*", "results.item", "resources.item"


@sdk.parser(
    id="kubescape-json",
    scanner="Kubescape",
    docs="https://kubescape.io/docs/scanning/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(
            "generationTime", "clusterCloudProvider", "reportGUID", later=("summaryDetails", "results")
        ),
        sdk.JsonKeys("generationTime", "summaryDetails.controls", "results"),
    ),
    versions="2 and 3 (`--format-version v2`)",
)
def kubescape(report: sdk.Report) -> sdk.Findings:
    """`kubescape scan --format json --format-version v2 --output kubescape.json`"""
    controls: dict[str | int, sdk.Json] = {}
    files: dict[str, str | None] = {}
    for node in report.json(_CONTROLS, _RESOURCES, "generationTime", "clusterName"):
        if node.pattern == _CONTROLS:
            controls[node.key] = node.value
        elif node.pattern == _RESOURCES:
            files[str(node.value.get("resourceID"))] = _file(node.value)
        elif node.pattern == "generationTime":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            yield sdk.ReportHeader(asset=sdk.text(node.value))
    results = report.json(_RESULTS)
    first = next(results, None)
    if first is not None:
        yield from report.read(chain((first,), results), partial(_result, controls, files))
    elif any(map(_failed_somewhere, controls.values())):
        # Where nothing was scanned the tool writes null for the list; but then nothing failed.
        raise sdk.ReportError("schema_mismatch", "The report has no list “results”, though controls failed.")


def _failed_somewhere(control: sdk.Json) -> bool:
    return "failed" in (control.get("status"), sdk.pick(control, "statusInfo.status"))


def _file(resource: sdk.Json) -> str | None:
    named = sdk.first(sdk.pick(resource, "source.relativePath"), sdk.pick(resource, "object.sourcePath"))
    return named.rpartition(":")[0] if named and named.rpartition(":")[2].isdigit() else named


def _result(
    controls: dict[str | int, sdk.Json], files: dict[str, str | None], result: sdk.Json
) -> sdk.Findings:
    resource = result["resourceID"]
    failed = filter(_control_has_failed, result.get("controls") or ())
    for control in failed:
        identifier = control["controlID"]
        about = controls.get(identifier, {})
        word, factor = sdk.text(control.get("severity")), sdk.number(about.get("scoreFactor"))
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=control["name"],
            severity=sdk.severity(word) if word else sdk.severity_of_points(factor, _FLOORS),
            severity_reported=sdk.text(factor),
            rule_id=identifier,
            rule_name=control["name"],
            remediation="\n".join(_fixes(control)) or None,
            locations=(
                sdk.Location(
                    path=files.get(resource),
                    resource=resource,
                    evidence="\n".join(_failures(control)) or None,
                ),
            ),
            components=(sdk.Component(name=resource),),
            references=(f"https://kubescape.io/docs/controls/{identifier.lower()}/",),
            tags=sdk.texts([sdk.pick(about, "category.name")]),
        )


def _has_failed(rule: sdk.Json) -> bool:
    return sdk.text(rule.get("status")) == "failed"


def _control_has_failed(control: sdk.Json) -> bool:
    """By its rules, which say more; where it comes without them, by its own word."""
    rules = control.get("rules")
    return any(map(_has_failed, rules)) if rules else sdk.pick(control, "status.status") == "failed"


def _paths(control: sdk.Json) -> Iterator[sdk.Json]:
    for rule in filter(_has_failed, control.get("rules") or ()):
        yield from rule.get("paths") or ()


def _failures(control: sdk.Json) -> Iterator[str]:
    for path in _paths(control):
        yield from sdk.texts([path.get("failedPath"), path.get("reviewPath"), path.get("deletePath")])


def _fixes(control: sdk.Json) -> Iterator[str]:
    for path in _paths(control):
        fix = path.get("fixPath") or {}
        if fix.get("path"):
            yield f"{fix['path']}: {fix.get('value')}"
