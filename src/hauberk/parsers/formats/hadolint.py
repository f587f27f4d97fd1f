"""hadolint: the linter of Dockerfiles, with ShellCheck for what they run."""

import re

from hauberk.parsers import sdk

_DOCS = "https://github.com/hadolint/hadolint#cli"
_SEVERITIES: sdk.Scale = {  # https://github.com/hadolint/hadolint#configure: error, warning, info, style
    "error": sdk.Severity.CRITICAL,
    "warning": sdk.Severity.HIGH,
    "info": sdk.Severity.INFO,
    "style": sdk.Severity.INFO,
    "ignore": sdk.Severity.INFO,
}
_WIKI, _SHELLCHECK = "https://github.com/hadolint/hadolint/wiki/", "https://www.shellcheck.net/wiki/"
_RULE = r"(DL|SC)\d{4}"
_LINE = re.compile(
    rf"(?:hadolint:)?(?P<file>.+?):(?P<line>\d+)(?::(?P<column>\d+))?:? (?P<code>{_RULE}) "
    r"(?P<level>error|warning|info|style|ignore): (?P<message>.+)"
)


@sdk.parser(
    id="hadolint-json",
    scanner="hadolint",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.JsonKeys("item.line", "item.file", "item.level", "item.message", values={"item.code": _RULE}),
    items=sdk.JsonItems("item"),
    versions="1 and later, `--format json`",
)
def hadolint(problem: sdk.Json) -> sdk.Findings:
    """`hadolint --format json Dockerfile > hadolint.json`"""
    yield from _problem(problem)


@sdk.parser(
    id="hadolint-checkstyle-xml",
    scanner="hadolint",
    title="hadolint Checkstyle",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.XmlRoot("checkstyle", says=r"""<error [^>]*source=["'](?:DL|SC)\d{4}["']"""),
    items=sdk.XmlElements("file/error"),
    versions="1 and later, `--format checkstyle`",
)
def hadolint_checkstyle(error: sdk.XmlElement) -> sdk.Findings:
    """`hadolint --format checkstyle Dockerfile > hadolint.xml`"""
    file, said = error.getparent(), error.attrib
    path = file.get("name") if file is not None else None
    yield from _problem({"code": said["source"], "level": said.get("severity"), "file": path, **dict(said)})


@sdk.parser(
    id="hadolint-text",
    scanner="hadolint",
    title="hadolint text",
    docs=_DOCS,
    kinds=[sdk.IAC],
    sniff=sdk.TextLines(
        rf"^(?:\x1b\[\d*m)*\S[^\n]*:\d+(?::\d+)?:? (?:\x1b\[[\d;]*m)*{_RULE}(?:\x1b\[[\d;]*m)* \S+: "
    ),
    versions="1.17 and later, `--format tty` and `gnu`",
    may_be_blank=True,
)
def hadolint_text(report: sdk.Report) -> sdk.Findings:
    """`hadolint Dockerfile > hadolint.txt`"""
    for node in report.lines():
        if told := _LINE.fullmatch(sdk.uncoloured(node.value).rstrip()):
            yield from _problem(told.groupdict())


def _problem(problem: sdk.Json) -> sdk.Findings:
    rule = problem["code"]
    wiki = _SHELLCHECK if rule.startswith("SC") else _WIKI
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=problem["message"],
        severity=sdk.severity(problem.get("level"), _SEVERITIES),
        severity_reported=sdk.text(problem.get("level")),
        rule_id=rule,
        locations=(
            sdk.Location(
                path=problem["file"],
                line=sdk.line(problem.get("line")),
                column=sdk.line(problem.get("column")),
            ),
        ),
        references=(wiki + rule,),
    )
