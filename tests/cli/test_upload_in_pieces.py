"""`hauberk upload` of a large file: in pieces, over lines that break, going on where an earlier call was killed."""

import json

import httpx2
import pytest

from factories import reports
from factories.listening import listening
from fixtures.api import unlimited
from hauberk.infra import resumable_upload
from hauberk.infra.api_client import ApiClient
from hauberk.infra.resumable_upload import ResumableUpload

MIB = 1024 * 1024
SIZE = 6 * MIB


class BreakingLine(httpx2.BaseTransport):
    """Breaks in the middle of these PATCHes, counted from 1, as a network does: some bytes have arrived."""

    def __init__(self, *breaks):
        self._inner = httpx2.HTTPTransport()
        self._breaks = breaks
        self.sent = []

    def handle_request(self, request):
        if request.method == "PATCH":
            self.sent.append(int(request.headers["upload-offset"]))
            if len(self.sent) in self._breaks:
                raise httpx2.WriteError("the line broke")
        return self._inner.handle_request(request)

    def close(self):
        self._inner.close()


@pytest.fixture(scope="module")
def server(settings):
    with listening(unlimited(settings)) as found:
        yield found


@pytest.fixture
def large(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(resumable_upload, "CHUNK", 2 * MIB)
    path = tmp_path / "gosec.json"
    path.write_bytes(json.dumps(reports.code(5)).encode().ljust(SIZE))
    return path


def client(server, *breaks):
    line = BreakingLine(*breaks)
    return ApiClient(server.url, server.member.token, transport=line), line


def scan_of(api, upload_id):
    return api.post("/scans", {"upload": upload_id, "asset": "shop"})


@pytest.mark.long
def test_a_line_that_breaks_is_taken_up_again_where_the_server_stands(server, large):
    told = []
    api, line = client(server, 2, 3)
    with api:
        upload_id = ResumableUpload(api, large, told.append).send()
        assert line.sent == [0, 2 * MIB, 2 * MIB, 2 * MIB, 4 * MIB]
        assert told[-1] == SIZE
        scan = scan_of(api, upload_id)
        assert (scan["size_bytes"], scan["file_name"]) == (SIZE, "gosec.json")


def test_a_call_that_was_killed_is_continued_by_the_next(server, large, monkeypatch):
    monkeypatch.setattr(resumable_upload, "PATIENCE_SECONDS", 0)
    first, _ = client(server, 2)
    with first, pytest.raises(Exception, match="the line broke"):
        ResumableUpload(first, large, lambda _at: None).send()
    second, line = client(server)
    with second:
        sending = ResumableUpload(second, large, lambda _at: None)
        scan = scan_of(second, sending.send())
        assert (scan["size_bytes"], line.sent[0]) == (SIZE, 2 * MIB)
        sending.forget()
        assert ResumableUpload(second, large, lambda _at: None)._where is None


@pytest.mark.long
def test_an_upload_that_has_expired_is_begun_anew(server, large):
    api, _ = client(server)
    with api:
        sending = ResumableUpload(api, large, lambda _at: None)
        upload_id = sending.send()
        api.send("DELETE", f"/uploads/{upload_id}", headers=resumable_upload.TUS)
        assert ResumableUpload(api, large, lambda _at: None).send() != upload_id
