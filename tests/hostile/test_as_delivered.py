"""With the limits that an installation has: Z9, a byte more than is taken."""

import tempfile

import httpx2
import pytest

from factories.listening import listening
from factories.working import working
from fixtures.api import unlimited
from hostile.conftest import Door

pytestmark = [pytest.mark.faults, pytest.mark.timeout(7_200)]
GIB = 2**30


@pytest.fixture
def door(fresh_settings):
    settings = unlimited(fresh_settings)
    assert settings.upload.max_bytes == 2 * GIB
    with listening(settings) as server, working(settings) as worker:
        yield Door(server, worker)


def test_z9_a_byte_more_than_is_taken(door):
    with tempfile.TemporaryFile() as file:
        file.write(b'{"format": "hauberk"')
        file.truncate(2 * GIB + 1)  # a hole: nothing of it lies on the disk before it is sent
        file.seek(0)
        answer = httpx2.post(
            f"{door.server.url}/api/v1/scans",
            headers=door.server.member.headers,
            data={"asset": "Z9"},
            files={"file": ("large.json", file)},
            timeout=600,
        )
    assert answer.status_code == 413
    assert f"{2 * GIB:,} bytes" in answer.json()["detail"]
    assert door.drafts == []
    assert door.get("/scans")["total"] == 0
