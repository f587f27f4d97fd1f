"""Qualys' CSV exports: scan reports, PCI scans (also Sectigo HackerGuardian's) and VMDR's data lists."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import qualys

_DOCS = "https://docs.qualys.com/en/vm/latest/reports/report_formats.htm"
_SCAN = ("IP", "QID", "Title", "Type", "Severity")
_PCI = ("IP", "HOSTNAME", "QID", "VULN TITLE", "Q_SEVERITY")
_VMDR = ("QID", "Title", "KB Severity", "Type Detected", "Asset Name", "Asset IPV4")
_NONE = ("-", "'-", "0")


@sdk.parser(
    id="qualys-csv",
    scanner="Qualys",
    title="Qualys scan report CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_SCAN),
    items=sdk.CsvRows(*_SCAN),
)
def qualys_csv(row: sdk.Row) -> sdk.Findings:
    """VMDR → Reports → New → Scan Report → format CSV"""
    if not row["QID"] and not row["Title"]:  # a host on which nothing was found
        return
    host = sdk.first(*(row.get(name) for name in ("FQDN", "DNS", "IP", "NetBIOS")))
    yield sdk.ReportHeader(scanned_at=qualys.moment(row.get("Last Detected")), targets=sdk.texts(host))
    yield _finding(
        row,
        title=row["Title"],
        level=row["Severity"],
        cves=row.get("CVE ID"),
        place=_place(row, host, row.get("IP")),
        scores=(
            ("3.1", row.get("CVSS3.1 Base")),
            ("3.0", row.get("CVSS3 Base")),
            ("2.0", row.get("CVSS Base")),
        ),
        found=row.get("First Detected"),
        suppression=qualys.decided(row.get("Vuln Status")),
    )


@sdk.parser(
    id="qualys-pci-csv",
    scanner="Qualys",
    title="Qualys PCI and HackerGuardian CSV",
    docs="https://docs.qualys.com/en/pci/latest/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_PCI),
    items=sdk.CsvRows(*_PCI),
)
def qualys_pci_csv(row: sdk.Row) -> sdk.Findings:
    """PCI: Network → Vulnerabilities → Download → CSV; HackerGuardian: Scan Results → Export CSV"""
    is_tracked_by_name = len(row.get("SEVERITY", "")) == 1  # HackerGuardian, which writes H, M and L
    host = (row["HOSTNAME"] if is_tracked_by_name else "") or row["IP"]
    is_false = row.get("FALSE POSITIVE STATUS", "").lower() == "approved"
    said = {name.title(): value for name, value in row.items()}  # the same columns, in capitals here
    yield sdk.ReportHeader(scanned_at=qualys.moment(row.get("LAST SCAN")), targets=sdk.texts(host))
    yield _finding(
        {**said, "QID": row["QID"]},
        title=row["VULN TITLE"],
        level=row.get("SEVERITY") or row["Q_SEVERITY"],
        cves=row.get("CVEID"),
        place=_place(said, host, row["IP"]),
        scores=(("2.0", row.get("CVSS_BASE")),),
        found=row.get("LAST SCAN"),
        suppression=sdk.suppression(is_false, justification="false positive approved"),
    )


@sdk.parser(
    id="qualys-vmdr-csv",
    scanner="Qualys",
    title="Qualys VMDR CSV",
    docs="https://docs.qualys.com/en/vmdr/latest/",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_VMDR),
    items=sdk.CsvRows(*_VMDR),
    versions="Asset Vuln Datalist Report, by QID and by CVE",
)
def qualys_vmdr_csv(row: sdk.Row) -> sdk.Findings:
    """VMDR → Vulnerabilities → Download → CSV"""
    addresses = f"{row['Asset IPV4']},{row.get('Asset IPV6') or ''}"
    host = addresses.strip(",").split(",")[0] or row["Asset Name"]
    set_aside = (word.lower() for word in ("Disabled", "Ignored") if row.get(word) == "Yes")
    yield sdk.ReportHeader(
        scanned_at=qualys.moment(row.get("Last Detected")), targets=sdk.texts(row["Asset Name"])
    )
    yield _finding(
        row,
        title=row["Title"],
        level=row["KB Severity"] or row.get("Severity"),
        cves=row.get("CVE"),
        place=_place(row, host, addresses),
        scores=(("3.1", row.get("CVSSv3.1 Base (nvd)")), ("2.0", row.get("CVSSv2 Base (nvd)"))),
        found=row.get("First Detected"),
        suppression=qualys.decided(sdk.first(*set_aside, row.get("Status"))),
    )


def _finding(
    row: sdk.Row,
    *,
    title: str,
    level: str | None,
    cves: str | None,
    place: sdk.Location,
    scores: tuple[tuple[str, str | None], ...],
    found: str | None,
    suppression: sdk.Suppression | None,
) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=title,
        severity=sdk.severity(level, qualys.SEVERITIES),
        severity_reported=sdk.text(level),
        rule_id=row["QID"] or None,
        description=sdk.paragraphs(
            *(qualys.said(row.get(name)) for name in ("CVE-Description", "Threat", "Impact"))
        ),
        remediation=qualys.said(row.get("Solution")),
        identifiers=sdk.identifiers(cves),
        cvss=sdk.assessments(*((*qualys.score(value), "Qualys", version) for version, value in scores)),
        locations=(place,),
        components=tuple(sdk.Component(name=name) for name in sdk.texts(row.get("Asset Name"))),
        references=sdk.links(row.get("Solution"), row.get("Threat")),
        tags=sdk.texts(row.get("Category")),
        confidence=sdk.text(row.get("Type") or row.get("Type Detected")),
        suppression=suppression,
        target=place.host,
        found_at=qualys.moment(found),
    )


def _place(row: sdk.Row, host: str | None, addresses: str | None) -> sdk.Location:
    known, protocol = sdk.parts(addresses), row.get("Protocol")
    return sdk.Location(
        host=host,
        host_ids=sdk.machine(known, name=row.get("NetBIOS") if host in known else None),
        port=sdk.port(row.get("Port")),
        protocol=None if protocol in _NONE else sdk.text(protocol),
        evidence=qualys.said(row.get("Results") or row.get("Result")),
    )
