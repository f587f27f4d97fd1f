"""ffuf for people: what it prints on a terminal, and its page."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import found_paths

_DOCS = "https://github.com/ffuf/ffuf#usage"
_SETTING = re.compile(r":: (?P<name>Method|URL) +: (?P<value>\S.*)")
_HIT = re.compile(
    r"(?P<word>.*?)\s*\[Status: (?P<code>\d{3}), Size: (?P<size>\d+), Words: \d+, Lines: \d+\b.*\]"
)
_MORE = re.compile(r"\| (?P<name>URL|-->) \| (?P<value>\S.*)")
_CONTROL = re.compile(r"\x1b\[\d*K")


@sdk.parser(
    id="ffuf-text",
    scanner="ffuf",
    title="ffuf text",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.TextLines(r"^ :: URL +: \S+", r"^ :: (?:Wordlist|Matcher) +: "),
        sdk.TextLines(r"\[Status: \d{3}, Size: \d+, Words: \d+, Lines: \d+"),
    ),
    versions="1.x and 2.x, also with `-v` and colours",
)
def ffuf_text(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt > ffuf.txt 2>&1`"""
    settings: dict[str, str] = {}
    hit: dict[str, str] = {}
    for node in report.lines():
        # progress is printed again and again over the same line
        line = _CONTROL.sub("", sdk.uncoloured(node.value)).rpartition("\r")[2].strip()
        if setting := _SETTING.fullmatch(line):
            settings[setting["name"]] = setting["value"]
        elif more := _MORE.fullmatch(line):
            hit[more["name"]] = more["value"]
        elif found := _HIT.fullmatch(line):
            yield from _answer(hit, settings)
            hit = found.groupdict()
    yield from _answer(hit, settings)


def _answer(hit: dict[str, str], settings: dict[str, str]) -> Iterator[sdk.ReportedFinding]:
    word = hit.get("word", "")
    if "code" in hit and (word or "URL" in hit):
        yield found_paths.answer(
            hit.get("URL") or settings.get("URL", "FUZZ").replace("FUZZ", word),
            hit["code"],
            size=hit["size"],
            redirect=hit.get("-->"),
            method=settings.get("Method"),
            evidence=f"FUZZ: {word}" if word else None,
        )


@sdk.parser(
    id="ffuf-html",
    scanner="ffuf",
    title="ffuf HTML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.HtmlPage('//title[contains(., "FFUF Report")]', '//table[@id="ffufreport"]'),
    versions="1.x and 2.x",
)
def ffuf_html(report: sdk.Report) -> sdk.Findings:
    """`ffuf -u https://app.example/FUZZ -w words.txt -of html -o ffuf.html`"""
    for table in report.page().xpath('//table[@id="ffufreport"]'):
        yield from sdk.each(sdk.table_rows(table), _row, "ffufreport")


def _row(row: dict[str, sdk.HtmlElement]) -> sdk.Findings:
    said = {name: sdk.words(cell) for name, cell in row.items()}
    yield found_paths.answer(
        said["URL"], said["Status"], size=said.get("Length"), redirect=said.get("Redirect location")
    )
