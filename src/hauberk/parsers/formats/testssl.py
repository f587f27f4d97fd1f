"""testssl.sh: what a TLS server offers and is vulnerable to. What is fine is left out; the rating sums up the rest."""

import re
from functools import partial

from hauberk.parsers import sdk

_DOCS = "https://github.com/testssl/testssl.sh/blob/3.2/doc/testssl.1.md"
_COLUMNS = ("id", "fqdn/ip", "port", "severity", "finding")
_SEVERITIES: sdk.Scale = {  # the manual's "SEVERITY" of the formats for machines
    "info": sdk.Severity.INFO,
    "warn": sdk.Severity.INFO,  # a test that could not be done
    "fatal": sdk.Severity.INFO,  # the scan that could not be done
    "low": sdk.Severity.LOW,
    "medium": sdk.Severity.MEDIUM,
    "high": sdk.Severity.HIGH,
    "not ok": sdk.Severity.HIGH,  # of 2.8, which knew no steps
    "critical": sdk.Severity.CRITICAL,
}
_RATING = re.compile(
    r"rating_|protocol_support_score|key_exchange_score|cipher_strength_score|final_score|overall_grade|grade_cap_reason"
)
_HINT = re.compile(r"HINT|DEBUG|OK")


@sdk.parser(
    id="testssl-csv",
    scanner="testssl.sh",
    title="testssl.sh CSV",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.CsvHeader(*_COLUMNS),
    items=sdk.CsvRows(*_COLUMNS),
    versions="2.9 and later",
)
def testssl_csv(row: sdk.Row) -> sdk.Findings:
    """`testssl.sh --csvfile testssl.csv host.example`"""
    yield from _test(row, row["fqdn/ip"])


@sdk.parser(
    id="testssl-json",
    scanner="testssl.sh",
    title="testssl.sh JSON",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("item.id", "item.ip", "item.port", "item.severity", "item.finding"),
    items=sdk.JsonItems("item"),
    versions="2.8 and later, flat",
)
def testssl_json(item: sdk.Json) -> sdk.Findings:
    """`testssl.sh --jsonfile testssl.json host.example`"""
    yield from _test(item, item["ip"])


@sdk.parser(
    id="testssl-json-pretty",
    scanner="testssl.sh",
    title="testssl.sh JSON, pretty",
    docs=_DOCS,
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.JsonKeys("Invocation", "scanResult"),
    items=sdk.JsonItems("scanResult.item"),
    header={"tool_version": "version"},
    versions="2.9 and later",
)
def testssl_json_pretty(server: sdk.Json) -> sdk.Findings:
    """`testssl.sh --jsonfile-pretty testssl.json host.example`"""
    where = f"{server.get('targetHost') or ''}/{server.get('ip') or ''}"
    for section, tests in server.items():
        if isinstance(tests, list):
            read = partial(_of_section, server.get("port"), where)
            yield from sdk.each(tests, read, section)


def _of_section(port: sdk.Json, where: str, test: sdk.Json) -> sdk.Findings:
    yield from _test({**test, "port": test.get("port", port)}, where)


def _test(said: sdk.Json, where: str) -> sdk.Findings:
    rule, word = said["id"], sdk.text(said.get("severity")) or ""
    if _HINT.fullmatch(word) or _RATING.match(rule):
        return
    host, _, address = where.partition("/")
    finding = sdk.text(said["finding"])
    title = f"{rule}: {finding}" if finding else rule
    yield sdk.ReportHeader(targets=sdk.texts(host or address))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=title.split("\n", 1)[0],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=rule,
        description=finding,
        identifiers=sdk.identifiers(said.get("cve")),
        cwes=sdk.cwes(said.get("cwe")),
        locations=(
            sdk.Location(
                host=host or address or None,
                port=sdk.port(said["port"]),
                protocol="tcp",
                evidence=address or None,
            ),
        ),
        target=host or address or None,
    )
