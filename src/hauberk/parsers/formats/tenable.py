"""Tenable's CSV exports. Some have one row for each CVE of a plug-in: neighbouring rows of one place become one again.

The checks of an audit file are rows of one plug-in and place too; each has a description of its own, which names it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import groupby

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe, tenable

_DOCS = "https://docs.tenable.com/vulnerability-management/Content/Explore/Findings/ExportFindings.htm"
_CHECK = re.compile(
    r'"(?P<name>[^"\n]{1,500})" ?: ?\[[A-Z]+\]\s*'
)  # how the description of an audit's check begins
_US_DATE = re.compile(r"^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) ")  # `Nov 28, 2025 10:20:30 UTC`


@sdk.parser(
    id="nessus-csv",
    scanner="Nessus",
    title="Nessus and Tenable.io CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE, sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.CsvHeader("Plugin ID", "Risk", "Host", "Protocol", "Port", "Name", "Plugin Output"),
        sdk.CsvHeader("Plugin ID", "Risk", "Host", "Name"),  # whoever exports chooses the columns
        sdk.CsvHeader("Plugin ID", "Plugin Name", "Severity", "Host"),
        sdk.CsvHeader("Plugin ID", "Plugin Name", "Severity", "IP Address"),
    ),
    versions="Nessus 5 and later, Tenable.io (legacy export), Tenable.io WAS",
)
def nessus_csv(report: sdk.Report) -> sdk.Findings:
    """In the scan: Export → CSV; keep the columns Plugin ID, Risk, Host and Name, better all."""
    yield from _results(report, "Plugin ID")


@sdk.parser(
    id="tenable-io-csv",
    scanner="Nessus",
    title="Tenable Vulnerability Management CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.CsvHeader("definition.id", "definition.name", "asset.name", "severity", "output"),
        sdk.CsvHeader("definition.id", "definition.name", "severity"),
    ),
    versions="with all columns or a choice of them",
)
def tenable_io_csv(report: sdk.Report) -> sdk.Findings:
    """Explore → Findings → Export → CSV"""
    yield from _results(report, "definition.id", "definition.name")


@sdk.parser(
    id="tenable-sc-csv",
    scanner="Nessus",
    title="Tenable.sc CSV",
    docs="https://docs.tenable.com/security-center/Content/ExportVulnerabilityData.htm",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader("Plugin", "Plugin Name", "Severity", "IP Address", "Protocol", "Port"),
    versions="with all columns or a choice of them",
    repeats_over="hosts",
)
def tenable_sc_csv(report: sdk.Report) -> sdk.Findings:
    """Analysis → Vulnerabilities → Vulnerability Detail List → Export as CSV"""
    yield from _results(report, "Plugin", "Plugin Name", "IP Address")


def _results(report: sdk.Report, *columns: str) -> sdk.Findings:
    last: datetime | None = None
    rows = (node for node in report.rows(*columns) if tenable.said(node.value, "rule"))
    for _, same in groupby(rows, lambda node: _place(node.value)):
        first, *others = same
        cves, outputs = (_each((first, *others), field) for field in ("cve", "output"))
        yield from report.read_one(first, partial(_result, cves, "\n\n".join(outputs)))
        last = max(filter(None, (last, _when(tenable.said(first.value, "last")))), default=None)
    yield sdk.ReportHeader(scanned_at=last)


def _place(row: sdk.Row) -> tuple[str, ...]:
    return tuple(tenable.said(row, field) for field in ("rule", "host", "port", "protocol", "description"))


def _each(rows: Iterable[sdk.Node], field: str) -> tuple[str, ...]:
    return sdk.texts([tenable.said(node.value, field).removeprefix("Plugin Output:") for node in rows])


def _result(cves: tuple[str, ...], output: str, row: sdk.Row) -> sdk.Findings:
    said = {field: tenable.said(row, field) for field in tenable.COLUMNS}
    protocol = said["protocol"].lower()
    is_web = protocol in ("http", "https")
    check = _CHECK.match(said["description"]) if said["family"] in ("", "Policy Compliance") else None
    over = said["accepted"] or ("fixed" if said["state"].lower() == "fixed" else "")
    yield sdk.ReportedFinding(
        kind=sdk.DAST if is_web else sdk.INFRASTRUCTURE,
        title=check["name"] if check else said["title"],
        severity=sdk.severity(said.get("severity"), tenable.SEVERITIES),
        severity_reported=sdk.text(said.get("severity")),
        rule_id=f"{said['rule']}: {check['name']}" if check else said["rule"],
        rule_name=said["title"] if check else None,
        description=tenable.joined(said["synopsis"], said["description"][check.end() if check else 0 :]),
        remediation=tenable.joined(said["solution"]),
        identifiers=sdk.identifiers(cves),
        cwes=sdk.cwes(sdk.parts(said["cwe"]), said["crossed"]),
        cvss=sdk.assessments(*_cvss(said)),
        epss=sdk.number(said["epss"]),
        known_exploited=tenable.is_known_exploited(said["crossed"]),
        locations=(
            sdk.Location(
                url=f"{protocol}://{said['host']}" if is_web else None,
                host=said["host"] or None,
                host_ids=sdk.machine(sdk.parts(said["ip"]), mac=sdk.parts(said["mac"]), uuid=said["uuid"]),
                port=sdk.port(said["port"]),
                protocol=None if is_web else protocol or None,
                evidence=output or None,
            ),
        ),
        components=tuple(cpe.software(said["cpe"])),
        references=sdk.urls(said["see_also"].replace(",", " ").split()),
        tags=sdk.texts(said["family"] if said["family"] != "N/A" else None),
        suppression=sdk.suppression(over, justification=over)
        or tenable.suppression_of_check(said["severity"]),
        target=said["host"] or None,
        found_at=_when(said["first"]),
    )


def _cvss(said: dict[str, str]) -> Iterator[sdk.Rating]:
    for field, version in (("cvss4", "4.0"), ("cvss3", "3.0"), ("cvss2", "2.0")):
        yield said[field], said[f"{field}_score"], "Tenable", version


def _when(value: str) -> datetime | None:
    """Tenable.sc writes `Jan 5, 2021 10:24:08 MST`, which in mail's order is a date with a known zone."""
    return sdk.timestamp(_US_DATE.sub(r"\2 \1 \3 ", value))
