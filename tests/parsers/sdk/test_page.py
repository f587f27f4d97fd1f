"""HTML pages and plain texts."""

import pytest

from fixtures.reports import probe, refusal, report
from hauberk.parsers import sdk
from hauberk.parsers.sdk import page as module

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="UTF-8"><title>Acme report</title><script>alert(1)</script></head>
<body><table id="t">
 <thead><tr><th>Name</th><th>Where</th></tr></thead>
 <tr><td>a <b>b</b>old
   name</td><td><table><tr><td>inner</td></tr></table></td></tr>
 <tr><td><p>é</p><p>f</p></td></tr>
</table></body></html>
"""


def test_tables_are_read_by_column_without_the_tables_in_their_cells() -> None:
    (table,) = report(PAGE).page().xpath("//table[@id='t']")
    rows = [{name: sdk.words(cell) for name, cell in row.items()} for row in sdk.table_rows(table)]
    assert rows == [{"Name": "a bold name", "Where": "inner"}, {"Name": "é f"}]
    assert sdk.words(None) is None


def test_a_passage_keeps_its_lines_and_a_page_s_words_do_not() -> None:
    (cell,) = report(PAGE).page().xpath("//td[p]")
    assert sdk.passage(cell) == "é\n\nf"
    assert sdk.words(cell) == "é f"
    assert sdk.passage(None) is None


def test_a_page_is_recognised_by_what_is_in_it() -> None:
    assert sdk.HtmlPage("//title[contains(., 'Acme')]", "//table")(probe(PAGE)) == 4
    assert sdk.HtmlPage("//title[contains(., 'Other')]")(probe(PAGE)) == 0
    assert sdk.HtmlPage("//title")(probe("<x><title/></x>")) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("{}", "format_mismatch"),
        ("<xml/>", "format_mismatch"),
        (PAGE[:200], "truncated"),
        ("<html>" + "<div>" * 100_000 + "</html>", "nesting_too_deep"),
    ],
)
def test_what_is_no_whole_page_is_refused(text: str, code: str) -> None:
    with pytest.raises(sdk.ReportError) as caught:
        report(text).page()
    assert caught.value.code == code


def test_a_page_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGE", 100)
    with pytest.raises(sdk.ReportError) as caught:
        report(PAGE).page()
    assert caught.value.code == "value_too_large"


def test_no_entity_and_no_file_is_read_into_a_page() -> None:
    hostile = '<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/hostname">]><html><p>&e;</p></html>'
    assert sdk.words(report(hostile).page().xpath("//p")[0]) in ("&e;", None)


def test_lines_are_read_as_they_stand() -> None:
    nodes = list(report("a \r\n\nb\xe9\n".encode("latin-1")).lines())
    assert [(node.value, node.position) for node in nodes] == [
        ("a ", "line 1"),
        ("", "line 2"),
        ("bé", "line 3"),
    ]
    assert refusal(report("").lines()).code == "empty_file"
    assert refusal(report("x" * 2_000_000).lines()).code == "value_too_large"


def test_a_text_is_recognised_by_lines_in_it() -> None:
    sniff = sdk.TextLines(r"^Scan of \S+$", r"^Done\b")
    assert sniff(probe("[x]\nScan of /a\nDone.\n")) == 3
    assert sniff(probe("Scan of /a b\nDone.\n")) == 0
    assert sniff(probe("<a>\nScan of /a\nDone.\n")) == 0
