"""actionlint: mistakes in GitHub Actions' workflows, with ShellCheck and Pyflakes for the scripts in them."""

import re

from hauberk.parsers import sdk

_CHECKS = "https://github.com/rhysd/actionlint/blob/main/docs/checks.md"
_SHELLCHECK = re.compile(
    r"shellcheck reported issue in this script: (?P<rule>SC\d+):(?P<level>\w+):\d+:\d+: (?P<message>.+)",
    re.DOTALL,
)
_LEVELS: sdk.Scale = {  # ShellCheck's, as its own Code Climate report ranks them
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.LOW,
    "style": sdk.Severity.INFO,
}
_LOOK = ("message", "filepath", "line", "column", "kind")


@sdk.parser(
    id="actionlint-json",
    scanner="actionlint",
    docs="https://github.com/rhysd/actionlint/blob/main/docs/usage.md#format-error-messages",
    kinds=[sdk.IAC],
    sniff=sdk.JsonLineKeys(*_LOOK),
    items=sdk.JsonLines(),
    versions="1.4 and later, `-format '{{json .}}'` and JSON Lines",
)
def actionlint(error: sdk.Json) -> sdk.Findings:
    """`actionlint -format '{{json .}}' > actionlint.json`"""
    message, kind, path = error["message"], sdk.text(error.get("kind")), sdk.text(error.get("filepath"))
    script = _SHELLCHECK.fullmatch(message) if kind == "shellcheck" else None
    level = script["level"] if script else None
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=script["message"] if script else message,
        severity=sdk.severity(level, _LEVELS) if level else sdk.Severity.MEDIUM,  # actionlint rates nothing
        severity_reported=level,
        rule_id=script["rule"] if script else kind,
        locations=(
            sdk.Location(
                path=None if path == "<stdin>" else path,
                line=sdk.line(error.get("line")),
                column=sdk.line(error.get("column")),
                snippet=_quoted(error.get("snippet")) if kind != "credentials" else None,  # a password
            ),
        ),
        references=(f"https://www.shellcheck.net/wiki/{script['rule']}" if script else _CHECKS,),
    )


def _quoted(snippet: sdk.Json) -> str | None:
    """The line, without what underlines a part of it."""
    return sdk.text((sdk.text(snippet) or "").partition("\n")[0])
