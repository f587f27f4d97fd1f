"""DrHeader: security headers of HTTP answers against a set of rules."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_DOCS = "https://github.com/Santandersecurityresearch/DrHeader#usage"

_KEYS = ("rule", "message", "severity")
_COUNTED = re.compile(r"(?P<url>https?://\S+): (?:\d+ issues?|[Nn]o issues) found")
_CELL = re.compile(
    r" (?P<name>rule|message|severity|value|expected|avoid|anomal(?:y|ies)|delimiter) +\| (?P<text>.*)"
)
_IN_PYTHON = re.compile(r"'(?P<name>\w+)': (?P<text>\[[^\]]*\]|'[^']*')")
_QUOTED = re.compile(r"'([^']*)'")


@sdk.parser(
    id="drheader-json",
    scanner="DrHeader",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(*(f"item.{key}" for key in _KEYS), absent=("item.id", "item.path", "item.file")),
        sdk.JsonKeys("item.url", *(f"item.report.item.{key}" for key in _KEYS)),
        sdk.JsonKeys("item.url", empty=("item.report",)),
    ),
    versions="1.x and 2.x, of one address and of several",
)
def drheader(report: sdk.Report) -> sdk.Findings:
    """`drheader scan single --output json https://app.example`, `drheader scan bulk --output json targets.txt`"""
    for node in report.json("item"):
        if isinstance(node.value, dict) and "report" in node.value:
            url = sdk.text(node.value.get("url"))
            yield sdk.ReportHeader(targets=sdk.texts(url))
            yield from sdk.each(node.value["report"], partial(_rule, url), f"{node.position}.report")
        else:
            yield from report.read_one(node, partial(_rule, None))


@sdk.parser(
    id="drheader-text",
    scanner="DrHeader",
    title="DrHeader text",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^https?://\S+: (?:\d+ issues?|[Nn]o issues) found", r"\A\s*https?://\S+: "),
    versions="1.x and 2.x",
)
def drheader_text(report: sdk.Report) -> sdk.Findings:
    """`drheader scan single https://app.example > drheader.txt`"""
    url, said = None, dict[str, sdk.Json]()
    for node in report.lines():
        line = sdk.uncoloured(node.value).rstrip()
        if counted := _COUNTED.fullmatch(line):
            yield from _rule(url, said) if said else ()
            url, said = counted["url"], {}
            yield sdk.ReportHeader(targets=(url,))
        elif line == "----":
            yield from _rule(url, said) if said else ()
            said = {}
        elif cell := _CELL.fullmatch(line):
            text = cell["text"].strip()
            said[cell["name"]] = _QUOTED.findall(text) if text.startswith("['") else text
    yield from _rule(url, said) if said else ()


@sdk.parser(
    id="drheader-junit-xml",
    scanner="DrHeader",
    title="DrHeader JUnit",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=junit.sniff(says=r'<testsuite [^>]*name="(?i:drheader)"'),
    versions="1.x and 2.x",
)
def drheader_junit(report: sdk.Report) -> sdk.Findings:
    """`drheader scan single --junit https://app.example`: `reports/junit.xml`; it does not name the address"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    for message, full in junit.failures(case):
        told = {each["name"]: _QUOTED.findall(each["text"]) for each in _IN_PYTHON.finditer(full)}
        word = sdk.first(told.pop("severity", None))
        yield from _rule(None, {**told, "rule": case.attrib["name"], "message": message, "severity": word})


def _rule(url: str | None, said: sdk.Json) -> sdk.Findings:
    header, message = said["rule"], sdk.text(said["message"])
    told = (
        (name, sdk.texts(said.get(name)))
        for name in ("value", "expected", "avoid", "anomaly", "anomalies", "delimiter")
    )
    proof = "\n".join(f"{name}: {', '.join(words)}" for name, words in told if words)
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"{header}: {message}",
        severity=sdk.severity(said.get("severity")),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=f"{header}: {message}",
        description=proof or None,
        locations=(sdk.at_url(url, evidence=proof),) if url else (),
        target=url,
    )
