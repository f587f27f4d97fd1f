"""HTML reports: a page as elements. No script runs, nothing is fetched, and only so much of it is held in memory."""

import re
from collections.abc import Iterator

from lxml import etree, html

from hauberk.parsers.sdk.errors import ReportError
from hauberk.parsers.sdk.prose import plain
from hauberk.parsers.sdk.source import Source

HtmlElement = html.HtmlElement
MAX_PAGE = 32 * 1024 * 1024
_BEGINNING = re.compile(rb"(?is)\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b")
_HTML_TAG = re.compile(rb"(?i)<html[\s>]")
_END = re.compile(rb"(?i)</html\s*>")
_APART = frozenset(
    [
        "br",
        "dd",
        "div",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SPACE = re.compile(r"\s+")


def is_page(text: bytes) -> bool:
    return _BEGINNING.match(text[:4096]) is not None


def read_page(source: Source) -> HtmlElement:
    """The whole page. Raises ReportError where there is none, or where its end is missing."""
    with source.open(repair=True) as stream:
        text = stream.read(MAX_PAGE + 1)
    if not text.strip():
        raise ReportError("empty_file", "The file is empty.")
    if not is_page(text):
        raise ReportError("format_mismatch", "The file is no HTML page.", "line 1")
    if len(text) > MAX_PAGE:
        raise ReportError("value_too_large", f"The HTML page is larger than {MAX_PAGE >> 20} MiB.")
    if _HTML_TAG.search(text[:4096]) and not _END.search(text[-4096:]):
        raise ReportError("truncated", "The HTML page ends in the middle; the file was cut off.")
    page = page_of(text)
    if page is None:
        raise ReportError("syntax_error", "The HTML page has no elements.", "line 1")
    return page


def page_of(text: bytes) -> HtmlElement | None:
    """The elements of a page, or of its beginning."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise ReportError("nesting_too_deep", "The HTML is nested too deeply.")
    return page


def words(element: HtmlElement | None) -> str | None:
    """What a reader sees of an element, white space collapsed; nothing left: None."""
    return None if element is None else _SPACE.sub(" ", "".join(_pieces(element))).strip() or None


def _pieces(element: HtmlElement) -> Iterator[str]:
    edge = " " if element.tag in _APART else ""
    yield edge
    yield element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield edge


def passage(element: HtmlElement | None) -> str | None:
    """The same with its paragraphs, lists and line breaks."""
    return None if element is None else plain(html.tostring(element, encoding="unicode", with_tail=False))


def table_rows(table: HtmlElement) -> Iterator[dict[str, HtmlElement]]:
    """A table's rows as cells by the name of their column; tables within its cells are not mixed in."""
    header: list[str] = []
    for row in table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"):
        cells = row.xpath("./th | ./td")
        if not header or all(cell.tag == "th" for cell in cells):
            header = [words(cell) or "" for cell in cells]
        else:
            yield dict(zip(header, cells, strict=False))
