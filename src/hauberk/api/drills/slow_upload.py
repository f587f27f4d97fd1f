"""Drills of the web side: what takes minutes to see."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx2

from hauberk.api.checks.limits import SLOW_UPLOAD
from hauberk.infra.readiness import Outcome, Probe, drill

SECONDS = 185
PAUSE = 5.0
_BOUNDARY = "hauberk-drill"
_REPORT = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "drill"}}, "results": []}]}


@drill(
    SLOW_UPLOAD,
    breaks="nothing: it uploads an empty report to the probe tenant, for three minutes",
    timeout=300,
)
async def slow_upload(probe: Probe) -> Outcome:
    """Longer than any request may take, and never still for as long as an upload may be."""
    tenant = await probe.tenant()
    began = time.monotonic()
    try:
        answer = await probe.site.http.post(
            "/api/v1/scans",
            content=_pieces(),
            headers={**tenant.headers, "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"},
            timeout=httpx2.Timeout(60),
        )
    except httpx2.HTTPError as error:
        return Outcome(
            has_passed=False,
            evidence=f"An upload ended after {time.monotonic() - began:.0f} s with {type(error).__name__}.",
        )
    seconds = time.monotonic() - began
    return Outcome(
        has_passed=answer.status_code == 202 and seconds > 180,
        evidence=f"An upload of {seconds:.0f} s was answered with {answer.status_code}.",
        figures={"seconds": round(seconds, 1), "status": answer.status_code},
    )


async def _pieces() -> AsyncIterator[bytes]:
    """The body in as many pieces as there are pauses."""
    fields = {"asset": "readiness-drill", "dry_run": "true", "format": "sarif"}
    for name, value in fields.items():
        yield f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="drill.sarif"\r\n\r\n'
    body = head.encode() + json.dumps(_REPORT).encode() + f"\r\n--{_BOUNDARY}--\r\n".encode()
    pieces = round(SECONDS / PAUSE)
    for number in range(pieces):
        await asyncio.sleep(PAUSE)
        yield body[len(body) * number // pieces : len(body) * (number + 1) // pieces]
