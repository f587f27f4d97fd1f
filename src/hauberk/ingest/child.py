"""The pipeline's reader: the report is read by `ingest.reading` in a sandboxed child, with nothing but its files."""

import signal
import time
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import structlog

from hauberk.ingest import mapped
from hauberk.ingest.divide import Division
from hauberk.ingest.large import max_new_keys
from hauberk.ingest.reading import Matching, Outcome, WhatToRead
from hauberk.ingest.sandbox.errors import ChildCrashed, SandboxError
from hauberk.ingest.sandbox.sandbox import shared
from hauberk.ingest.spool import SpoolFolder
from hauberk.jobs.job import JobError
from hauberk.jobs.run import JobRun
from hauberk.kit.errors import StorageFull, Unavailable

log = structlog.get_logger(__name__)

ENTRY = "hauberk.ingest.reading:run"


class SandboxedReader:
    """One job's reader. A report that cannot be read ends the job for good, with the place in the file."""

    def __init__(self, run: JobRun, report: Path, element_key: bytes, *, is_part: bool = False) -> None:
        self._run = run
        self._is_part = is_part
        self._element_key = element_key
        self._report = report
        self._size = report.stat().st_size
        self._begun_at = time.monotonic()
        self._mappings: list[Any] | None = None

    def identify(self, format: str | None) -> Outcome:  # noqa: A002
        with self._report.open("rb") as report:
            answer = self._call({"report": report.fileno()}, format, {"step": "identify"})
        return msgspec.convert(answer, Outcome)

    def divide(self, format: str | None, parts: BinaryIO) -> Division:  # noqa: A002
        """Which assets the report speaks of; what it says of each goes into `parts`."""
        with self._report.open("rb") as report:
            files = {"report": report.fileno(), "parts": parts.fileno()}
            answer = self._call(files, format, {"step": "divide"})
        return msgspec.convert(answer, Division)

    def room_beside(self, known: int) -> int | None:
        return max_new_keys(known, self._run.settings.parser.comparison)

    def read(self, spool: SpoolFolder, format: str, scanner: str, room: int | None) -> Outcome:  # noqa: A002
        matching = Matching(element_key=self._element_key, max_new_keys=room, is_unmatched=room is None)
        with self._report.open("rb") as report:
            files = {"report": report.fileno()} | {
                name: file.fileno() for name, file in spool.files().items()
            }
            arguments = {"step": "read", "scanner": scanner, "matching": msgspec.to_builtins(matching)}
            return msgspec.convert(self._call(files, format, arguments), Outcome)

    def _call(
        self,
        files: dict[str, int],
        format: str | None,  # noqa: A002
        arguments: dict[str, Any],
    ) -> dict[str, Any]:
        sandbox = shared(self._run.settings)
        if self._mappings is None:  # the same for the whole job, whoever changes them meanwhile
            with self._run.transaction() as connection:
                self._mappings = mapped.documents(connection, self._run.organization_id, format)
        what = WhatToRead(format=format, is_part=self._is_part, mappings=self._mappings)
        arguments = {**arguments, "what": msgspec.to_builtins(what)}
        try:
            return sandbox.run(
                ENTRY, files=files, arguments=arguments, on_progress=self._progress, check=self._run.check
            )
        except SandboxError as error:
            if isinstance(error, ChildCrashed):
                log.exception("parser_crashed", reason=error.reason, format=format)
            raise _judged(error) from error

    def _progress(self, values: dict[str, Any]) -> None:
        seconds = max(time.monotonic() - self._begun_at, 0.001)
        done = values["bytes_read"]
        self._run.progress(
            phase="reading",
            findings_read=values["findings_read"],
            bytes_read=done,
            bytes_total=self._size,
            findings_per_second=round(values["findings_read"] / seconds, 1),
            eta_seconds=round(seconds * (self._size - done) / done, 1) if done else None,
        )


def _judged(error: SandboxError) -> Exception:
    """What says something about the report ends the job; what says something about the machine is tried again."""
    if isinstance(error, ChildCrashed) and error.signal_number == signal.SIGKILL:
        # No limit of ours ends a child like this: an administrator did, or a system that ran out of memory.
        return Unavailable("The process that read the report was killed.", code="parser_killed")
    if error.code == StorageFull.default_code:
        return StorageFull()
    return JobError(error.code, error.message, getattr(error, "position", None))
