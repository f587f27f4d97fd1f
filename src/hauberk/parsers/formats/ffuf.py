"""ffuf: a fuzzer of web servers; what answered."""

from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_DOCS = "https://github.com/ffuf/ffuf#usage"


@sdk.parser(
    id="ffuf-json",
    scanner="ffuf",
    title="ffuf JSON",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("commandline", "time", "results", values={"commandline": "(?s).*ffuf.*"}),
        sdk.JsonKeys("results.item.input.FUZZ", "results.item.position", "results.item.redirectlocation"),
    ),
    versions="all, formats json and ejson",
)
def ffuf(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of json -o ffuf.json`"""
    method, asked = None, ""
    for node in report.json("time", "config.method", "commandline"):
        if node.pattern == "time":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        elif node.pattern == "commandline":
            asked = sdk.first(sdk.links(node.value)) or ""
        else:
            method = sdk.text(node.value)
    results = report.json("results.item", required="results.item")
    yield from report.read(results, partial(_result, method, asked))


@sdk.parser(
    id="ffuf-jsonl",
    scanner="ffuf",
    title="ffuf JSON Lines",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonLineKeys("input", "position", "status", "redirectlocation", "url"),
    items=sdk.JsonLines(),
    versions="1.5 and later, what `-json` prints",
)
def ffuf_lines(result: sdk.Json) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -json > ffuf.jsonl`"""
    words = {name: sdk.unbase64(word) for name, word in (result.get("input") or {}).items()}
    yield from _result(None, "", {**result, "input": words})


@sdk.parser(
    id="ffuf-csv",
    scanner="ffuf",
    title="ffuf CSV",
    docs=_DOCS,
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


@sdk.parser(
    id="ffuf-markdown",
    scanner="ffuf",
    title="ffuf Markdown",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"\A# FFUF Report", r"\| URL \| Redirectlocation \| Position \| Status Code \|"),
    versions="1.x and 2.x",
)
def ffuf_markdown(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of md -o ffuf.md`"""
    columns: list[str] = []
    for node in report.lines():
        cells = [cell.strip() for cell in node.value.strip().strip("|").split("|")]
        if "Redirectlocation" in cells:
            columns = cells
        elif columns and not cells[0].startswith(":-"):
            yield from sdk.each([dict(zip(columns, cells, strict=False))], _row, node.position)


def _result(method: str | None, asked: str, result: sdk.Json) -> sdk.Findings:
    inputs = result.get("input") or {}
    if isinstance(inputs, str):  # before 1.0 there was one input, and no address but the one asked for
        inputs = {"FUZZ": inputs}
    yield found_paths.answer(
        sdk.text(result.get("url")) or asked.replace("FUZZ", inputs["FUZZ"]),
        result["status"],
        size=result.get("length"),
        redirect=result.get("redirectlocation"),
        method=method,
        evidence="\n".join(f"{name}: {word}" for name, word in inputs.items() if name != "FFUFHASH") or None,
    )


def _row(row: sdk.Row) -> sdk.Findings:
    if url := row.get("URL"):
        yield found_paths.answer(
            url, row["Status Code"], size=row.get("Content Length"), redirect=row.get("Redirectlocation")
        )
