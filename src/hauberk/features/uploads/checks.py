"""A large upload to the probe tenant, interrupted on purpose, and what it costs the serving processes in memory."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from hauberk.features.uploads.protocol import OFFSET_TYPE, VERSION
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned
from hauberk.infra.readiness.processes import here

MIB: Final = 1024 * 1024
SIZE: Final = 64 * MIB
CHUNK: Final = 8 * MIB
PIECE: Final = MIB
MOST: Final = 32 * MIB
"""Half of what is sent: whoever keeps the file in memory needs more."""
UPLOADS: Final = "/api/v1/uploads"
TUS: Final = {"Tus-Resumable": VERSION}


@readiness("PERF-6", timeout=120)
async def large_uploads_stream(probe: Probe) -> Answer:
    headers = (await probe.tenant()).headers | TUS
    http = probe.site.http
    began = time.monotonic()
    begun = await http.post(UPLOADS, headers=headers | {"Upload-Length": str(SIZE)})
    if begun.status_code != 201:
        return failed(
            f"An upload of {SIZE // MIB} MiB was answered {begun.status_code}.",
            "Raise HAUBERK_UPLOAD_MAX_BYTES, or look whether the storage is full.",
        )
    where = begun.headers["location"]
    pids = await here(probe, "api")
    before = most = 0
    try:
        for at in range(0, SIZE, CHUNK):
            stands = await http.head(where, headers=headers)
            if stands.headers.get("upload-offset") != str(at):
                return failed(
                    f"After {at:,} bytes the upload stood at {stands.headers.get('upload-offset')}.",
                    "Report this; it is a fault of the product.",
                )
            sent = await http.patch(
                where,
                content=_zeros(CHUNK),
                headers=headers | {"Content-Type": OFFSET_TYPE, "Upload-Offset": str(at)},
                timeout=60,
            )
            if sent.status_code != 204:
                return failed(
                    f"At {at:,} bytes the upload was answered {sent.status_code}.",
                    "Look at the storage and at the limits of the proxy.",
                )
            # The first one is what a process that has just begun needs for any upload.
            before = before or _memory(pids)
            most = max(most, _memory(pids) - before)
    finally:
        await http.delete(where, headers=headers)
    return _judged(pids, before, most, time.monotonic() - began)


def _judged(pids: list[int], before: int, most: int, seconds: float) -> Answer:
    seen = f"{SIZE // MIB} MiB in {SIZE // CHUNK} requests, each continued where the last ended, in {seconds:.1f} s"
    if not before:
        return warned(
            f"{seen}; the memory of the serving processes cannot be seen from here.",
            "Ask on a machine that serves.",
        )
    memory = f"memory of {len(pids)} serving process(es) {before / MIB:.0f} MiB after the first of them, {most / MIB:.1f} MiB more at most"
    if most > MOST:
        return failed(f"{seen}; {memory}.", "Report this; it is a fault of the product.")
    return passed(f"{seen}; {memory}.")


async def _zeros(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // PIECE):
        yield bytes(PIECE)


def _memory(pids: list[int]) -> int:
    """Resident bytes of all of them, 0 where that cannot be seen."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    return total
