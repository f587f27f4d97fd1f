"""secretlint: secrets in files."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets


@sdk.parser(
    id="secretlint-json",
    scanner="secretlint",
    docs="https://github.com/secretlint/secretlint/blob/master/docs/configuration.md",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("item.filePath", "item.messages", "item.sourceContentType"),
        sdk.JsonKeys(
            "item.filePath", "item.messages.item.loc", values={"item.messages.item.ruleId": ".*secretlint.*"}
        ),
    ),
    items=sdk.JsonItems("item"),
    versions="with and without the files' content, as its versions write it",
)
def secretlint(file: sdk.Json) -> sdk.Findings:
    """`secretlint --format json --output secretlint.json "**/*"`"""
    content = file.get("sourceContent") or ""
    for message in file["messages"]:
        yield _message(file["filePath"], content, message)


def _message(path: str, content: str, message: sdk.Json) -> sdk.ReportedFinding:
    """Columns count from 0 there. The message quotes the secret unless it is masked, so it is no title."""
    rule, kind = message["ruleId"], message.get("messageId")
    start, end = sdk.pick(message, "loc.start") or {}, sdk.pick(message, "loc.end") or {}
    column = sdk.integer(start.get("column"))
    first, last = (sdk.integer(each) or 0 for each in message.get("range") or (0, 0))
    word = sdk.text(message.get("severity"))
    return sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{kind or rule} in {path}",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=f"{rule}/{kind}" if kind else rule,
        rule_name=sdk.text(message.get("ruleParentId")),
        cwes=secrets.CWES,
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(start.get("line")),
                end_line=sdk.line(end.get("line")),
                column=None if column is None else column + 1,
                snippet=secrets.masked(message.get("message")),
            ),
        ),
        references=sdk.urls(message.get("docsUrl")),
        suppression=sdk.suppression(message.get("type") == "ignore", where="inline"),
        secret=secrets.value_of(content[first:last]),
    )
