"""Checkstyle's XML, which linters of many languages write as well: whose report it is, the sources of its errors tell."""

import re

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://checkstyle.org/property_types.html#SeverityLevel
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "info": sdk.Severity.INFO,
    "ignore": sdk.Severity.INFO,
}
_SNIFFS = r"(?:Generic|PSR\d+|Squiz|PEAR|Zend|MySource|WordPress[\w-]*|SlevomatCodingStandard|Drupal\w*)\."
_WRITERS = [  # how the sources of a tool begin; before `(?=` what it puts in front of its rule's own name
    (re.compile(r"(?=com\.puppycrawl\.)"), "Checkstyle"),
    (re.compile(r"ShellCheck\.?"), "ShellCheck"),
    (re.compile(r"eslint\.rules\."), "ESLint"),
    (re.compile(r"detekt\."), "detekt"),
    (re.compile(r"swiftlint\.rules\."), "SwiftLint"),
    (re.compile(r"failure\.tslint\."), "TSLint"),
    (re.compile(r"(?=org\.scalastyle\.)"), "Scalastyle"),
    (re.compile(r"(?=PHPCS_SecurityAudit\.)"), "phpcs-security-audit"),
    (re.compile(rf"(?={_SNIFFS})"), "PHP_CodeSniffer"),
]
_CHECK = re.compile(
    r"com\.puppycrawl\.tools\.checkstyle\.checks\.(?:(?P<group>\w+)\.)?(?P<name>\w+?)(?:Check)?"
)
_PAGES = {
    "ShellCheck": "https://www.shellcheck.net/wiki/{}",
    "ESLint": "https://eslint.org/docs/latest/rules/{}",
    "SwiftLint": "https://realm.github.io/SwiftLint/{}.html",
}
_HADOLINT = r"""<error [^>]*source=["'](?:DL|SC)\d{4}["']"""


@sdk.parser(
    id="checkstyle-xml",
    scanner="Checkstyle",
    title="Checkstyle XML",
    docs="https://checkstyle.org/config.html",
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("checkstyle", says=rf"(?s)\A(?!.*{_HADOLINT})"),  # which has a format of its own
    versions="also of ESLint, ShellCheck, PHP_CodeSniffer, detekt, SwiftLint and whatever else writes it",
)
def checkstyle(report: sdk.Report) -> sdk.Findings:
    """`java -jar checkstyle.jar -c /google_checks.xml -f xml -o checkstyle.xml src`, `shellcheck -f checkstyle`, …"""
    writers = (_writer(sdk.text(node.value.get("source")) or "")[0] for node in report.xml("file/error"))
    yield sdk.ReportHeader(scanner=next((name for name in writers if name), None))
    yield from report.read(report.xml("file/error", "file/exception"), _entry)


def _entry(entry: sdk.XmlElement) -> sdk.Findings:
    path = next(entry.iterancestors("file")).get("name", "")
    source, message = sdk.text(entry.get("source")), sdk.text(entry.get("message"))
    if sdk.local_name(entry.tag) == "exception" or source == "ShellCheck":  # it could not read the file
        told = message or (sdk.text(entry.text) or "").partition("\n")[0]
        yield sdk.ItemProblem(position=path, reason=f"Not checked: {told}")
        return
    writer, rule = _writer(source or "")
    word, check = sdk.text(entry.get("severity")), _CHECK.fullmatch(source or "")
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=message or "",
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule or None,
        rule_name=check["name"] if check else None,
        locations=(
            sdk.Location(path=path, line=sdk.line(entry.get("line")), column=sdk.line(entry.get("column"))),
        ),
        references=_pages(writer, rule, check),
    )


def _writer(source: str) -> tuple[str | None, str]:
    """The tool, where the source tells it, and its own name of the rule."""
    for begins, name in _WRITERS:
        if match := begins.match(source):
            return name, source[match.end() :]
    return None, source


def _pages(writer: str | None, rule: str, check: re.Match[str] | None) -> tuple[str, ...]:
    if check:
        group = check["group"] if check["group"] not in (None, "indentation") else "misc"
        return (f"https://checkstyle.org/checks/{group}/{check['name'].lower()}.html",)
    page = _PAGES.get(writer or "")
    return (page.format(rule),) if page and rule and "/" not in rule else ()  # `react/…` is a plug-in's
