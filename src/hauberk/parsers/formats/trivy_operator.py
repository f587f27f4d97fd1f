"""Trivy Operator: the reports that it keeps in a Kubernetes cluster."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects.trivy import TargetResult, in_words_of_trivy

_OBJECT = ("kind", "metadata", "report", "status", "spec")
_CHECK = re.compile(r"(?:AVD-)?([A-Z]+)-?0*(\d{1,4})")  # `AVD-KSV-0012` and `KSV012` are one check
_POD_HASH = re.compile(r"-[0-9a-z]{6,10}$")
_LABELS = ("resource.namespace", "resource.kind", "resource.name", "container.name")
_GROUP = r"aquasecurity\.github\.io/.*"


@sdk.parser(
    id="trivy-operator-json",
    scanner="Trivy Operator",
    docs="https://aquasecurity.github.io/trivy-operator/latest/docs/crds/",
    kinds=[sdk.CONTAINER, sdk.IAC, sdk.SECRET],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(values={f"{root}apiVersion": _GROUP})
            for root in ("", "item.", "items.item.", "*.", "*.item.", "*.items.item.")
        )
    ),
    versions="v1alpha1: vulnerability, config audit, RBAC, infra, exposed secret and cluster compliance reports",
)
def trivy_operator(report: sdk.Report) -> sdk.Findings:
    """`kubectl get vulnerabilityreports,configauditreports,exposedsecretreports -A -o json > trivy-operator.json`"""
    single: dict[str, sdk.Json] = {}
    for node in report.json("item", "items.item", "*", *_OBJECT):
        if node.pattern in _OBJECT:
            single[node.pattern] = node.value
        elif isinstance(node.value, dict | list):
            values = node.value if isinstance(node.value, list) else node.value.get("items", [node.value])
            yield from sdk.each(values, _report, node.position)
    if "report" in single or "status" in single:
        yield from report.read_one(sdk.Node("", single, "report", ""), _report)


def _report(item: sdk.Json) -> sdk.Findings:
    labels = item["metadata"].get("labels") or {}
    said = item.get("report") or {}
    where = _resource(labels, item["metadata"])
    yield sdk.ReportHeader(tool_version=sdk.text(sdk.pick(said, "scanner.version")), targets=sdk.texts(where))
    artifact = said.get("artifact") or {}
    image = ":".join(sdk.texts([artifact.get("repository"), artifact.get("tag")])) or None
    found = partial(_vulnerability, where, image, sdk.text(sdk.pick(said, "os.family")))
    yield from sdk.each(said.get("vulnerabilities"), found, "vulnerabilities")
    yield from sdk.each(said.get("secrets"), partial(_secret, where), "secrets")
    yield from sdk.each(said.get("checks"), partial(_check, where, None), "checks")
    for control in sdk.listed(sdk.pick(item, "status.detailReport.results")):
        check = partial(_check, where, control)
        yield from sdk.each(control.get("checks"), check, f"control {control.get('id')}")
    known = {each.get("id"): each for each in sdk.listed(sdk.pick(item, "spec.compliance.controls"))}
    summary = sdk.pick(item, "status.summaryReport.controlCheck")
    yield from sdk.each(summary, partial(_control, known), "summary")


def _resource(labels: sdk.Json, metadata: sdk.Json) -> str | None:
    """Namespace, kind, name and container; a replica set goes by its deployment's name, the hash changes each time."""
    namespace, kind, name, container = (sdk.text(labels.get(f"trivy-operator.{label}")) for label in _LABELS)
    if name and kind == "ReplicaSet":
        name = _POD_HASH.sub("", name)
    return "/".join(sdk.texts([namespace, kind, name, container])) or sdk.text(metadata.get("name"))


def _vulnerability(where: str | None, image: str | None, system: str | None, found: sdk.Json) -> sdk.Findings:
    head = {"Target": found.get("target"), "Type": sdk.text(found.get("packageType")) or system}
    result = TargetResult(head, workload=where, series=where, tags=sdk.texts([image]))
    yield from result.reader("Vulnerabilities")(in_words_of_trivy(found))


def _secret(where: str | None, found: sdk.Json) -> sdk.Findings:
    result = TargetResult({"Target": found.get("target")}, workload=where, series=where)
    yield from result.reader("Secrets")(in_words_of_trivy(found))


def _check(where: str | None, control: sdk.Json, check: sdk.Json) -> sdk.Findings:
    if check.get("success") is True or not check["checkID"]:
        return
    identifier = _CHECK.fullmatch(check["checkID"])
    place = sdk.text(check.get("target")) or where
    messages = sdk.texts(check.get("messages") or ())
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.text(check.get("title")) or check["checkID"],
        severity=sdk.severity(check.get("severity")),
        severity_reported=sdk.text(check.get("severity")),
        rule_id=check["checkID"],
        rule_name=f"{control.get('id')} {control.get('name')}" if control else sdk.text(check.get("title")),
        description=sdk.paragraphs(*messages, check.get("description")),
        remediation=sdk.text(check.get("remediation")),
        identifiers=(f"AVD-{identifier[1]}-{int(identifier[2]):04}",) if identifier else (),
        locations=(sdk.Location(resource=place, evidence="\n".join(messages) or None),),
        references=(f"https://avd.aquasec.com/misconfig/{check['checkID'].lower()}",),
        tags=sdk.texts([check.get("category")]),
        target=where,
    )


def _control(controls: dict[str, sdk.Json], found: sdk.Json) -> sdk.Findings:
    if not sdk.integer(found.get("totalFail")):
        return
    about = controls.get(found["id"], {})
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["name"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=found["id"],
        description=sdk.paragraphs(about.get("description"), f"{found['totalFail']} resources fail."),
        identifiers=sdk.identifiers([check.get("id") for check in sdk.listed(about.get("checks"))]),
    )
