"""kube-bench: nodes of a Kubernetes cluster against the CIS benchmark."""

import re
from functools import partial

import msgspec

from hauberk.parsers import sdk
from hauberk.parsers.dialects import junit

_DOCS = "https://github.com/aquasecurity/kube-bench/blob/main/docs/running.md"
_LISTS = ("item", "Controls.item")
_LINE = re.compile(
    r"^\[(?P<word>PASS|FAIL|WARN|INFO)\] (?P<number>\d+(?:\.\d+)*) (?P<words>.+)", re.MULTILINE
)
_CHAPTER = re.compile(r"\[INFO\] \d+ ")  # `[INFO] 1 Master Node …`; `[INFO] 1.1 …` is a section of it
_REMEDY = re.compile(r"^(\d+(?:\.\d+)+) ", re.MULTILINE)


@sdk.parser(
    id="kube-bench-json",
    scanner="kube-bench",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        *(sdk.JsonKeys(f"{path}.node_type", f"{path}.text", f"{path}.tests") for path in _LISTS),
        sdk.JsonKeys("Totals.total_pass", "Totals.total_fail", empty=("Controls",)),
    ),
    versions="0.3 and later",
)
def kube_bench(report: sdk.Report) -> sdk.Findings:
    """`kube-bench run --json > kube-bench.json` on each node"""
    for node in report.json(*_LISTS):
        benchmark = sdk.text(node.value.get("version"))
        for section in sdk.listed(node.value.get("tests")):
            check = partial(_check, node.value, section)
            yield from sdk.each(section.get("results"), check, f"{node.position} {section.get('section')}")
        yield sdk.ReportHeader(tool_version=benchmark, targets=sdk.texts(node.value.get("node_type")))


@sdk.parser(
    id="kube-bench-text",
    scanner="kube-bench",
    title="kube-bench text",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"^\[(?:PASS|FAIL|WARN)\] \d+(?:\.\d+)+ ", r"^== (?:Remediations|Summary)"),
    versions="all",
)
def kube_bench_text(report: sdk.Report) -> sdk.Findings:
    """`kube-bench run > kube-bench.txt`"""
    chapter: list[str] = []
    for node in report.lines():
        if _CHAPTER.match(node.value):
            yield from _chapter(chapter)
            chapter = []
        chapter.append(node.value.rstrip())
    yield from _chapter(chapter)


@sdk.parser(
    id="kube-bench-junit-xml",
    scanner="kube-bench",
    title="kube-bench JUnit",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=junit.sniff(says=r'<system-out>\{(?:"|&#34;|&quot;)test_number'),
    versions="0.6 and later",
)
def kube_bench_junit(report: sdk.Report) -> sdk.Findings:
    """`kube-bench run --targets node --junit > kube-bench.xml`; each case has its check in JSON"""
    yield from report.read(junit.cases(report), _case)


def _case(case: sdk.XmlElement) -> sdk.Findings:
    check = msgspec.json.decode(case.findtext("{*}system-out") or "{}")
    yield from _check({"text": junit.suite_of(case)}, {"desc": case.get("classname")}, check)


def _chapter(lines: list[str]) -> sdk.Findings:
    """What was checked on one kind of node. Which kind, and what to do, stand below the checks."""
    checks, _, below = "\n".join(lines).partition("\n== Remediations")
    node_type, _, remedies = below.partition("==\n")
    remedy_of = _remedies(remedies.partition("\n== Summary")[0])
    control = {"text": "", "node_type": node_type}
    section = {"desc": ""}
    for line in _LINE.finditer(checks):
        number, words = line["number"], line["words"]
        if line["word"] != "INFO":
            result = {"test_number": number, "test_desc": words, "status": line["word"]}
            yield from _check(control, section, {**result, "remediation": remedy_of.get(number)})
        elif "." in number:
            section = {"desc": words}
        else:
            control["text"] = words


def _remedies(text: str) -> dict[str, str]:
    """By the number of the check: `1.1.12 On the etcd server node, …`, on any number of lines."""
    _, *numbers_and_words = _REMEDY.split(text)
    return dict(zip(numbers_and_words[::2], map(str.strip, numbers_and_words[1::2]), strict=True))


def _check(control: sdk.Json, section: sdk.Json, result: sdk.Json) -> sdk.Findings:
    if result["status"] != "FAIL":  # WARN: it was not checked, a person has to
        return
    expected, actual = sdk.text(result.get("expected_result")), sdk.text(result.get("actual_value"))
    said = [f"expected: {expected}" if expected else None, f"actual: {actual}" if actual else None]
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=result["test_desc"],
        severity=sdk.Severity.MEDIUM,  # kube-bench rates nothing
        severity_reported=result.get("status"),
        rule_id=result["test_number"],
        rule_name=sdk.text(section.get("desc")),
        description=sdk.text(result.get("reason")),
        remediation=sdk.text(result.get("remediation")),
        locations=(
            sdk.Location(
                resource=sdk.text(control.get("node_type")),
                evidence="\n".join(sdk.texts([*said, result.get("audit")])) or None,
            ),
        ),
        tags=sdk.texts([control.get("text"), control.get("detected_version")]),
        target=sdk.text(control.get("node_type")),
    )
