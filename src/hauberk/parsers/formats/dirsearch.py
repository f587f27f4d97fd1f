"""dirsearch: paths of a web server, guessed from word lists."""

import re
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_DOCS = "https://github.com/maurosoria/dirsearch#reports"
_LINK = re.compile(r"\[[^\]]*\]\((\S+)\)")  # `[/admin](https://app.example/admin)`
_TOLD = re.compile(
    r"(?P<status>\d{3})\s+\d\S*\s+(?P<url>https?://\S+)(?:\s+\(\d+ms\))?"
    r"(?:\s+->\s+(?:REDIRECTS TO: )?(?P<redirect>\S+))?"
)


@sdk.parser(
    id="dirsearch-json",
    scanner="dirsearch",
    title="dirsearch JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("info.args", "info.time", "results"),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "info.time"},
    versions="0.4.1 and later",
)
def dirsearch(result: sdk.Json) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=json -o dirsearch.json`"""
    if "url" not in result:  # 0.4.1 and 0.4.2 have a list for each address that they began at
        for host, found in result.items():
            yield from sdk.each(found, partial(_at, host.rstrip("/")), host)
        return
    yield _answer(result["url"], result)


@sdk.parser(
    id="dirsearch-xml",
    scanner="dirsearch",
    title="dirsearch XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("dirsearchscan"),
    versions="0.4.1 and later",
)
def dirsearch_xml(report: sdk.Report) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=xml -o dirsearch.xml`"""
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(report.xml_root().attributes.get("time")))
    yield from report.read(report.xml("result", "target"), _element)


@sdk.parser(
    id="dirsearch-json-by-host",
    scanner="dirsearch",
    title="dirsearch JSON, by host",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("*.item.path", "*.item.status", "*.item.content-length"),
    versions="before 0.4.1",
)
def dirsearch_by_host(report: sdk.Report) -> sdk.Findings:
    """`dirsearch -u https://app.example --json-report=dirsearch.json`"""
    for node in report.json("*.item"):
        yield from report.read_one(node, partial(_at, node.container.rstrip("/")))


@sdk.parser(
    id="dirsearch-csv",
    scanner="dirsearch",
    title="dirsearch CSV",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader("URL", "Status", "Size", "Content Type", "Redirection"),
    items=sdk.CsvRows("URL", "Status", "Size", "Redirection"),
    versions="0.4.2 and later",
)
def dirsearch_csv(row: sdk.Row) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=csv -o dirsearch.csv`"""
    yield found_paths.answer(row["URL"], row["Status"], size=row["Size"], redirect=row["Redirection"])


@sdk.parser(
    id="dirsearch-markdown",
    scanner="dirsearch",
    title="dirsearch Markdown",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^### Info", r"^Path \| Status \| Size \|"),
    versions="0.4.1 and 0.4.2; what later ones write is read as CSV",
)
def dirsearch_markdown(report: sdk.Report) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=md -o dirsearch.md`"""
    columns: list[str] = []
    for node in report.lines():
        cells = [cell.strip() for cell in node.value.split("|")]
        if cells[0] == "Path":
            columns = cells
        elif (link := _LINK.fullmatch(cells[0])) and columns:
            row = dict(zip(columns, cells, strict=False))
            redirect = sdk.first(sdk.links(row.get("Redirection")))
            yield found_paths.answer(link[1], row["Status"], size=row.get("Size"), redirect=redirect)


@sdk.parser(
    id="dirsearch-text",
    scanner="dirsearch",
    title="dirsearch text",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"\A# Dirsearch started .+ as: "),
    versions="0.4.x, plain reports",
)
def dirsearch_text(report: sdk.Report) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=plain -o dirsearch.txt`"""
    for node in report.lines():
        if told := _TOLD.match(node.value):
            yield found_paths.answer(told["url"], told["status"], redirect=told["redirect"])


def _element(element: sdk.XmlElement) -> sdk.Findings:
    """A result; before 0.4.3 a target with one for each path that it has."""
    if sdk.local_name(element.tag) == "result":
        said = sdk.child_texts(element)
        yield _answer(element.attrib["url"], said)
        return
    for info in element.iterfind("info"):
        said = sdk.child_texts(info)
        yield _answer(f"{element.attrib['url'].rstrip('/')}/{info.attrib['path'].lstrip('/')}", said)


def _at(host: str, result: sdk.Json) -> sdk.Findings:
    yield _answer(f"{host}/{result['path'].lstrip('/')}", result)


def _answer(found: str, result: sdk.Json) -> sdk.ReportedFinding:
    size = result.get("contentLength") or result.get("content-length")
    return found_paths.answer(found, result["status"], size=size, redirect=result.get("redirect"))
