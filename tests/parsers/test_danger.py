"""What a file is that no report format recognises, by its content alone."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from factories import reports
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
REPORT = reports.code(3)


def zipped(*members, link=None):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                entry.external_attr = 0o120777 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def overlapping():
    """Two directory entries for the same bytes, in an archive with room to spare."""
    whole = zipped(("a.txt", b"a"), ("b.txt", b"b" * 50), ("c.txt", bytes(range(256)) * 40))
    first, second = whole.index(b"PK\x01\x02"), whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 4)
    return whole[: second + 42] + whole[first + 42 : first + 46] + whole[second + 46 :]


def tarred(*members, packed=""):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{packed}") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


CASES = {
    "EICAR": (EICAR, "malware_signature"),
    "EICAR behind blanks": (b"\n\n  " + EICAR, "malware_signature"),
    "EICAR packed": (gzip.compress(EICAR), "malware_signature"),
    "EICAR zipped": (zipped(("readme.txt", b"hello"), ("x/eicar.com", EICAR)), "malware_signature"),
    "EICAR zipped alone": (zipped(("eicar.json", EICAR)), "malware_signature"),
    "a Linux program": (b"\x7fELF\x02\x01\x01" + bytes(100), "executable_content"),
    "a Windows program": (b"MZ\x90\0" + bytes(100), "executable_content"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "executable_content"),
    "a program in an archive": (zipped(("a.json", b"{}"), ("b.json", b"\x7fELF")), "executable_content"),
    "a link": (zipped(("a", b"/etc/passwd"), ("b", b"x"), link="a"), "archive_unsafe"),
    "a name that leads out": (zipped(("../../a", b"x"), ("b", b"x")), "archive_unsafe"),
    "a bomb among others": (zipped(("a", bytes(30_000_000)), ("b", b"x")), "archive_bomb"),
    "archives in an archive": (zipped(("a.zip", zipped(("a", b"x"))), ("b", b"x")), "archive_nested"),
    "an archive alone in an archive": (zipped(("a.zip", zipped(("a", b"x")))), "archive_nested"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"x")), "archive_nested"),
    "members that overlap": (overlapping(), "archive_bomb"),
    "a PDF": (b"%PDF-1.7\n", "unsupported_format"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "unsupported_format"),
    "prose": (b"Dear Sir or Madam", "unsupported_format"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_no_format_recognises_is_called_by_its_name(name):
    content, code = CASES[name]
    with pytest.raises(ReportError) as refused:
        open_report(io.BytesIO(content))
    assert refused.value.code == code, refused.value.message


@pytest.mark.parametrize("name", ["EICAR", "a Linux program", "a script"])
def test_naming_a_format_does_not_help(name):
    content, code = CASES[name]
    with pytest.raises(ReportError) as refused:
        open_report(io.BytesIO(content), format="gosec-json")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "wrap", [lambda report: report, gzip.compress, lambda report: zipped(("r.json", report))]
)
def test_inside_a_recognised_report_a_signature_is_text(wrap):
    issue = REPORT["Issues"][0] | {"details": EICAR.decode(), "code": "\x7fELF MZ #!/bin/sh"}
    content = wrap(json.dumps(REPORT | {"Issues": [issue]}).encode())
    found = list(open_report(io.BytesIO(content)).records())
    assert any("EICAR" in str(getattr(each, "title", "")) for each in found)


def test_a_name_that_leads_out_harms_no_recognised_report():
    content = zipped(("../../report.json", json.dumps(REPORT).encode()))
    assert open_report(io.BytesIO(content)).format.id == "gosec-json"


@pytest.mark.parametrize("format", [None, "gosec-json"])
@pytest.mark.parametrize(
    "archive",
    [
        zipped(("a.json", json.dumps(REPORT)), ("b.json", json.dumps(REPORT))),
        tarred(("a.json", json.dumps(REPORT).encode()), packed="gz"),
        tarred(("a.json", json.dumps(REPORT).encode())),
    ],
    ids=["zip", "tar.gz", "tar"],
)
def test_an_archive_of_reports_is_refused_with_what_to_do(archive, format):  # noqa: A002
    with pytest.raises(ReportError, match="send each report by itself"):
        list(open_report(io.BytesIO(archive), format=format).records())
