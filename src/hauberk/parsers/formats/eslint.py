"""ESLint: problems in JavaScript and TypeScript, with those that a comment silences."""

from hauberk.parsers import sdk

# https://eslint.org/docs/latest/use/configure/rules#rule-severities
_SEVERITIES: sdk.Scale = {"2": sdk.Severity.HIGH, "1": sdk.Severity.MEDIUM}


@sdk.parser(
    id="eslint-json",
    scanner="ESLint",
    docs="https://eslint.org/docs/latest/use/formatters/#json",
    kinds=[sdk.SAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.filePath", "item.messages", "item.errorCount"),
        sdk.JsonKeys("results.item.filePath", "results.item.messages", "results.item.errorCount"),
    ),
    versions="the formatters json and json-with-metadata, all versions",
)
def eslint(report: sdk.Report) -> sdk.Findings:
    """`eslint --format json --output-file eslint.json .`, or `--format json-with-metadata`"""
    yield from report.read(report.json("item", "results.item"), _file)


def _file(file: sdk.Json) -> sdk.Findings:
    lines = (sdk.text(file.get("source")) or "").splitlines()
    for message in (*file["messages"], *(file.get("suppressedMessages") or ())):
        if message.get("fatal") is True:
            yield sdk.ItemProblem(position=str(file["filePath"]), reason=f"ESLint: {message.get('message')}")
            continue
        line, end = sdk.line(message.get("line")), sdk.line(message.get("endLine"))
        silenced = message.get("suppressions") or ()
        reasons = sdk.texts([each.get("justification") for each in silenced])
        yield sdk.ReportedFinding(
            kind=sdk.SAST,
            title=message["message"],
            severity=sdk.severity(message.get("severity"), _SEVERITIES),
            severity_reported=sdk.text(message.get("severity")),
            rule_id=sdk.text(message.get("ruleId")),
            locations=(
                sdk.Location(
                    path=file.get("filePath"),
                    line=line,
                    end_line=end,
                    column=sdk.line(message.get("column")),
                    snippet=sdk.text("\n".join(lines[line - 1 : end or line])) if line else None,
                ),
            ),
            suppression=sdk.suppression(silenced, where="inline", justification="\n".join(reasons)),
        )
