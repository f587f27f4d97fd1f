"""Snyk for people: what `snyk test` and `snyk container test` print, of one project or several one after another."""

import re
from collections import defaultdict

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_BEGIN = re.compile(r"Testing \S.*\.\.\.")
_DETAIL = re.compile(
    r"(?P<name>Organization|Package manager|Target file|Project name|Docker image|Licenses): +(?P<value>\S.*)"
)
_FIX = re.compile(r"(?P<how>Upgrade|Pin) \S+@\S+ to (?P<to>\S+@\S+) to fix")
_ISSUE = re.compile(
    r"\S{1,3} (?P<title>\S.*?)(?: \(new\))? \[(?P<word>\w+) Severity\](?: ?\(\w+\))?(?:\[(?P<info>[^\]\s]+)\])?"
    r" in (?P<package>\S+)"
)
_HEADED = re.compile(r"\S{1,3} (?P<word>\w+) severity (?:vulnerability|issue) found in (?P<package>\S.*)")
_SAID = re.compile(
    r"(Description|Info|From|Fixed in|introduced by|This issue was fixed in versions):? (\S.*)"
)
_REMEDY = re.compile(r"Upgrade direct dependency \S+ to (?P<to>[^\s,]+).*")
_SECTION = re.compile(r"(?:Issues|License issues).*:")
_OTHER_PATHS = re.compile(r" and \d+ other path\(s\).*")


@sdk.parser(
    id="snyk-text",
    scanner="Snyk",
    title="Snyk text",
    docs="https://docs.snyk.io/snyk-cli/commands/test",
    kinds=[sdk.SCA, sdk.CONTAINER],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^ *\S{1,9} \w+ severity (?:vulnerability|issue) found in ", r"^ *From: \S+@"),
        sdk.TextLines(r"^ *\S{1,9} \S.* \[\w+ Severity\].{0,400} in \S+@\S", r"^ *Test(?:ing|ed) \S+"),
        sdk.TextLines(
            r"^ *\S{1,9} Tested \S.* for known (?:issues|vulnerabilities), no vulnerable paths found",
            r"^ *(?:Testing \S|Organization: )",
        ),
    ),
    versions="`snyk test`, `snyk container test` and `docker scan`, also of several projects; the JSON says more",
)
def snyk_text(report: sdk.Report) -> sdk.Findings:
    """`snyk test > snyk.txt`, `snyk container test IMAGE > snyk.txt`"""
    projects = _projects(report)
    images = {said["Docker image"] for said in projects.values() if "Docker image" in said}
    names = images or {said["Project name"] for said in projects.values() if "Project name" in said}
    asset = next(iter(names)) if len(names) == 1 else None
    targets = tuple(dict.fromkeys(filter(None, map(_target, projects.values()))))
    yield sdk.ReportHeader(asset=asset, asset_kind="image" if asset and images else None, targets=targets)
    number, fix = 0, ""
    issue: _Issue | None = None
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        begun = _ISSUE.fullmatch(line) or _HEADED.fullmatch(line)
        is_over = bool(begun or _BEGIN.fullmatch(line) or _DETAIL.fullmatch(line) or _FIX.fullmatch(line))
        if is_over and issue is not None:
            yield from issue.findings(projects[number])
            issue = None
        if begun:
            issue = _Issue(begun.groupdict(), fix)
        elif fixes := _FIX.fullmatch(line):
            fix = f"{fixes['how']} to {fixes['to']}."
        elif _BEGIN.fullmatch(line):
            number, fix = number + 1, ""
        elif _SECTION.fullmatch(line):
            fix = ""
        elif issue is not None:
            issue.add(line)


def _projects(report: sdk.Report) -> dict[int, dict[str, str]]:
    """What is said of each project, which stands behind its issues. A project of which nothing is was cut off."""
    projects: dict[int, dict[str, str]] = defaultdict(dict)
    with_issues: set[int] = set()
    number, is_open = 0, False
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        detail = _DETAIL.fullmatch(line)
        is_open = bool(detail and detail["name"] != "Licenses") or (is_open and bool(line))
        if _BEGIN.fullmatch(line):
            number += 1
        elif detail:
            projects[number][detail[1]] = detail[2].replace("\\", "/")
        elif _ISSUE.fullmatch(line) or _HEADED.fullmatch(line):
            with_issues.add(number)
    if is_open or with_issues - set(projects):
        raise sdk.ReportError("truncated", "The report ends before it tells what was tested; it was cut off.")
    return projects


def _target(project: dict[str, str]) -> str:
    return project.get("Docker image") or project.get("Target file") or project.get("Project name") or ""


class _Issue:
    """What is said of an issue, line by line."""

    def __init__(self, heading: dict[str, str | None], fix: str) -> None:
        self._heading = heading
        self._said: dict[str, list[str]] = defaultdict(list)
        self._fix = fix

    def add(self, line: str) -> None:
        if said := _SAID.fullmatch(line):
            self._said[said[1].lower()].append(said[2])
        elif remedy := _REMEDY.fullmatch(line):
            self._fix = f"Upgrade to {remedy['to']}."

    def findings(self, project: dict[str, str]) -> sdk.Findings:
        heading, said = self._heading, self._said
        package = heading["package"] or ""
        paths = [_OTHER_PATHS.sub("", path) for path in said["from"] or said["introduced by"]]
        told = [step for path in paths for step in path.split(" > ")[-1:]] or [package]
        name, _, version = (package if "@" in package[1:] else told[0]).rpartition("@")
        title = heading.get("title") or " ".join(said["description"]) or "Vulnerability"
        info = heading.get("info") or next(iter(said["info"]), "")
        number = info.rpartition("/")[2]
        manager = project.get("Package manager", "").partition(":")[0]
        fixed = [
            each
            for line in said["fixed in"] + said["this issue was fixed in versions"]
            for each in line.split(", ")
        ]
        yield sdk.ReportedFinding(
            kind=sdk.CONTAINER if "Docker image" in project else sdk.SCA,
            title=f"{title} in {name or package}",
            severity=sdk.severity(heading["word"]),
            severity_reported=heading["word"],
            rule_id=number or None,
            remediation=self._fix or None,
            identifiers=sdk.identifiers(number, title),
            cwes=packages.CWES,
            locations=tuple(sdk.Location(path=" > ".join(map(_bare, path.split(" > ")))) for path in paths),
            components=(
                sdk.Component(
                    name=name or package,
                    version=version or None,
                    purl=sdk.purl(manager, name or package, version or None),
                    fixed_versions=sdk.texts(fixed),
                    path=project.get("Target file"),
                ),
            ),
            references=sdk.urls(info),
            target=_target(project) or None,
        )


def _bare(step: str) -> str:
    return step.rpartition("@")[0] or step
