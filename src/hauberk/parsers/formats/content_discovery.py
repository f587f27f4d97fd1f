"""dirsearch, ffuf and Gobuster: paths of a web server that answer though nothing links to them."""

import re
from functools import partial
from urllib.parse import urlsplit

from hauberk.parsers import sdk

_LINE = re.compile(
    r"^(?P<found>\S+)\s+\(Status: (?P<code>\d{3})\)(?: \[Size: (?P<size>\d+)\])?(?: \[--> (?P<to>[^\]]*)\])?"
)


@sdk.parser(
    id="dirsearch-json",
    scanner="dirsearch",
    docs="https://github.com/maurosoria/dirsearch#reports",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("info.args", "info.time", "results"),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "info.time"},
    versions="0.4.2 and later",
)
def dirsearch(result: sdk.Json) -> sdk.Findings:
    """`dirsearch -u https://app.example --format=json -o dirsearch.json`"""
    yield _answer(result["url"], result["status"], result.get("content-length"), result.get("redirect"))


@sdk.parser(
    id="ffuf-json",
    scanner="ffuf",
    docs="https://github.com/ffuf/ffuf#usage",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("commandline", "time", "results", values={"commandline": "(?s).*ffuf.*"}),
    versions="1.x and 2.x",
)
def ffuf(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of json -o ffuf.json`"""
    method = None
    for node in report.json("time", "config.method"):
        if node.pattern == "time":
            yield sdk.ReportHeader(scanned_at=sdk.timestamp(node.value))
        else:
            method = sdk.text(node.value)
    yield from report.read(report.json("results.item", required="results.item"), partial(_fuzzed, method))


def _fuzzed(method: str | None, result: sdk.Json) -> sdk.Findings:
    yield _answer(
        result["url"], result["status"], result.get("length"), result.get("redirectlocation"), method
    )


@sdk.parser(
    id="gobuster-txt",
    scanner="Gobuster",
    docs="https://github.com/OJ/gobuster#dir-mode",
    kinds=[sdk.DAST],
    sniff=sdk.TextLines(r"^\S+\s+\(Status: \d{3}\)"),
    versions="2 and 3, mode `dir`",
)
def gobuster(report: sdk.Report) -> sdk.Findings:
    """`gobuster dir -e -u https://app.example -w words.txt -o gobuster.txt`; without `-e` it names no host."""
    for node in report.lines():
        match = _LINE.match(str(node.value).strip())
        if match:
            yield _answer(match["found"], match["code"], match["size"], match["to"])
        elif str(node.value).strip().strip("="):
            yield sdk.ItemProblem(position=node.position, reason="it is no line about a path")


def _answer(
    found: sdk.Json, code: sdk.Json, size: sdk.Json, redirect: sdk.Json, method: str | None = None
) -> sdk.ReportedFinding:
    target = sdk.text(redirect)
    parts, leads_to = urlsplit(found), urlsplit(target or "")
    path = "/" + parts.path.lstrip("/")
    if not parts.scheme and leads_to.path == f"{path}/":  # the server only adds a slash: it names itself
        found = f"{leads_to.scheme}://{leads_to.netloc}{path}"
    proof = (f"HTTP {code}", f"{size} bytes" if size else None, f"leads to {target}" if target else None)
    place = sdk.at_url(found, method=method) if "://" in found else sdk.Location(url=path, method=method)
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"HTTP {code}: {path}",
        severity=sdk.Severity.INFO,
        rule_id=f"http-{code}",
        description=", ".join(sdk.texts(proof)),
        locations=(place,),
    )
