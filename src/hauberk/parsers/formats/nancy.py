"""Nancy: known vulnerabilities of Go modules, by Sonatype's OSS Index, as JSON and CSV."""

import msgspec

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ossindex

_DOCS = "https://github.com/sonatype-nexus-community/nancy#output"
_SUMMARY = ("Audited Count", "Vulnerable Count", "Ignored Vulnerabilities", "Build Version")
_COLUMNS = ("Count", "Package", "Is Vulnerable", "Num Vulnerabilities", "Vulnerabilities")


@sdk.parser(
    id="nancy-json",
    scanner="Nancy",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.JsonKeys("audited", later=("vulnerable", "num_audited")),
    items=sdk.JsonItems("vulnerable.item"),
    header={"tool_version": "version"},
    versions="0.x and 1.x, `-o json`",
)
def nancy(package: sdk.Json) -> sdk.Findings:
    """`go list -json -deps ./... | nancy sleuth --output json-pretty > nancy.json`"""
    yield from _vulnerabilities(package["Coordinates"], package["Vulnerabilities"])


@sdk.parser(
    id="nancy-csv",
    scanner="Nancy",
    title="Nancy CSV",
    docs=_DOCS,
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(sdk.CsvHeader(*_SUMMARY), sdk.CsvHeader(*_COLUMNS)),
    versions="1.x, `-o csv`",
)
def nancy_csv(report: sdk.Report) -> sdk.Findings:
    """`go list -json -deps ./... | nancy sleuth --output csv > nancy.csv`"""
    for node in report.rows(*_SUMMARY):
        yield sdk.ReportHeader(tool_version=sdk.text(node.value["Build Version"]))
        if node.value["Vulnerable Count"] == "0":  # with `--quiet`, no table follows
            return
        break
    yield from report.read(report.rows(*_COLUMNS), _row)


def _vulnerabilities(purl: str, known: sdk.Json) -> sdk.Findings:
    name, version = sdk.package_of(purl) or (purl, None)
    for said in known or ():
        yield ossindex.finding(purl, name, version, said)


def _row(row: sdk.Row) -> sdk.Findings:
    if row["Is Vulnerable"] == "true":
        yield from _vulnerabilities(row["Package"], msgspec.json.decode(row["Vulnerabilities"]))
