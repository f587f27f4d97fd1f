"""ffuf: a fuzzer of web servers; what answered."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths


@sdk.parser(
    id="ffuf-json",
    scanner="ffuf",
    title="ffuf JSON",
    docs="https://github.com/ffuf/ffuf#usage",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("commandline", "time", "results", values={"commandline": "(?s).*ffuf.*"}),
    versions="1.x and 2.x, formats json and ejson",
)
def ffuf(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of json -o ffuf.json`"""
    method = None
    for node in report.json("time", "config.method"):
        if node.pattern == "time":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            method = sdk.text(node.value)
    yield from report.read(report.json("results.item", required="results.item"), partial(_result, method))


def _result(method: str | None, result: sdk.Json) -> sdk.Findings:
    inputs = result.get("input") or {}
    yield found_paths.answer(
        result["url"],
        result["status"],
        size=result.get("length"),
        redirect=result.get("redirectlocation"),
        method=method,
        evidence="\n".join(f"{name}: {word}" for name, word in inputs.items() if name != "FFUFHASH") or None,
    )


@sdk.parser(
    id="ffuf-csv",
    scanner="ffuf",
    title="ffuf CSV",
    docs="https://github.com/ffuf/ffuf#usage",
    kinds=[sdk.DAST],
    sniff=sdk.CsvHeader("url", "redirectlocation", "status_code", "content_length", "content_words"),
    items=sdk.CsvRows("url", "status_code"),
    versions="1.x and 2.x",
)
def ffuf_csv(row: sdk.Row) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of csv -o ffuf.csv`"""
    yield found_paths.answer(
        row["url"], row["status_code"], size=row.get("content_length"), redirect=row.get("redirectlocation")
    )
