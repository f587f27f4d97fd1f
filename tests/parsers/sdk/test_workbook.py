"""XLSX workbooks: rows by the names of their columns, wherever the table stands."""

import pytest

from fixtures.archives import workbook
from fixtures.reports import probe, refusal, report
from hauberk.parsers import sdk
from hauberk.parsers.sdk import workbook as module


def test_rows_are_read_by_column_with_their_place() -> None:
    file = workbook(
        {
            "Cover": [["A report"]],
            "Results": [
                ["of today"],
                [],
                ["Name", " Score ", "Is open", "Empty"],
                ["x & y", 7.1, True],
                [None, 3],
            ],
        }
    )
    rows = list(report(file).rows("Name", "Score"))
    assert [row.value for row in rows] == [
        {"Name": "x & y", "Score": "7.1", "Is open": "TRUE", "Empty": ""},
        {"Name": "", "Score": "3", "Is open": "", "Empty": ""},
    ]
    assert rows[0].position == "sheet Results, row 4"


def test_every_sheet_with_the_columns_is_read() -> None:
    file = workbook({"High": [["Name"], ["a"]], "Other": [["x"]], "Low": [["Name"], ["b"]]})
    assert [row.value["Name"] for row in report(file).rows("Name")] == ["a", "b"]


def test_a_workbook_is_recognised_as_the_table_it_holds() -> None:
    file = workbook({"Results": [["Name", "Score"], ["a", 1]]})
    assert sdk.CsvHeader("Name", "Score")(probe(file)) == sdk.CsvHeader("Name", "Score")(
        probe("Name,Score\n")
    )
    assert sdk.CsvHeader("Name", "Colour")(probe(file)) == 0


def test_dates_inline_texts_errors_and_references_beyond_the_table_are_read() -> None:
    cells = (
        '<c r="A2" s="1"><v>45292.5</v></c><c r="B2" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r>'
        "<rPh><t>no</t></rPh></is></c><c r='C2' t='e'><v>#REF!</v></c><c r='D2' t='s'><v>99</v></c>"
        "<c r='E2' t='str'><v>sum</v></c><c r='ZZZZ2'><v>1e3</v></c><c r='G2' s='1'><v>1e300</v></c>"
    )
    sheet = (
        "<worksheet><sheetData><row>"
        + "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in "ABCDEFG")
        + f"</row><row>{cells}</row></sheetData></worksheet>"
    )
    file = workbook({"S": []}, {"xl/worksheets/s0.xml": sheet})
    assert [row.value for row in report(file).rows("A", "B")] == [
        {"A": "2024-01-01 12:00:00", "B": "inline", "C": "", "D": "", "E": "sum", "F": "1000", "G": "1e300"}
    ]


def test_a_workbook_without_the_columns_is_refused() -> None:
    error = refusal(report(workbook({"S": [["a"]]})).rows("b"))
    assert error.code == "schema_mismatch"
    assert "b" in error.message


def test_entities_and_too_much_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    laughs = '<!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    rows = [["Name"], ["a"]]
    hostile = workbook({"S": rows}, {"xl/sharedStrings.xml": laughs})
    assert refusal(report(hostile).rows("Name")).code == "xml_entity_forbidden"
    monkeypatch.setattr(module, "_MAX_TEXT", 3)
    assert refusal(report(workbook({"S": rows})).rows("Name")).code == "value_too_large"


def test_a_workbook_that_lacks_its_parts_has_no_tables() -> None:
    file = workbook({"S": [["Name"]]}, {"xl/_rels/workbook.xml.rels": "<Relationships/>"})
    assert refusal(report(file).rows("Name")).code == "schema_mismatch"
