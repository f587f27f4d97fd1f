"""ORT (OSS Review Toolkit): violated rules and known vulnerabilities of packages."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

# https://oss-review-toolkit.org/ort/docs/configuration/evaluator-rules: of a rule that is violated
_SEVERITIES: sdk.Scale = {
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "hint": sdk.Severity.LOW,
}
_PARTS = ("packages.item.id", "packages.item.purl", "packages.item.definition_file_path", "licenses.item.id")
Named = dict[str, dict[str, sdk.Json]]


@sdk.parser(
    id="ort-evaluated-model-json",
    scanner="ORT",
    docs="https://oss-review-toolkit.org/ort/docs/plugins/reporters/EvaluatedModel",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("scope_excludes", "packages.item.definition_file_path", later=("rule_violations",)),
        sdk.JsonKeys("scope_excludes", "copyrights", "path_excludes", later=("rule_violations",)),
    ),
    versions="the evaluated model",
)
def ort(report: sdk.Report) -> sdk.Findings:
    """`ort report -f EvaluatedModel -i evaluation-result.yml -o .`; what a resolution settles is none of its findings"""
    named: Named = {}  # what violations and vulnerabilities point to by number: the number is the place in the list
    for node in report.json(*_PARTS):
        named.setdefault(node.container, {})[str(node.key)] = node.value
    yield from report.read(report.json("rule_violations.item"), partial(_violation, named))
    yield from report.read(report.json("vulnerabilities.item"), partial(_vulnerability, named))


def _component(named: Named, index: sdk.Json) -> sdk.Component:
    """`Maven:org.apache.commons:commons-text:1.1`"""
    package = named.get(f"packages[{index}]") or {}
    _, namespace, name, version, *_ = [*str(package.get("id") or "").split(":"), "", "", "", ""]
    return sdk.Component(
        name=":".join(part for part in (namespace, name) if part) or "unknown package",
        version=version or None,
        purl=sdk.text(package.get("purl")),
        path=sdk.text(package.get("definition_file_path")),
    )


def _violation(named: Named, said: sdk.Json) -> sdk.Findings:
    if said.get("resolutions"):
        return
    component, word = _component(named, said.get("pkg")), sdk.text(said.get("severity"))
    licence = sdk.text(sdk.pick(named.get(f"licenses[{said.get('license')}]"), "id"))
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"{said['rule']}: {said['message']}",
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=said["rule"],
        description=sdk.text(said["message"]),
        remediation=sdk.text(said.get("how_to_fix")),
        locations=(sdk.Location(path=component.path),) if component.path else (),
        components=(component,),
        tags=sdk.texts([licence, said.get("license_source")]),
    )


def _vulnerability(named: Named, said: sdk.Json) -> sdk.Findings:
    if said.get("resolutions"):
        return
    component, references = _component(named, said.get("pkg")), said.get("references") or ()
    cvss = sdk.assessments(*((each.get("vector"), each.get("score")) for each in references))
    scores = [each.score for each in cvss if each.score]
    word = sdk.first(*(each.get("severity") for each in references))
    rated = sdk.severity(word)
    summary = sdk.text(said.get("summary")) or said["id"]
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(summary, component.name, component.version),
        severity=sdk.severity_of_score(max(scores, default=None)) if rated is sdk.Severity.UNKNOWN else rated,
        severity_reported=word,
        rule_id=said["id"],
        description=sdk.text(said.get("description")),
        identifiers=sdk.identifiers(said["id"]) or sdk.texts(said["id"]),
        cvss=cvss,
        components=(component,),
        references=sdk.urls([each.get("url") for each in references]),
    )
