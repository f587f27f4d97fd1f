"""XCCDF results: what OpenSCAP, SCC and others found on a host, alone or in an ARF report."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import xccdf

_DEEPEST = 8
_ARF_RULES = "report-requests/report-request/content/data-stream-collection/component/Benchmark/"
_TEST_RESULTS = ("TestResult/", "reports/report/content/TestResult/", "")  # the last: it is the whole file
_RULES = tuple(f"{root}{'Group/' * depth}Rule" for root in ("", _ARF_RULES) for depth in range(_DEEPEST))
_RESULTS = tuple(f"{root}rule-result" for root in _TEST_RESULTS)
_TARGETS = tuple(f"{root}{name}" for root in _TEST_RESULTS for name in ("target", "target-address"))
_FACTS = tuple(f"{root}target-facts/fact" for root in _TEST_RESULTS)
_PASSED_OVER = (
    "report-requests/report-request/content/data-stream-collection/component/oval_definitions",
    "reports/report/content/oval_results",
)

Rules = dict[str, dict[str, sdk.Json]]


@sdk.parser(
    id="xccdf-xml",
    scanner="OpenSCAP",
    title="XCCDF results and ARF",
    docs="https://static.open-scap.org/openscap-1.3/oscap_user_manual.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("Benchmark", namespace=r"http://checklists\.nist\.gov/xccdf/1\.\d"),
        sdk.XmlRoot("TestResult", namespace=r"http://checklists\.nist\.gov/xccdf/1\.\d"),
        sdk.XmlRoot(
            "asset-report-collection", namespace=r"http://scap\.nist\.gov/schema/asset-reporting-format/.*"
        ),
    ),
    versions="XCCDF 1.1 and 1.2, ARF 1.1",
)
def xccdf_xml(report: sdk.Report) -> sdk.Findings:
    """`oscap xccdf eval --profile PROFILE --results results.xml --results-arf arf.xml ssg-....xml`"""
    failed: set[str | None] = set()
    hosts: list[str] = []
    facts: list[str] = []
    for node in report.xml(*_RESULTS, *_TARGETS, *_FACTS, *_RULES, *_PASSED_OVER):
        if node.pattern in _TARGETS:
            hosts += sdk.texts(node.value.text)
        elif node.pattern in _FACTS:
            facts += sdk.texts(node.value.text)
        elif node.pattern in _RESULTS and _word(node.value, "result") == "fail":
            failed.add(node.value.get("idref"))
    rules: Rules = {}
    for node in report.xml(*_RULES, *_RESULTS, *_PASSED_OVER):
        if node.pattern in _RULES and node.value.get("id") in failed:
            rules[str(node.value.get("id"))] = _rule(node.value)
    yield sdk.ReportHeader(asset=hosts[0] if hosts else None, targets=tuple(hosts[:1]))
    results = (node for node in report.xml(*_RESULTS, *_RULES, *_PASSED_OVER) if node.pattern in _RESULTS)
    yield from report.read(results, partial(_result, rules, hosts, sdk.machine([*hosts, *facts], mac=facts)))


def _word(element: sdk.XmlElement, name: str) -> str | None:
    return sdk.text(element.findtext(f"{{*}}{name}"))


def _all(element: sdk.XmlElement, name: str) -> list[str]:
    """What these children say, with the words of the elements within them."""
    return [" ".join("".join(child.itertext()).split()) for child in element.iterfind(f"{{*}}{name}")]


def _rule(element: sdk.XmlElement) -> dict[str, sdk.Json]:
    return {
        "severity": element.get("severity"),
        "links": [ref.get("href") for ref in element.iterfind("{*}reference")],
        **{name: _all(element, name) for name in ("title", "description", "rationale", "fixtext", "ident")},
    }


def _result(rules: Rules, hosts: list[str], ids: tuple[str, ...], result: sdk.XmlElement) -> sdk.Findings:
    if _word(result, "result") != "fail":
        return
    identifier = result.attrib["idref"]
    rule = rules.get(identifier, {})
    word = sdk.first(result.get("severity"), rule.get("severity")) or "unknown"
    named = [*_all(result, "ident"), *rule.get("ident", ())]
    others = [f"address: {each}" for each in hosts[1:]]
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.first(rule.get("title")) or identifier,
        severity=sdk.severity(word, xccdf.SEVERITIES),
        severity_reported=word,
        rule_id=identifier,
        description=sdk.paragraphs(*rule.get("description", ()), *rule.get("rationale", ())),
        remediation=sdk.paragraphs(*rule.get("fixtext", ())),
        identifiers=sdk.identifiers(*named),
        cwes=sdk.cwes(*named),
        locations=(
            sdk.Location(
                host=hosts[0] if hosts else None,
                host_ids=ids,
                evidence="\n".join([*others, *_all(result, "message")]) or None,
            ),
        ),
        references=sdk.urls(rule.get("links", ())),
        tags=sdk.texts(named),
        target=hosts[0] if hosts else None,
        found_at=sdk.timestamp(result.get("time")),
    )
