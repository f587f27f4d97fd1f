"""Reports that cannot be taken as empty: those that say that the scan failed, and those that say nothing at all.

Read as empty, they would close what is still there.
"""

import io

import pytest

from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError, ReportHeader


def test_an_audit_that_yarn_could_not_do_is_refused() -> None:
    report = b'{"type":"warning","data":"No license field"}\n{"type":"error","data":"connect ECONNREFUSED"}\n'
    with pytest.raises(ReportError, match="Yarn could not audit: connect ECONNREFUSED"):
        list(open_report(io.BytesIO(report)).records())


@pytest.mark.parametrize("report", [b"[]", b"{}", b"[\n]\n"])
def test_a_report_that_says_nothing_asks_for_its_format_and_is_empty_in_it(report: bytes) -> None:
    with pytest.raises(ReportError, match="name the format"):
        open_report(io.BytesIO(report))
    records = open_report(io.BytesIO(report), format="trivy-json").records()
    assert {type(record) for record in records} <= {ReportHeader}
