"""OpenVAS, the Greenbone vulnerability scanner: results of its tests (NVTs) on hosts, as XML and as CSV."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe

_DOCS = "https://docs.greenbone.net/GSM-Manual/gos-22.04/en/reports.html#exporting-a-report"
_SEVERITIES: sdk.Scale = {  # https://docs.greenbone.net/GSM-Manual/gos-22.04/en/reports.html#reading-a-report
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "log": sdk.Severity.INFO,
    "debug": sdk.Severity.INFO,
    "false positive": sdk.Severity.INFO,
}
_RESULTS = tuple(f"{above}results/result" for above in ("", "report/", "report/report/"))
_STARTS = tuple(
    f"{above}{tag}" for above in ("", "report/", "report/report/") for tag in ("scan_start", "scan_end")
)
_PORT = re.compile(r"(?:(?P<port>\d+)|general)/(?P<protocol>\w+)")
_TELLING = ("Summary", "Vulnerability Insight", "Impact", "Affected Software/OS")
_COLUMNS = ("IP", "Port", "Port Protocol", "NVT Name", "NVT OID", "Severity")


@sdk.parser(
    id="openvas-xml",
    scanner="OpenVAS",
    title="OpenVAS XML",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("report", "results/result/nvt"),
        sdk.XmlRoot("report", "report/results/result/nvt"),
        sdk.XmlRoot("report", attributes=("format_id",)),
        sdk.XmlRoot("report", "report", "task", attributes=("id",)),
        sdk.XmlRoot("report", "results", "scan_run_status"),
        sdk.XmlRoot("get_reports_response"),
    ),
    versions="OpenVAS 4 and later, Greenbone GOS and Community Edition; also the answer of `get_reports`",
)
def openvas_xml(report: sdk.Report) -> sdk.Findings:
    """Scans → Reports → the report → download → XML (or Anonymous XML)"""
    for node in report.xml(*_RESULTS, *_STARTS):
        if node.pattern in _RESULTS:
            yield from report.read_one(node, _result)
        else:
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value.text))


@sdk.parser(
    id="openvas-csv",
    scanner="OpenVAS",
    title="OpenVAS CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
)
def openvas_csv(row: sdk.Row) -> sdk.Findings:
    """Scans → Reports → the report → download → CSV Results"""
    host = row["IP"] or row.get("Hostname") or None
    port = f"{row['Port'] or 'general'}/{row['Port Protocol']}"
    found_in = row.get("Product Detection Result") or row.get("Specific Result") or ""
    yield sdk.ReportHeader(scanned_at=sdk.timestamp(row.get("Timestamp")), targets=sdk.texts(host))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=row["NVT Name"],
        severity=sdk.severity(row.get("Severity"), _SEVERITIES),
        severity_reported=row.get("Severity") or None,
        rule_id=row["NVT OID"] or None,
        description=sdk.paragraphs(*(row.get(name) for name in _TELLING)),
        remediation=sdk.text(row.get("Solution")),
        identifiers=sdk.identifiers(row.get("CVEs"), row["NVT Name"], row["NVT OID"]),
        cvss=sdk.assessments((None, row.get("CVSS"), "Greenbone")),
        locations=(_place(host, row.get("Hostname"), port, sdk.text(row.get("Specific Result"))),),
        components=tuple(cpe.software(found_in)),
        references=sdk.links(row.get("Other References")),
        tags=sdk.parts(row.get("CERTs")),
        confidence=_quality(sdk.text(row.get("QoD"))),
        suppression=_suppression(row["Severity"]),
        target=host,
    )


def _result(result: sdk.XmlElement) -> sdk.Findings:
    nvt = result.find("nvt")
    about = nvt if nvt is not None else result
    listed = [(each.get("type"), each.get("id") or "") for each in about.iterfind("refs/ref")]
    older = [sdk.text(about.findtext(tag)) or "" for tag in ("cve", "xref", "bid")]
    said = dict(pair.partition("=")[::2] for pair in (about.findtext("tags") or "").split("|"))
    given = [
        (each.findtext("value"), each.findtext("score"), each.findtext("origin"))
        for each in about.iterfind("severities/severity")
    ]
    word = sdk.text(result.findtext("threat"))
    score = sdk.first(result.findtext("severity"), about.findtext("cvss_base"))
    host, name = sdk.text(result.findtext("host")), sdk.text(result.findtext("host/hostname"))
    title = sdk.first(result.findtext("name"), about.findtext("name")) or ""
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=title,
        severity=sdk.severity(word, _SEVERITIES) if word else sdk.severity_of_score(score),
        severity_reported=word or score,
        rule_id=about.get("oid") or title,
        rule_name=sdk.text(about.findtext("name")),
        description=sdk.paragraphs(
            *(said.get(name) for name in ("summary", "insight", "impact", "affected"))
        ),
        remediation=sdk.first(about.findtext("solution"), said.get("solution")),
        identifiers=sdk.identifiers([name for _, name in listed], older[:2], title, about.get("oid")),
        cvss=sdk.assessments(*given or ((said.get("cvss_base_vector"), score, "Greenbone"),)),
        epss=sdk.number(about.findtext("epss/max_epss/score")),
        locations=(
            _place(host, name, result.findtext("port") or "", sdk.text(result.findtext("description"))),
        ),
        references=sdk.urls([name for _, name in listed]) + sdk.links(older[1]),
        tags=sdk.texts(
            [about.findtext("family"), *(name for kind, name in listed if kind not in ("cve", "url"))]
        ),
        confidence=_quality(sdk.text(result.findtext("qod/value"))),
        suppression=_suppression(word),
        target=host,
    )


def _place(host: str | None, name: str | None, port: str, evidence: str | None) -> sdk.Location:
    match = _PORT.search(port)
    return sdk.Location(
        host=host,
        host_ids=sdk.machine(name=name) if name != host else (),
        port=sdk.port(match["port"]) if match else None,
        protocol=match["protocol"].lower() if match else None,
        message=f"Host name: {name}" if name and name != host else None,
        evidence=evidence,
    )


def _quality(value: str | None) -> str | None:
    return f"{value} %" if value else None


def _suppression(word: str | None) -> sdk.Suppression | None:
    return sdk.suppression((word or "").lower() == "false positive", justification="false positive")
