"""Reports that cannot be taken as empty: those that say that the scan failed, and those that say nothing at all.

Read as empty, they would close what is still there.
"""

import gzip
import io

import pytest

from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError, ReportHeader


def test_an_audit_that_yarn_could_not_do_is_refused() -> None:
    report = b'{"type":"warning","data":"No license field"}\n{"type":"error","data":"connect ECONNREFUSED"}\n'
    with pytest.raises(ReportError, match="Yarn could not audit: connect ECONNREFUSED"):
        list(open_report(io.BytesIO(report)).records())


def test_a_site_that_wpscan_gave_up_on_is_refused() -> None:
    report = (
        b'{"banner": {"description": "WordPress Security Scanner by the WPScan Team", "version": "3.8.22"},'
        b' "target_url": "https://blog.example/", "scan_aborted": "The target is down"}'
    )
    with pytest.raises(ReportError, match="WPScan gave up: The target is down"):
        list(open_report(io.BytesIO(report)).records())


def test_a_log_of_gitleaks_that_only_counts_is_no_clean_scan() -> None:
    log = b"7:09PM INF 12 commits scanned.\n7:09PM WRN leaks found: 2\n"
    with pytest.raises(ReportError, match="counts leaks and lists none"):
        list(open_report(io.BytesIO(log)).records())


def test_what_wpscan_printed_of_a_site_that_it_gave_up_on_is_refused() -> None:
    text = b"  WordPress Security Scanner by the WPScan Team\n  Version 3.8.17\n\nScan Aborted: The target is down\n"
    with pytest.raises(ReportError, match="WPScan gave up: The target is down"):
        list(open_report(io.BytesIO(text)).records())


def test_what_snyk_printed_up_to_its_issues_is_refused_as_cut_off() -> None:
    text = b"Testing /srv/orchard...\n\nTested 3 dependencies\n  x Leak [High Severity][https://snyk.example/SNYK-1] in cider@1.0\n"
    with pytest.raises(ReportError, match="before it tells what was tested"):
        list(open_report(io.BytesIO(text)).records())


def test_a_log_of_gosec_without_results_is_no_clean_scan() -> None:
    log = b"[gosec] 2024/06/07 08:09:10 Checking file: /srv/orchard/plant.go\n"
    assert list(open_report(io.BytesIO(1200 * log + b"Results:\n\n\nSummary:\n")).records()) == []
    with pytest.raises(ReportError, match="ends before its results"):
        list(open_report(io.BytesIO(1200 * log)).records())


def test_what_ssh_audit_listed_before_it_judged_is_no_clean_audit() -> None:
    report = (
        b'{"banner": {"raw": "SSH-2.0-OpenSSH_7.4", "protocol": [2, 0], "software": "OpenSSH_7.4", "comments": null},'
        b' "compression": ["none"], "enc": ["aes128-cbc"], "kex": [{"algorithm": "diffie-hellman-group1-sha1"}],'
        b' "key": [{"algorithm": "ssh-rsa", "keysize": 2048}], "mac": ["hmac-sha1"], "fingerprints": []}'
    )
    with pytest.raises(ReportError, match="judges none of it"):
        list(open_report(io.BytesIO(report)).records())


@pytest.mark.parametrize(("status", "is_refused"), [("failed", True), ("passed", False)])
def test_a_kubescape_report_without_results_is_empty_only_where_no_control_failed(
    status: str, is_refused: bool
) -> None:
    report = (
        b'{"generationTime": "2026-01-05T10:00:00Z", "summaryDetails": {"controls": {"C-0017": {"controlID": "C-0017",'
        b' "status": "%s"}}}, "results": null}' % status.encode()
    )
    read = open_report(io.BytesIO(report)).records()
    if is_refused:
        with pytest.raises(ReportError, match="no list “results”"):
            list(read)
    else:
        assert {type(record) for record in read} == {ReportHeader}


@pytest.mark.parametrize("report", [b"[]", b"{}", b"[\n]\n", b'{"findings": []}', b'{"results": []}'])
def test_a_report_that_says_nothing_asks_for_its_format_and_is_empty_in_it(report: bytes) -> None:
    with pytest.raises(ReportError, match="name the format"):
        open_report(io.BytesIO(report))
    records = open_report(io.BytesIO(report), format="trivy-json").records()
    assert {type(record) for record in records} <= {ReportHeader}


@pytest.mark.parametrize("report", [b"", b"\n\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
@pytest.mark.parametrize("named", ["nuclei-json", "TruffleHog", "gitleaks-csv"])
def test_an_empty_file_is_a_scan_without_results_where_the_scanner_named_writes_nothing(
    report: bytes, named: str
) -> None:
    opened = open_report(io.BytesIO(report), format=named)
    assert opened.is_blank
    assert list(opened.records()) == []


def test_an_empty_file_is_refused_where_no_format_is_named_or_its_scanner_always_writes() -> None:
    with pytest.raises(ReportError, match="Name the format") as refused:
        open_report(io.BytesIO(b""))
    assert refused.value.code == "empty_file"
    with pytest.raises(ReportError, match="empty"):
        list(open_report(io.BytesIO(b" "), format="trivy-json").records())


def test_a_text_behind_much_white_space_is_not_called_empty() -> None:
    with pytest.raises(ReportError):
        list(open_report(io.BytesIO(b" " * 70_000 + b"x"), format="nuclei-json").records())


@pytest.mark.parametrize(
    ("report", "instead"),
    [
        (b'{"matches": [], "descriptor": {"name": "grype"}}', "looks like grype-json"),
        (b'{"error": "The database cannot be reached."}', "no known format looks like it"),
    ],
)
def test_what_is_named_as_another_format_is_not_a_clean_report_of_it(report: bytes, instead: str) -> None:
    with pytest.raises(ReportError, match=instead) as refused:
        list(open_report(io.BytesIO(report), format="trivy-json").records())
    assert refused.value.code == "format_mismatch"


def test_a_page_without_results_is_believed_with_what_it_says_of_itself() -> None:
    page = b'{"items": [], "totalCount": 0, "sorting": ["updatedOn"]}'
    assert list(open_report(io.BytesIO(page), format="trustwave-fusion-json").records()) == []
    other = page.replace(b'"updatedOn"', b'{"title": "SQL injection"}')
    opened = open_report(io.BytesIO(other), format="trustwave-fusion-json")
    with pytest.raises(ReportError, match="no known format looks like it"):
        list(opened.records())


@pytest.mark.parametrize("report", [b'{"Results": null}', b"null", b"[[], {}]"])
def test_a_bare_report_without_results_is_believed_in_the_format_it_is_named_as(report: bytes) -> None:
    records = open_report(io.BytesIO(report), format="trivy-json").records()
    assert {type(record) for record in records} <= {ReportHeader}


@pytest.mark.parametrize(
    ("report", "named"),
    [
        (b'{"data": [], "pagination": {"next_page": "*"}}', "cobalt-api-json"),
        (b'{"@odata.context": "https://api.example/$metadata", "value": []}', "ms-defender-json"),
        (b'{"version": "2.3", "vulnerabilities": [], "remediations": []}', "gitlab-dast-json"),
        (b'{"results": null}', "osv-scanner-json"),
    ],
)
def test_the_formats_own_list_is_believed_when_it_is_empty(report: bytes, named: str) -> None:
    records = open_report(io.BytesIO(report), format=named).records()
    assert {type(record) for record in records} <= {ReportHeader}


@pytest.mark.parametrize("report", [b'{"data": [], "error": "denied"}', b'{"error": "denied"}', b'{"x": []}'])
def test_beside_an_error_or_without_the_list_nothing_is_believed(report: bytes) -> None:
    with pytest.raises(ReportError):
        list(open_report(io.BytesIO(report), format="cobalt-api-json").records())


def test_a_site_that_wpscan_gave_up_on_before_it_began_is_refused_in_its_words() -> None:
    report = (
        b'{"banner": {"description": "WordPress Security Scanner by the WPScan Team", "version": "3.8.22"},'
        b' "scan_aborted": "The URL supplied redirects to https://other.example/"}'
    )
    with pytest.raises(ReportError, match="WPScan gave up: The URL supplied redirects"):
        list(open_report(io.BytesIO(report)).records())


def test_a_text_that_begins_with_a_bracket_is_unknown_and_not_bare() -> None:
    with pytest.raises(ReportError, match="in no report format that is known here"):
        open_report(io.BytesIO(b"[WARN] something\n[FAIL] something else\n"))
    with pytest.raises(ReportError, match="The file says nothing"):
        open_report(io.BytesIO(b"[]\n"))
