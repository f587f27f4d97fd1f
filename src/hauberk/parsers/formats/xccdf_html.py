"""OpenSCAP's page about a host: what was evaluated, and a panel for each rule with its result."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import xccdf

_TARGETS, _ENDS = ("Evaluation target", "Target machine"), ("Finished at", "Started at")
_NUMBERS = re.compile(r"CC[EI]-[\d-]+\d")  # `CCE-80876-2, CCI-000054`


@sdk.parser(
    id="xccdf-html",
    scanner="OpenSCAP",
    title="OpenSCAP HTML",
    docs="https://static.open-scap.org/openscap-1.3/oscap_user_manual.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.HtmlPage('//title[contains(., "OpenSCAP Evaluation Report")]'),
    versions="1.1 and later; the results and the ARF report say more",
)
def xccdf_html(report: sdk.Report) -> sdk.Findings:
    """`oscap xccdf eval --profile PROFILE --report report.html ssg-....xml`"""
    page = report.page()
    about = {
        sdk.words(name): sdk.words(name.getnext()) for name in page.iter("th") if name.getnext() is not None
    }
    host = sdk.first(*map(about.get, _TARGETS))
    ended = next((at for name in _ENDS if (at := sdk.timestamp(about.get(name)))), None)
    yield sdk.ReportHeader(asset=host, targets=sdk.texts(host), scanned_at=ended)
    listed = page.xpath('//h4[. = "Addresses"]/following-sibling::ul/li')
    addresses = [words.split()[-1] for each in listed if (words := sdk.words(each))]
    ids = sdk.machine([host, *addresses], mac=addresses)
    for panel in page.iter("div"):
        if "rule-detail-fail" in (panel.get("class") or "").split():
            yield from sdk.each([panel], partial(_failed, host, ids), panel.get("id") or "rule")


def _failed(host: str | None, ids: tuple[str, ...], panel: sdk.HtmlElement) -> sdk.Findings:
    rows = (row.findall("td") for row in panel.iter("tr"))
    said = {sdk.words(cells[0]): cells[1] for cells in rows if len(cells) == 2}
    parts = {(part.get("class") or "").split(" ")[0]: part for part in panel.iter("div")}
    word = sdk.words(said.get("Severity")) or "unknown"
    named = next((cell for name, cell in said.items() if (name or "").startswith("Identifiers")), None)
    known = sdk.words(named) or ""
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=sdk.words(next(panel.iter("h3"), None)) or "",
        severity=sdk.severity(word, xccdf.SEVERITIES),
        severity_reported=word,
        rule_id=sdk.words(said["Rule ID"]),
        description=sdk.passage(parts.get("description")),
        remediation=sdk.passage(parts.get("remediation")),
        identifiers=sdk.identifiers(known),
        locations=(
            sdk.Location(host=host, host_ids=ids, evidence=sdk.passage(parts.get("check-system-details"))),
        ),
        references=sdk.urls([] if named is None else [str(link) for link in named.xpath(".//a/@href")]),
        tags=sdk.texts(list(dict.fromkeys(_NUMBERS.findall(known)))),
        target=host,
        found_at=sdk.timestamp(sdk.words(said.get("Time"))),
    )
