"""Uploads in pieces."""

import base64

import pytest

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}


def named(name: str) -> str:
    return "filename " + base64.b64encode(name.encode()).decode()


@pytest.fixture
def create(api):
    """`await create(100)`: the address of an upload of so many bytes."""

    async def begin(length, *, client=api, **headers):
        answer = await client.post(UPLOADS, headers=TUS | {"Upload-Length": str(length)} | headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    return begin


@pytest.fixture
def patch(api):
    async def send(where, at, content, *, client=api, **headers):
        return await client.patch(
            where, content=content, headers=BYTES | {"Upload-Offset": str(at)} | headers
        )

    return send
