"""Checkmarx CxSAST: the XML and the CSV report, one result per path of a query."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import checkmarx

_DOCS = "https://docs.checkmarx.com/en/34965-46430-generating-scan-reports.html"
_COLUMNS = ("Query", "SrcFileName", "DestFileName", "Result State", "Result Severity")
_SOURCE, _DESTINATION = ("SrcFileName", "Line", "Column"), ("DestFileName", "DestLine", "DestColumn")


@sdk.parser(
    id="checkmarx-xml",
    scanner="Checkmarx CxSAST",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.XmlRoot("CxXMLResults"),
    versions="8 and 9",
)
def checkmarx_xml(report: sdk.Report) -> sdk.Findings:
    """Project's scans, *Create report*, XML; or `CxConsole Scan ... -ReportXML report.xml`"""
    about = report.xml_root().attributes
    yield sdk.ReportHeader(
        tool_version=sdk.text(about.get("CheckmarxVersion")),
        scanned_at=sdk.timestamp(about.get("ScanStart")),
        asset=sdk.text(about.get("ProjectName")),
        is_partial=about.get("ScanType") == "Incremental",
    )
    yield from report.read(report.xml("Query/Result"), _result)


@sdk.parser(
    id="checkmarx-csv",
    scanner="Checkmarx CxSAST",
    title="Checkmarx CxSAST CSV",
    docs=_DOCS,
    kinds=[sdk.SAST],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="8 and 9",
)
def checkmarx_csv(row: sdk.Row) -> sdk.Findings:
    """Project's scans, *Create report*, CSV: of each path its source and its destination"""
    source, destination = _end(row, *_SOURCE), _end(row, *_DESTINATION)
    decided = checkmarx.suppression_of(row["Result State"], sdk.text(row.get("Comment")))
    is_fixed = row.get("Result Status") == "Fixed"
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=checkmarx.title_of(row["Query"]),
        severity=sdk.severity(row["Result Severity"], checkmarx.SEVERITIES),
        severity_reported=row["Result Severity"],
        rule_id=row["Query"],
        description=f"Query: {row['QueryPath']}" if row.get("QueryPath") else None,
        locations=(destination, source) if destination.path else (source,),
        references=sdk.urls(row.get("Link")),
        suppression=decided or sdk.suppression(is_fixed, justification="fixed"),
        found_at=sdk.timestamp(row.get("Detection Date"), "%m/%d/%Y %I:%M:%S %p"),
    )


def _end(row: sdk.Row, path: str, line: str, column: str) -> sdk.Location:
    return sdk.Location(
        path=sdk.text(row.get(path)), line=sdk.line(row.get(line)), column=sdk.line(row.get(column))
    )


def _result(result: sdk.XmlElement) -> sdk.Findings:
    query = result.getparent()
    if query is None:
        return
    name = query.attrib["name"]
    severity = result.get("Severity") or query.get("Severity")
    path = result.find("{*}Path")
    state = "1" if result.get("FalsePositive") == "True" else result.get("state")
    decided = checkmarx.suppression_of(state, sdk.text(result.get("Remark")))
    yield sdk.ReportedFinding(
        kind=sdk.SAST,
        title=checkmarx.title_of(name),
        severity=sdk.severity(severity, checkmarx.SEVERITIES),
        severity_reported=severity,
        rule_id=query.get("id"),
        rule_name=name,
        description=_place_words(query, path),
        cwes=sdk.cwes(query.get("cweId")),
        locations=tuple(_locations(result, path)),
        references=sdk.urls(result.get("DeepLink")),
        tags=_categories(query.get("categories") or ""),
        stable_id=None if path is None else path.get("SimilarityId"),
        suppression=decided or sdk.suppression(result.get("Status") == "Fixed", justification="fixed"),
        found_at=sdk.timestamp(result.get("DetectionDate")),
    )


def _locations(result: sdk.XmlElement, path: sdk.XmlElement | None) -> tuple[sdk.Location, ...]:
    steps = [] if path is None else [_step(node) for node in path.iterfind("{*}PathNode")]
    if steps:
        return checkmarx.place_first(steps)
    return (
        sdk.Location(
            path=result.attrib.get("FileName"),
            line=sdk.line(result.get("Line")),
            column=sdk.line(result.get("Column")),
        ),
    )


def _step(node: sdk.XmlElement) -> sdk.Location:
    return sdk.Location(
        path=sdk.text(node.findtext("{*}FileName")),
        line=sdk.line(node.findtext("{*}Line")),
        column=sdk.line(node.findtext("{*}Column")),
        snippet=sdk.text(node.findtext("{*}Snippet/{*}Line/{*}Code")),
    )


def _place_words(query: sdk.XmlElement, path: sdk.XmlElement | None) -> str | None:
    """The report has no texts: what it says of a result is where the query stands and which methods it links."""
    said = [f"Query: {query.get('QueryPath')}"] if query.get("QueryPath") else []
    source, destination = (
        (None, None) if path is None else (path.get("SourceMethod"), path.get("DestinationMethod"))
    )
    if source and destination:
        said.append(f"Data flows from {source} to {destination}.")
    return "\n".join(said) or None


def _categories(said: str) -> tuple[str, ...]:
    """`PCI DSS v3.2;6.5.7 - XSS,OWASP Top 10 2013;A3-XSS`: standards with their sections, which hold commas too."""
    parts = said.split(";")
    standards = [part.rpartition(",")[2] for part in parts[:-1]]
    sections = [part.rpartition(",")[0] for part in parts[1:-1]] + parts[-1:]
    return sdk.texts([f"{a.strip()}: {b.strip()}" for a, b in zip(standards, sections, strict=False)])
