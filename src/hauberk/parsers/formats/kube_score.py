"""kube-score: how reliable and secure Kubernetes manifests are, by grades."""

from functools import partial

from hauberk.parsers import sdk

_WORDS = {1: "CRITICAL", 5: "WARNING", 7: "OK"}  # as it prints grades, of 10 that are all OK
_SEVERITIES: sdk.Scale = {  # https://github.com/zegl/kube-score/blob/master/scorecard/scorecard.go
    "critical": sdk.Severity.CRITICAL,
    "warning": sdk.Severity.MEDIUM,
    "ok": sdk.Severity.INFO,  # almost
}
_ALL_OK = 10
_CHECKS = "https://github.com/zegl/kube-score/blob/master/README_CHECKS.md"


@sdk.parser(
    id="kube-score-json",
    scanner="kube-score",
    docs="https://github.com/zegl/kube-score#configuration",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.object_name", "item.type_meta", "item.object_meta", later=("item.checks",)),
        sdk.JsonKeys("*.TypeMeta", "*.ObjectMeta", later=("*.Checks",)),
    ),
    versions="1.x, `--output-format json` in both versions of it (`--output-version v2` and v1)",
)
def kube_score(report: sdk.Report) -> sdk.Findings:
    """`kube-score score --output-format json *.yaml > kube-score.json`"""
    yield from report.read(report.json("item", "*"), _manifest)


def _manifest(manifest: sdk.Json) -> sdk.Findings:
    if "TypeMeta" in manifest:
        manifest = _of_first_version(manifest)
    yield from sdk.each(manifest.get("checks"), partial(_check, manifest), "checks")


def _of_first_version(manifest: sdk.Json) -> sdk.Json:
    """It has the names of kube-score's own structures, and the Kubernetes ones as they are."""
    checks = [
        {
            **_lowered(each),
            "check": _lowered(each.get("Check")),
            "comments": _all_lowered(each.get("Comments")),
        }
        for each in sdk.listed(manifest.get("Checks"))
    ]
    return {"type_meta": manifest["TypeMeta"], "object_meta": manifest.get("ObjectMeta"), "checks": checks}


def _lowered(said: sdk.Json) -> sdk.Json:
    return {name.lower(): value for name, value in (said or {}).items()}


def _all_lowered(said: sdk.Json) -> sdk.Json:
    return [_lowered(each) for each in sdk.listed(said)]


def _check(manifest: sdk.Json, scored: sdk.Json) -> sdk.Findings:
    """Each comment is about a container, or whatever else its path names; a check that was skipped says nothing."""
    grade = sdk.integer(scored["grade"])
    if scored.get("skipped") is True or grade is None or grade >= _ALL_OK:
        return
    comments = sdk.listed(scored.get("comments")) or [{}]
    yield from sdk.each(comments, partial(_finding, manifest, scored["check"], grade), "comments")


def _finding(manifest: sdk.Json, check: sdk.Json, grade: int, comment: sdk.Json) -> sdk.Findings:
    word = _WORDS.get(grade)
    resource = _resource(manifest)
    within = sdk.text(comment.get("path"))
    name = sdk.text(check.get("name"))
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=sdk.first(comment.get("summary"), name) or "",
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word or str(grade),
        rule_id=sdk.text(check.get("id")),
        rule_name=name,
        description=sdk.paragraphs(check.get("comment"), comment.get("description")),
        locations=(
            sdk.Location(
                path=sdk.text(manifest.get("file_name")),
                line=sdk.line(manifest.get("file_row")),
                resource="/".join(sdk.texts([resource, within])) or None,
            ),
        ),
        components=(sdk.Component(name=resource),) if resource else (),
        references=sdk.urls(comment.get("documentation_url"), _CHECKS),
    )


def _resource(manifest: sdk.Json) -> str | None:
    """`Deployment/shop/till`; what has no name is called as kube-score calls it."""
    kind, named = sdk.pick(manifest, "type_meta.kind"), sdk.pick(manifest, "object_meta.name")
    if not named:
        return sdk.text(manifest.get("object_name"))
    return "/".join(sdk.texts([kind, sdk.pick(manifest, "object_meta.namespace"), named]))
