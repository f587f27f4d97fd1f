"""Kubescape before version 2: frameworks of controls, each with what its rules say of which objects."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk

_CONTROLS = "controlReports.item"
_ROOTS = ("", "item.", "frameworks.item.")


@sdk.parser(
    id="kubescape-json-v1",
    scanner="Kubescape",
    title="Kubescape (before 2)",
    docs="https://kubescape.io/docs/scanning/",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(*(sdk.JsonKeys(f"{root}name", f"{root}{_CONTROLS}.ruleReports") for root in _ROOTS)),
    versions="1 and `--format-version v1`",
)
def kubescape_v1(report: sdk.Report) -> sdk.Findings:
    """`kubescape scan framework nsa --format json --output kubescape.json`"""
    for node in report.json(*(root + _CONTROLS for root in _ROOTS)):
        yield from report.read_one(node, _control)


def _control(control: sdk.Json) -> sdk.Findings:
    for rule in control["ruleReports"] or ():
        answers = rule.get("ruleResponses") or ()
        yield from sdk.each(answers, partial(_answer, control, rule), "ruleResponses")


def _answer(control: sdk.Json, rule: sdk.Json, answer: sdk.Json) -> sdk.Findings:
    objects = list(_objects(answer.get("alertObject") or {}))
    rating = sdk.text(control.get("baseScore") or answer.get("alertScore"))
    known = sdk.first(control.get("controlID"), control.get("id"))
    excepted = answer.get("exception") or answer.get("ruleStatus") in ("warning", "ignore")
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=control["name"],
        severity=sdk.severity_of_score(rating),
        severity_reported=rating,
        rule_id=known or control["name"],
        rule_name=control["name"],
        description=sdk.paragraphs(answer.get("alertMessage"), control.get("description")),
        remediation=sdk.first(rule.get("remediation"), control.get("remediation")),
        locations=tuple(sdk.Location(resource=each) for each in objects),
        components=tuple(sdk.Component(name=each) for each in objects[:1]),
        references=(f"https://kubescape.io/docs/controls/{known.lower()}/",) if known else (),
        tags=sdk.texts(rule.get("name")),
        suppression=sdk.suppression(excepted),
    )


def _objects(alert: sdk.Json) -> Iterator[str]:
    for each in (*(alert.get("k8sApiObjects") or ()), alert.get("externalObjects") or {}):
        about = each.get("metadata") or each
        named = (each.get("apiVersion"), about.get("namespace"), each.get("kind"), about.get("name"))
        if any(named):
            yield "/".join(sdk.texts(list(named)))
