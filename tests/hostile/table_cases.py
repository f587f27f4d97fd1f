"""CSV, HTML, workbooks and files that are something else: C1 to C10."""

import gzip
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from fixtures.archives import workbook, zipped
from hostile.catalogue import Ended, Size, Try, case
from hostile.json_cases import finding, report

COLUMNS = "kind,title,severity,rule_id,path,line,description"
HTML = Path(__file__).parents[1] / "parsers" / "samples" / "sonar-report-html" / "issues-and-rules.html"


def row(number: int = 1, title: str | None = None, description: str = "d") -> str:
    return f"sast,{title or f'Weak hash {number}'},high,R{number},src/{number}.py,3,{description}"


def table(*rows: str, end: str = "\n") -> str:
    return end.join([COLUMNS, *rows, ""])


@case("C1", "a quote that is never closed")
def open_quote(size: Size) -> Iterator[Try]:
    mib = size(50, 12)

    def rows() -> Iterable[bytes]:
        yield table(row(1), 'sast,"never closed').encode()
        for _ in range(mib):
            yield (row(2) + "\n").encode() * (2**20 // (len(row(2)) + 1))

    yield Try(rows(), ("value_too_large",), check=lambda ended: "line 3" in ended.scan["error"]["position"])


@case("C2", "a cell of megabytes")
def long_cell(size: Size) -> Iterator[Try]:
    yield Try(table(row(1, description="x" * 200_000), row(2)).encode(), findings=2)
    yield Try(table(row(1, description="x" * (9 * 2**20))).encode(), ("value_too_large",))


@case("C3", "ends of line, headers and rows of every kind")
def rows(size: Size) -> Iterator[Try]:
    yield Try(table(row(1), row(2), end="\r").encode(), findings=2)
    yield Try(f"{COLUMNS}\r\n{row(1)}\n{row(2)}\r{row(3)}".encode(), findings=3)
    yield Try(table(row(1, "a\u2028b"), row(2)).encode(), findings=2)
    yield Try(table(row(1, "a\x00b"), row(2)).encode(), findings=2, check=_without_nul)
    yield Try(table(COLUMNS, row(1)).encode(), check=lambda ended: len(ended.problems) == 1, findings=1)
    yield Try(f"{row(1)}\n{row(2)}\n".encode(), ("unsupported_format",))
    yield Try(f"{row(1)}\n".encode(), ("schema_mismatch",), fields={"format": "hauberk-csv"}, says="columns")
    yield Try(table("sast,Short,high", row(2) + ",more,and,more").encode(), findings=2)
    wide = "," * size(1_000_000, 100_000)
    yield Try(table(row(1) + wide).encode(), ("too_many_items", "value_too_large"))
    yield Try(
        (COLUMNS + wide + "\n" + row(1)).encode(), ("unsupported_format", "schema_mismatch", "too_many_items")
    )


def _without_nul(ended: Ended) -> bool:
    return {each["title"] for each in ended.findings} == {"ab", "Weak hash 2"}


@case("C4", "other delimiters, other encodings")
def delimiters(_: Size) -> Iterator[Try]:
    for delimiter in ";\t|":
        yield Try(table(row(1), row(2)).replace(",", delimiter).encode(), findings=2)
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        yield Try(table(row(1, "caf\u00e9")).encode(encoding), findings=1, check=_has_accent)
    yield Try(table(row(1, "\u30c6\u30b9\u30c8")).encode("shift_jis"), findings=1)


def _has_accent(ended: Ended) -> bool:
    return ended.findings[0]["title"] == "caf\u00e9"


@case("C5", "cells that a spreadsheet would run")
def formulas(_: Size) -> Iterator[Try]:
    titles = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-2+3", "\uff1d1+1", "\t=1+1"]
    yield Try(
        table(*(row(number, title) for number, title in enumerate(titles))).encode(),
        findings=len(titles),
        check=lambda ended: {each["title"] for each in ended.findings} == {each.strip() for each in titles},
    )


@case("C6", "HTML nested without end, with scripts, cut off")
def pages(size: Size) -> Iterator[Try]:
    depth = size(100_000, 20_000)
    fields = {"format": "sonar-report-html"}
    head = "<!DOCTYPE html><html><head><title>r</title></head><body>"
    yield Try(
        f"{head}{'<div>' * depth}{'</div>' * depth}</body></html>".encode(),
        ("nesting_too_deep", "schema_mismatch"),
        fields=fields,
        cpu_seconds=5,
    )
    whole = HTML.read_text(encoding="utf-8")
    nasty = '<base href="http://127.0.0.1:1/"><meta http-equiv="refresh" content="0;url=//x"><script>alert(1)</script>'
    yield Try(
        whole.replace("<table", "<table><tr><td>" * depth + "<table", 1).encode(),
        ("nesting_too_deep", "schema_mismatch"),
        fields=fields,
        cpu_seconds=5,
    )
    yield Try(whole.replace("<body", nasty + "<body", 1).encode(), check=_no_script)
    yield Try(whole.encode()[: len(whole) // 2], ("truncated",), fields=fields)


def _no_script(ended: Ended) -> bool:
    return ended.scan["counts"]["findings"]["new"] > 0 and "alert(1)" not in str(ended.findings)


@case("C7", "workbooks with links, formulas and more text than fits")
def workbooks(size: Size) -> Iterator[Try]:
    cells = [COLUMNS.split(","), row(1).split(",")]
    yield Try(workbook({"S": cells}), findings=1)
    links = {
        "xl/externalLinks/externalLink1.xml": '<externalLink><externalBook r:id="rId1" xmlns:r="x"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="rId1" Target="http://127.0.0.1:1/"'
        ' TargetMode="External"/></Relationships>',
    }
    yield Try(workbook({"S": cells}, links), findings=1)
    formula = '<worksheet><sheetData><row><c t="str"><f>WEBSERVICE("http://127.0.0.1:1/")</f><v>kind</v></c>{}</row></sheetData></worksheet>'
    rest = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in COLUMNS.split(",")[1:])
    yield Try(workbook({"S": []}, {"xl/worksheets/s0.xml": formula.format(rest)}), findings=0)
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in COLUMNS.split(","))
    flood = f"<worksheet><sheetData><row>{head}</row>{'<row/>' * size(20_000_000, 2_000_000)}</sheetData></worksheet>"
    yield Try(
        workbook({"S": []}, {"xl/worksheets/s0.xml": flood}), ("archive_bomb",), cpu_seconds=size(60, 20)
    )
    chance = random.Random(7)  # what cannot be compressed is no bomb
    texts = "".join(f"<si><t>{chance.getrandbits(40)}</t></si>" for _ in range(size(10_000_000, 100_000)))
    shared = {"xl/sharedStrings.xml": f"<sst>{texts}</sst>"}
    yield Try(
        workbook({"S": [["text"]]}, shared),
        ("value_too_large",) if size(1, 0) else ("unsupported_format",),
        cpu_seconds=size(120, 20),
    )


@case("C8", "programs, films and archives under another name")
def impostors(_: Size) -> Iterator[Try]:
    unknown = (
        "unsupported_format",
        "archive_corrupt",
        "truncated",
        "format_mismatch",
        "executable_content",
    )
    heads = {
        "scan.nessus": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        "report.xml": b"MZ\x90\x00\x03\x00\x00\x00",
        "film.json": b"\x00\x00\x00\x20ftypisom",
        "a.xml%00.php": b"\x7fELF\x02\x01\x01\x00",
        "evil.xml.exe": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "image.csv": b'GIF89a<?xml version="1.0"?><NessusClientData_v2/>',
        "both.json": b"%PDF-1.7\n" + zipped({"report.json": report(finding())}),
        "also.json": zipped({"a.txt": "a"}) + report(finding()),
    }
    for name, head in heads.items():
        yield Try(head + b"\x00\x01\xff" * 100 if not head.startswith(b"<") else head, unknown, name=name)
    yield Try(report(finding()) + b"PK\x05\x06" + b"\x00" * 18, ("schema_mismatch",))
    yield Try(report(finding()), findings=1, name="really.exe")


@case("C9", "nothing")
def nothing(_: Size) -> Iterator[Try]:
    for content in (b"", b" ", b"\n \t\r\n" * 100, b"\xef\xbb\xbf"):
        yield Try(content, ("empty_file",))
    yield Try(b"x", ("unsupported_format",))
    yield Try(zipped({"report.json": b""}), ("empty_file", "unsupported_format"))
    yield Try(gzip.compress(b""), ("empty_file", "unsupported_format"))


@case("C10", "YAML that grows and YAML that runs")
def yaml(_: Size) -> Iterator[Try]:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))
    yield Try(f"l0: &l0 lol\n{levels}\n".encode(), ("unsupported_format",), cpu_seconds=1)
    yield Try(b"!!python/object/apply:os.system ['id']\n", ("unsupported_format",), cpu_seconds=1)
