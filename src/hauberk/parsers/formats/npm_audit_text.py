"""npm audit for people: what npm 7 and later print, a paragraph for each package."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import npm_audits

_PACKAGE = re.compile(r"(?P<indent> *)(?P<name>(?:@[\w.~-]+/)?[\w.~-]+)  (?P<range>\S.*)")
_SEVERITY = re.compile(r"Severity: (\w+)")
_ADVISORY = re.compile(r"(?P<title>\S.*) - (?P<url>https?://\S+)")
_INSTALLS = re.compile(r"Will install (?P<name>\S+)@(?P<version>[^@,\s]+), which is (?P<how>.+)")
_CAUSE = re.compile(r"Depends on vulnerable versions of (\S+)")
_FOLDER = re.compile(r"(?:\S*/)?node_modules/\S+")


@sdk.parser(
    id="npm-audit-text",
    scanner="npm audit",
    title="npm audit text",
    docs="https://docs.npmjs.com/cli/commands/npm-audit",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^(?:# )?npm audit report\s*$", r"^Severity: \w+|^\S.* - https?://\S+/advisories/"),
        sdk.TextLines(r"\A\s*found 0 vulnerabilities\s*\Z"),
    ),
    versions="npm 7 and later",
)
def npm_audit_text(report: sdk.Report) -> sdk.Findings:
    """`npm audit > npm-audit.txt`"""
    package: dict[str, sdk.Json] | None = None
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        named = _PACKAGE.fullmatch(line)
        if package is not None and (named or not line):
            yield from npm_audits.findings(package)
            package = None
        if named:
            # npm leaves the severity out where it is low, and tells it once: what depends on the package has no own
            severity = "low" if not named["indent"] else None
            package = {**named.groupdict(), "severity": severity, "via": [], "nodes": []}
        elif package is not None:
            _add(package, line.strip())
    if package is not None:
        yield from npm_audits.findings(package)


def _add(package: dict[str, sdk.Json], line: str) -> None:
    if severity := _SEVERITY.fullmatch(line):
        package["severity"] = severity[1]
    elif advisory := _ADVISORY.fullmatch(line):
        told = {"range": package["range"], "severity": package["severity"]}
        package["via"].append({**advisory.groupdict(), **told})
    elif cause := _CAUSE.fullmatch(line):
        package["via"].append(cause[1])
    elif line == "fix available via `npm audit fix`":
        package["fixAvailable"] = True
    elif installs := _INSTALLS.fullmatch(line):
        is_breaking = "breaking" in installs["how"]
        package["fixAvailable"] = {**installs.groupdict(), "isSemVerMajor": is_breaking}
    elif _FOLDER.fullmatch(line):
        package["nodes"].append(line)
