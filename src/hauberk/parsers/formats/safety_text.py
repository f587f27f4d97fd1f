"""Safety for people: what `safety check` and `safety scan` print."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_PACKAGE = re.compile(
    r"-> Vulnerability found in (?P<name>\S+) version (?P<version>\S+)"
    r"|-> Vulnerability may be present given that your (?P<loose>\S+) install.*"
    r"|(?P<pinned>[\w.-]+)(?:\[[\w,.-]+\])?==(?P<pin>\S+) +\[\d+ vulnerabilit(?:y|ies) found.*\].*"
)
_ID = re.compile(r"(?:-> Vuln ID|Vulnerability ID:) (?P<id>[\w-]+):?(?P<rating>.*)")
_FIX = re.compile(r"Update \S+==\S+ to \S+==(\S+) to fix .+")
_LEARN = re.compile(r"Learn more: (https?://\S+)")
_END = re.compile(r"|No known fix.*|Versions of .*|\+?=+\+?")
_PART = re.compile(
    r"(?P<name>Affected spec|ADVISORY|Fixed versions|For more information|To ignore|This vulnerability is being"
    r"|Reason|(?=[CP]VE-\d+-\d+(?:$| is \w+ SEVERITY))):?(?P<text>.*)"
)
_RATING = re.compile(r"(?:is|CVSS Severity) (?P<word>[A-Z]+)\b")
_VECTOR = re.compile(r"VECTOR STRING ([\w:./]+)")
_NUMBER = re.compile(r"\b\d[\w.]*")
_URL = re.compile(r"https?://\S+")
_FIRST_NOT_AFFECTED = re.compile(r"< ?(\d[\w.]*)")
_VERSION = re.compile(r"Safety v?(\d[\w.]*) (?:is )?scanning .*")
_DATE = re.compile(r"(?:Timestamp )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?: UTC)?")


@sdk.parser(
    id="safety-text",
    scanner="Safety",
    title="Safety text",
    docs="https://docs.safetycli.com/safety-docs/output/output-options-and-recommendations",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        sdk.TextLines(
            r"^ *-> Vulnerability (?:found in \S+ version|may be present) ", r"^ +Vulnerability ID: "
        ),
        sdk.TextLines(
            r"^ *Safety v?\d[\w.]* (?:is )?scanning ",
            r"^ *-> Vuln ID |^ *Tested \d+ dependenc|^ *0 vulnerabilities reported|^ *No known security vuln",
        ),
    ),
    versions="2 and 3",
)
def safety_text(report: sdk.Report) -> sdk.Findings:
    """`safety scan > safety.txt` (or `safety check`)"""
    package = _Package()
    for node in report.lines():
        line = sdk.uncoloured(node.value).strip()
        if version := _VERSION.fullmatch(line):
            yield sdk.ReportHeader(tool_version=version[1])
        elif date := _DATE.fullmatch(line):
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(date[1]))
        elif named := _PACKAGE.fullmatch(line):
            yield from package.findings()
            package = _Package(
                named["name"] or named["loose"] or named["pinned"], named["version"] or named["pin"]
            )
        elif package.name:
            package.add(line)
    if package.is_open:
        reason = f"what is said of {package.name} was cut off"
        yield sdk.ItemProblem(position="end", reason=reason)
    else:
        yield from package.findings()


class _Package:
    """What is said of a package, which is told once for each of its vulnerabilities or once with all of them."""

    def __init__(self, name: str = "", version: str | None = None) -> None:
        self.name = name
        self._version = version
        self._fixed: str | None = None
        self._links: list[str] = []
        self._known: list[dict[str, list[str]]] = []
        self._part = ""  # of the last vulnerability, which the next line goes on with

    @property
    def is_open(self) -> bool:
        return bool(self._part)

    def add(self, line: str) -> None:
        if known := _ID.fullmatch(line):
            self._known.append({"id": [known["id"]], "names": [known["rating"]]})
            self._part = "ADVISORY"
        elif fix := _FIX.fullmatch(line):
            self._fixed, self._part = fix[1], ""
        elif link := _LEARN.fullmatch(line):
            self._links.append(link[1])
        elif _END.fullmatch(line):
            self._part = ""
        elif self._part:
            begun = _PART.fullmatch(line)
            self._part, text = (begun["name"] or "names", begun["text"]) if begun else (self._part, line)
            self._known[-1].setdefault(self._part, []).append(text.strip())

    def findings(self) -> sdk.Findings:
        for known in self._known:
            yield self._finding({name: " ".join(lines).strip() for name, lines in known.items()})

    def _finding(self, said: dict[str, str]) -> sdk.ReportedFinding:
        rating = _RATING.search(said["names"])
        names = sdk.identifiers(said["names"]) or sdk.identifiers(said.get("ADVISORY"))
        fixed = (
            sdk.texts(self._fixed)
            or _NUMBER.findall(said.get("Fixed versions", ""))
            or _FIRST_NOT_AFFECTED.findall(said.get("Affected spec", ""))
        )
        first = names[0] if names else f"Safety {said['id']}"
        return sdk.ReportedFinding(
            kind=sdk.SCA,
            title=packages.title(first, self.name, self._version),
            severity=sdk.severity(rating["word"]) if rating else sdk.Severity.UNKNOWN,
            severity_reported=rating["word"] if rating else None,
            rule_id=said["id"],
            description=said.get("ADVISORY"),
            identifiers=names,
            cwes=packages.CWES,
            cvss=sdk.assessments(*zip(_VECTOR.findall(said["names"]))),
            components=(
                sdk.Component(
                    name=self.name,
                    version=self._version,
                    purl=sdk.purl("pypi", self.name, self._version),
                    fixed_versions=sdk.texts(fixed),
                ),
            ),
            references=sdk.urls(_URL.findall(said.get("For more information", "")), self._links),
            suppression=sdk.suppression(
                "This vulnerability is being" in said, justification=said.get("Reason")
            ),
        )
