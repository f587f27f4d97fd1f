"""Burp Suite Professional: its HTML report. A kind of issue is told once, its instances one after the other below."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import burp

_DETAIL, _BACKGROUND = "Issue detail", ("Issue description", "Issue background")
_REMEDIES = ("Remediation detail", "Issue remediation", "Remediation background")

Sections = dict[str, sdk.HtmlElement]


@sdk.parser(
    id="burp-report-html",
    scanner="Burp Suite",
    title="Burp Suite Professional HTML",
    docs="https://portswigger.net/burp/documentation/desktop/getting-started/generate-reports",
    kinds=[sdk.DAST],
    sniff=sdk.HtmlPage('//title[starts-with(., "Burp Scanner Report")]'),
    repeats_over="hosts and ports",
    versions="1.6 and later",
)
def burp_report_html(report: sdk.Report) -> sdk.Findings:
    """Target → Site map → select → Issues → Report issues → HTML. The XML report says more."""
    kind, of_kind = "", Sections()
    issue: Sections | None = None
    said: dict[str, str | None] = {}
    for part in _parts(report.page()):
        if part.tag == "h2":
            told = of_kind if issue is None else issue
            content = next(part.itersiblings("span", "div"), None)
            if content is not None:
                told[(sdk.words(part) or "").rstrip(" 0123456789")] = content
            continue
        if issue is not None:
            yield from _issue(kind, said, {**of_kind, **issue})
            issue = None
        if part.tag == "table":
            said, issue = dict(_summary(part)), Sections()
        elif part.get("class") == "BODH0":
            kind, of_kind = _unnumbered(sdk.words(part) or ""), Sections()
    if issue is not None:
        yield from _issue(kind, said, {**of_kind, **issue})


def _parts(page: sdk.HtmlElement) -> Iterator[sdk.HtmlElement]:
    """Headings and summaries in their order. An XPath with unions sorts what it finds, in time that grows with its square."""
    for element in page.iter("span", "table", "h2"):
        named = element.get("class") or ""
        is_heading = element.tag == "h2" or (element.tag == "span" and named in ("BODH0", "BODH1"))
        if is_heading or (element.tag == "table" and "summary_table" in named):
            yield element


def _unnumbered(heading: str) -> str:
    """`1. SQL injection`"""
    number, _, name = heading.partition(" ")
    return name.strip() if number.rstrip(".").replace(".", "").isdigit() else heading


def _summary(table: sdk.HtmlElement) -> Iterator[tuple[str, str | None]]:
    for cells in (row.findall("td") for row in table.iter("tr")):
        if len(cells) >= 2:
            yield (sdk.words(cells[-2]) or "").rstrip(": "), sdk.words(cells[-1])


def _issue(kind: str, said: dict[str, str | None], told: Sections) -> sdk.Findings:
    sections = [told[name] for name in ("References", "Vulnerability classifications") if name in told]
    links = [link for section in sections for link in section.xpath(".//a/@href")]
    traffic = tuple(sdk.passage(told.get(name)) for name in ("Request", "Response"))
    yield burp.finding(
        kind,
        said.get("Severity"),
        burp.place(said.get("Host"), said.get("Path"), proofs=traffic),
        telling=[sdk.passage(told.get(name)) for name in (_DETAIL, *_BACKGROUND)],
        remedies=[sdk.passage(told.get(name)) for name in _REMEDIES],
        classes=sdk.passage(told.get("Vulnerability classifications")),
        links=sdk.urls([str(link) for link in links]),
        confidence=said.get("Confidence"),
        target=said.get("Host"),
    )
