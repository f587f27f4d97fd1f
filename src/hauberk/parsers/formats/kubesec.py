"""Kubesec: how Kubernetes manifests are secured, by points."""

from functools import partial

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://kubesec.io: critical takes points away, advise names points not earned
    "critical": sdk.Severity.CRITICAL,
    "advise": sdk.Severity.LOW,
}


@sdk.parser(
    id="kubesec-json",
    scanner="Kubesec",
    docs="https://github.com/controlplaneio/kubesec#example-output",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.object", "item.valid", "item.score", "item.message"),
        sdk.JsonKeys("item.score", "item.scoring.critical.item.selector"),
        sdk.JsonKeys("item.score", "item.scoring.advise.item.selector"),
        sdk.JsonKeys("score", "scoring.critical"),
        sdk.JsonKeys("score", "scoring.advise"),
    ),
    versions="1 and 2, `-o json`",
)
def kubesec(report: sdk.Report) -> sdk.Findings:
    """`kubesec scan deployment.yaml > kubesec.json`; of version 1 one object alone"""
    yield from report.read(report.json("" if report.is_object else "item"), _manifest)


def _manifest(manifest: sdk.Json) -> sdk.Findings:
    scoring = manifest.get("scoring") or {}
    for word in _SEVERITIES:
        yield from sdk.each(scoring.get(word), partial(_finding, manifest, word), f"scoring.{word}")


def _finding(manifest: sdk.Json, word: str, advice: sdk.Json) -> sdk.Findings:
    selector = sdk.text(advice.get("selector"))
    resource = sdk.text(manifest.get("object"))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.first(advice.get("reason"), advice.get("id"), selector) or "",
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=sdk.text(advice.get("id")) or selector,
        locations=(
            sdk.Location(path=sdk.text(manifest.get("fileName")), resource=resource, evidence=selector),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=("https://kubesec.io/basics/",),
    )
