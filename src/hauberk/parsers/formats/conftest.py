"""Conftest: configuration files that break a policy written in Rego."""

from hauberk.parsers import sdk

# `deny` and `violation` fail, `warn` warns: https://www.conftest.dev/#evaluating-policies
_OUTCOMES = (
    ("failures", sdk.Severity.HIGH),
    ("warnings", sdk.Severity.MEDIUM),
    ("exceptions", sdk.Severity.HIGH),
)
_EXCEPTION = sdk.Suppression(where="inline", justification="an exception of the policy")


@sdk.parser(
    id="conftest-json",
    scanner="Conftest",
    docs="https://www.conftest.dev/options/#--output",
    kinds=[sdk.IAC],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.filename", "item.namespace", "item.successes"),
        sdk.JsonKeys("item.filename", "item.failures", "item.warnings"),
        sdk.JsonKeys("item.filename", "item.Failures", "item.Warnings"),
    ),
    items=sdk.JsonItems("item"),
    versions="results by file, of objects as today and of texts as early versions write them",
)
def conftest(file: sdk.Json) -> sdk.Findings:
    """`conftest test --output json deployment.yaml > conftest.json`"""
    for outcome, severity in _OUTCOMES:
        for said in file.get(outcome) or file.get(outcome.title()) or ():
            result: sdk.Json = {"msg": said} if isinstance(said, str) else said  # as early versions write it
            meta = result.get("metadata") or {}
            message = result["msg"]
            rule = sdk.first(*(meta.get(name) for name in ("id", "code", "query")))
            word = sdk.text(meta.get("severity"))
            yield sdk.ReportedFinding(
                kind=sdk.IAC,
                title=message.partition("\n")[0],
                severity=sdk.severity(word) if word else severity,
                severity_reported=word or outcome.removesuffix("s"),
                rule_id=rule,
                description=message if "\n" in message else None,
                locations=(sdk.Location(path=file.get("filename"), symbol=message.partition("\n")[0]),),
                references=sdk.urls(meta.get("url")),
                tags=sdk.texts(file.get("namespace")),
                suppression=_EXCEPTION if outcome == "exceptions" else None,
            )
