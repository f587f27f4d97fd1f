"""Uploads as an attacker would send them, to the probe tenant: each must be refused, by a name of its own."""

import base64
import io
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from anyio import to_thread

from hauberk.infra import clamav
from hauberk.infra.http import CallFailed, CircuitOpen
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned

TIB: Final = 1024**4
BOMB_BYTES: Final = 24 * 1024 * 1024
SCANS: Final = "/api/v1/scans"
UPLOADS: Final = "/api/v1/uploads"
QUARANTINE: Final = "/api/v1/quarantine"
TUS: Final = {"Tus-Resumable": "1.0.0"}
BYTES: Final = TUS | {"Content-Type": "application/offset+octet-stream"}
# Packed, so that no virus scanner takes this file for the test file itself.
_EICAR: Final = base64.b64decode(
    b"WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo="
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file, and the code that must refuse it."""

    what: str
    content: bytes
    code: str


def _attempts() -> list[Attempt]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", bytes(BOMB_BYTES))
        archive.writestr("other.json", b"{}")
    return [
        Attempt("an EICAR file", _EICAR, "malware_signature"),
        Attempt("a bomb", bomb.getvalue(), "archive_bomb"),
        Attempt("a program", b"\x7fELF\x02\x01\x01" + bytes(64), "executable_content"),
        Attempt("a wrong type", b"\x89PNG\r\n\x1a\n" + bytes(64), "unsupported_format"),
    ]


@readiness("SEC-6", timeout=30)
async def uploads_are_checked(probe: Probe) -> Answer:
    headers = (await probe.tenant()).headers
    limits = probe.inside.settings.upload
    seen = []
    try:
        for attempt in _attempts():
            answer = await probe.site.http.post(
                SCANS,
                headers=headers,
                data={"asset": "probe"},
                files={"file": ("report.json", attempt.content, "application/json")},
            )
            code = _code(answer)
            if answer.status_code < 400 or code != attempt.code:
                return failed(
                    f"{attempt.what.capitalize()} named report.json was answered {answer.status_code} {code}, not"
                    f" refused as {attempt.code}.",
                    "Report this; it is a fault of the product.",
                )
            seen.append(f"{attempt.what} ({code})")
        oversized = await _oversized(probe, headers, limits.max_bytes)
    finally:
        await _clean(probe, headers)
    if oversized:
        return failed(oversized, "Set HAUBERK_UPLOAD_MAX_BYTES to what your largest report needs.")
    seen.append(f"an oversized body (limit {limits.max_bytes:,} bytes)")
    return await _with_clamav(probe, f"Refused, each by its own code: {', '.join(seen)}.")


def _code(answer: Any) -> str:
    try:
        return str(answer.json()["type"]).rpartition(":")[2]
    except (ValueError, KeyError, TypeError):
        return "without a problem document"


async def _oversized(probe: Probe, headers: dict[str, str], limit: int) -> str | None:
    """What announces too much, and what sends more than it announced, counted while it comes."""
    if limit > TIB:
        return f"The size limit of uploads is {limit:,} bytes, which is as good as none."
    announced = await probe.site.http.post(UPLOADS, headers=headers | TUS | {"Upload-Length": str(limit + 1)})
    if announced.status_code != 413:
        return f"An upload of {limit + 1:,} bytes was answered {announced.status_code}, not 413."
    begun = await probe.site.http.post(UPLOADS, headers=headers | TUS | {"Upload-Length": "10"})
    where = begun.headers.get("location", "")
    if begun.status_code != 201:
        return f"A resumable upload of 10 bytes was answered {begun.status_code}."
    try:
        over = await probe.site.http.patch(
            where, content=bytes(1000), headers=headers | BYTES | {"Upload-Offset": "0"}
        )
    finally:
        await probe.site.http.delete(where, headers=headers | TUS)
    return None if over.status_code == 413 else f"1,000 bytes sent as 10 were answered {over.status_code}."


async def _clean(probe: Probe, headers: dict[str, str]) -> None:
    """Nothing of the attempts is left; that they were refused is in the probe tenant's audit trail."""
    listed = await probe.site.http.get(QUARANTINE, headers=headers)
    for held in listed.json().get("items", []) if listed.status_code == 200 else []:
        await probe.site.http.delete(f"{QUARANTINE}/{held['id']}", headers=headers)


async def _with_clamav(probe: Probe, seen: str) -> Answer:
    settings = probe.inside.settings
    if not settings.clamav.address:
        if settings.environment.is_exposed:
            return warned(f"{seen} ClamAV is not asked.", "Set HAUBERK_CLAMAV_ADDRESS to a clamd.")
        return passed(f"{seen} ClamAV is not asked (optional).")
    try:
        version = await to_thread.run_sync(clamav.version, settings)
    except (CallFailed, CircuitOpen) as error:
        return warned(f"{seen} ClamAV is configured and does not answer: {error.message}", "Start clamd.")
    return passed(f"{seen} {version} is asked besides.")
