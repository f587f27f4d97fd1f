"""dirsearch: paths of a web server, guessed from word lists."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths


@sdk.parser(
    id="dirsearch-json",
    scanner="dirsearch",
    title="dirsearch JSON",
    docs="https://github.com/maurosoria/dirsearch#reports",
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
    yield found_paths.answer(
        result["url"], result["status"], size=result.get("content-length"), redirect=result.get("redirect")
    )


@sdk.parser(
    id="dirsearch-json-by-host",
    scanner="dirsearch",
    title="dirsearch JSON, by host",
    docs="https://github.com/maurosoria/dirsearch#reports",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("*.item.path", "*.item.status", "*.item.content-length"),
    versions="before 0.4.1",
)
def dirsearch_by_host(report: sdk.Report) -> sdk.Findings:
    """`dirsearch -u https://app.example --json-report=dirsearch.json`"""
    for node in report.json("*.item"):
        yield from report.read_one(node, partial(_at, node.container.rstrip("/")))


def _at(host: str, result: sdk.Json) -> sdk.Findings:
    found = f"{host}/{result['path'].lstrip('/')}"
    yield found_paths.answer(
        found, result["status"], size=result.get("content-length"), redirect=result.get("redirect")
    )


@sdk.parser(
    id="dirsearch-csv",
    scanner="dirsearch",
    title="dirsearch CSV",
    docs="https://github.com/maurosoria/dirsearch#reports",
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader("URL", "Status", "Size", "Content Type", "Redirection"),
    items=sdk.CsvRows("URL", "Status", "Size", "Redirection"),
    versions="0.4.2 and later",
)
def dirsearch_csv(row: sdk.Row) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=csv -o dirsearch.csv`"""
    yield found_paths.answer(row["URL"], row["Status"], size=row["Size"], redirect=row["Redirection"])
