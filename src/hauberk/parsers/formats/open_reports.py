"""OpenReports and Kubernetes policy reports: what Kyverno, image scanners and others leave in a cluster."""

from functools import partial

from hauberk.parsers import sdk

_OBJECT = ("kind", "metadata", "scope", "results", "source")
_GROUP = r"(openreports\.io|wgpolicyk8s\.io|reports\.x-k8s\.io)/.*"
# What a result is that its policy does not rate
_FAILED = {"fail": sdk.Severity.HIGH, "warn": sdk.Severity.MEDIUM, "error": sdk.Severity.HIGH}


@sdk.parser(
    id="open-reports-json",
    scanner="OpenReports",
    docs="https://openreports.io",
    kinds=[sdk.IAC, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(values={f"{root}apiVersion": _GROUP}) for root in ("", "item.", "items.item."))
    ),
    versions="openreports.io/v1alpha1, wgpolicyk8s.io/v1alpha1 to v1beta1",
)
def open_reports(report: sdk.Report) -> sdk.Findings:
    """`kubectl get reports,clusterreports -A -o json > reports.json`, `kubectl get policyreports -A -o json`"""
    single: dict[str, sdk.Json] = {}
    for node in report.json("item", "items.item", *_OBJECT):
        if node.pattern not in _OBJECT:
            yield from report.read_one(node, _report)
        else:
            single[node.pattern] = node.value
    if single.get("kind") != "List":
        yield from report.read_one(sdk.Node("", single, "report", ""), _report)


def _report(item: sdk.Json) -> sdk.Findings:
    namespace = sdk.text(item["metadata"].get("namespace"))
    scope = item.get("scope") or {}
    yield from sdk.each(
        item.get("results"), partial(_result, namespace, scope, item.get("source")), "results"
    )


def _address(namespace: str | None, subject: sdk.Json) -> str | None:
    kind, name = sdk.text(subject.get("kind")), sdk.text(subject.get("name"))
    return "/".join(sdk.texts([subject.get("namespace") or namespace, kind, name])) if name else None


def _result(namespace: str | None, scope: sdk.Json, source: sdk.Json, found: sdk.Json) -> sdk.Findings:
    outcome = found.get("result") or found.get("status")
    if outcome not in _FAILED:
        return
    said = found.get("properties") or {}
    subjects = found.get("resources") or found.get("subjects") or [scope]
    rule = "/".join(sdk.texts([found["policy"], found.get("rule")]))
    package = sdk.text(said.get("pkgName"))
    component = sdk.Component(
        name=package or "",
        version=sdk.text(said.get("installedVersion")),
        fixed_versions=sdk.parts(said.get("fixedVersion")),
    )
    identifiers = sdk.identifiers(found["policy"], found.get("rule"))
    message = sdk.first(found.get("message"), found.get("description")) or rule
    word = sdk.text(found.get("severity"))
    for subject in subjects:
        address = _address(namespace, subject)
        yield sdk.ReportedFinding(
            kind=sdk.CONTAINER if package and identifiers else sdk.IAC,
            title=message.partition("\n")[0],
            severity=sdk.severity(word) if word else _FAILED[outcome],
            severity_reported=word or outcome,
            rule_id=rule,
            description=message,
            identifiers=identifiers,
            locations=(sdk.Location(resource=address, evidence=message),),
            components=(component,) if package else (),
            references=sdk.urls(said.get("primaryURL")),
            tags=sdk.texts([found.get("category"), found.get("source") or source]),
            target=address,
            found_at=sdk.timestamp(sdk.pick(found, "timestamp.seconds")),
        )
