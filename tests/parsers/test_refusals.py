"""Reports that say of themselves that the scan failed: read as empty, they would close what is still there."""

import io

import pytest

from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError


def test_an_audit_that_yarn_could_not_do_is_refused() -> None:
    report = b'{"type":"warning","data":"No license field"}\n{"type":"error","data":"connect ECONNREFUSED"}\n'
    with pytest.raises(ReportError, match="Yarn could not audit: connect ECONNREFUSED"):
        list(open_report(io.BytesIO(report)).records())
