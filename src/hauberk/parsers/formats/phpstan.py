"""PHPStan: mistakes in PHP."""

from functools import partial

from hauberk.parsers import sdk


@sdk.parser(
    id="phpstan-json",
    scanner="PHPStan",
    docs="https://phpstan.org/user-guide/output-format",
    kinds=[sdk.SAST],
    sniff=sdk.JsonKeys("totals.errors", "totals.file_errors", "files"),
    versions="1 and 2, `--error-format=json` and `prettyJson`",
)
def phpstan(report: sdk.Report) -> sdk.Findings:
    """`phpstan analyse --error-format=json src > phpstan.json`"""
    for node in report.json("files.*", "errors.item"):
        if node.pattern == "files.*":
            yield from report.read_one(node, partial(_file, str(node.key)))
        elif reason := sdk.text(node.value):
            yield sdk.ItemProblem(position="errors", reason=f"PHPStan: {reason[:200]}")


def _file(key: str, file: sdk.Json) -> sdk.Findings:
    path, _, context = key.partition(" (in context of ")  # a trait is checked in each class that uses it
    yield from sdk.each(file["messages"], partial(_message, path, context.rstrip(")")), "messages")


def _message(path: str, context: str, message: sdk.Json) -> sdk.Findings:
    rule = sdk.text(message.get("identifier"))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=message["message"],
        severity=sdk.Severity.MEDIUM,  # PHPStan rates nothing
        rule_id=rule,
        description=f"In the context of {context}" if context else None,
        remediation=sdk.text(message.get("tip")),
        locations=(sdk.Location(path=path, line=sdk.line(message.get("line"))),),
        references=(f"https://phpstan.org/error-identifiers/{rule}",) if rule else (),
    )
