"""`asset=auto`: a report that covers several assets is divided, and each part is imported as a scan of its asset.

The whole report's scan stays as what was uploaded: it is finished when its parts are, and its counts are theirs.
"""

import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, text, update

from hauberk.db.models.scan import Scan
from hauberk.infra.storage import StoredFile, open_storage
from hauberk.ingest.applied import problems_of
from hauberk.ingest.child import SandboxedReader
from hauberk.ingest.divide import Division, PartOfReport
from hauberk.ingest.parts import LENGTH, PartHead, frame
from hauberk.ingest.pipeline import Import
from hauberk.ingest.scope import Requested, asset_name, effective_date, scope_key
from hauberk.jobs.enqueue import enqueue
from hauberk.jobs.job import Job
from hauberk.jobs.run import JobRun

Stored = tuple[PartOfReport, StoredFile]
_NUMBER: Final = LENGTH.size
# Covered by the report, without results, and known from earlier reports of this series: there, all is gone.
_CLEAN: Final = text("""
select a.name from asset a
where a.organization_id = :organization and a.deleted_at is null and a.name_key = any(:names) and exists (
    select from scope s where s.organization_id = a.organization_id and s.asset_id = a.id and s.scanner = :scanner
        and s.key = :key and s.open_occurrences > 0)
""").bindparams(bindparam("names"))


@dataclass(frozen=True)
class Divided:
    """A report's parts, their frames still together in one spool."""

    division: Division
    spool: mmap.mmap | bytes
    frames: list[list[tuple[int, int]]]
    """Of each part: where its frames begin and end."""

    def names(self, file_name: str | None) -> dict[str, int]:
        """Where in `parts` each asset is, by its name in one case."""
        header = self.division.header
        return {
            asset_name(part.name, header, file_name).casefold(): number
            for number, part in enumerate(self.division.parts)
        }

    def write(self, number: int | None, part: PartOfReport, file: IO[bytes]) -> None:
        """`number` None: of an asset that the report covers and has nothing to say of."""
        header = msgspec.structs.replace(
            self.division.header,
            scanner=self.division.scanner,
            asset=None,
            asset_kind=None,
            targets=tuple(sorted(part.targets)),
            identifiers=tuple(sorted(part.identifiers)),
        )
        about = self.division
        head = PartHead(
            format=about.format,
            scanner=about.scanner,
            kinds=about.kinds,
            header=header,
            problems=about.problems,
            further_problems=about.problem_count - len(about.problems),
        )
        file.write(frame(head))
        frames = [] if number is None else self.frames[number]
        file.writelines(self.spool[start:end] for start, end in frames)
        file.flush()


@contextmanager
def divided(reader: SandboxedReader, format: str | None, folder: Path) -> Iterator[Divided]:  # noqa: A002
    """The report read once, its results by asset. Raises JobError when it cannot be read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=folder) as spool:
        division = reader.divide(format, spool)
        size = spool.seek(0, 2)
        whole = mmap.mmap(spool.fileno(), size, access=mmap.ACCESS_READ) if size else b""
        try:
            yield Divided(division, whole, _frames(whole, division))
        finally:
            if isinstance(whole, mmap.mmap):
                whole.close()


def _frames(spool: mmap.mmap | bytes, division: Division) -> list[list[tuple[int, int]]]:
    """The child is not trusted: a length or number that cannot be raises IndexError or struct.error, and the job fails."""
    frames: list[list[tuple[int, int]]] = [[] for _ in division.parts]
    at = 0
    while at < len(spool):
        (number,), (length,) = LENGTH.unpack_from(spool, at), LENGTH.unpack_from(spool, at + _NUMBER)
        start, at = at + _NUMBER, at + _NUMBER + LENGTH.size + length
        if at > len(spool):
            raise IndexError("a frame ends outside of the spool")
        frames[division.places[number]].append((start, at))
    return frames


def divide_report(run: JobRun, task: Import, reader: SandboxedReader, importing: Job) -> Import | None:
    """The import into the one asset that the report is about; None when it is about several: each has a scan now, and the job is done."""
    folder = run.settings.home / "spool"
    with divided(reader, task.requested.format, folder) as whole:
        parts = whole.division.parts
        clean = _clean(run, task, whole.division)
        if len(parts) <= 1 and not clean:
            name = parts[0].name if parts else None
            name = asset_name(name, whole.division.header, task.file_name)
            return replace(
                task,
                requested=msgspec.structs.replace(task.requested, asset=name),
                identifiers=tuple(sorted(parts[0].identifiers)) if parts else (),
            )
        run.progress(phase="writing", findings_read=sum(part.results for part in parts))
        stored = list(_stored(run, whole, clean, folder))

        def work(connection: Connection) -> None:
            _make_scans(connection, task, whole.division, stored, importing)
            run.finish(connection, {"parts": len(stored)})

        run.write(work)
    return None


def _clean(run: JobRun, task: Import, division: Division) -> list[PartOfReport]:
    if division.header.asset is not None:  # its targets are parts of that
        return []
    named = {part.name.casefold() for part in division.parts}
    others = {
        target.casefold(): target for target in division.header.targets if target.casefold() not in named
    }
    if not others:
        return []
    parameters = {
        "organization": run.organization_id,
        "names": list(others),
        "scanner": division.scanner,
        "key": scope_key(task.requested, division.header),
    }
    with run.transaction() as connection:
        names = connection.scalars(_CLEAN, parameters).all()
    return [PartOfReport(name, "", {others[name.casefold()]}) for name in names]


def _stored(run: JobRun, whole: Divided, clean: list[PartOfReport], folder: Path) -> Iterator[Stored]:
    storage = open_storage(run.settings)
    numbered = [*enumerate(whole.division.parts), *((None, part) for part in clean)]
    for number, part in numbered:
        run.check()
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            whole.write(number, part, file)
            yield part, storage.write_file(Path(file.name))


def _make_scans(
    connection: Connection,
    task: Import,
    division: Division,
    stored: list[Stored],
    importing: Job,
) -> None:
    uploaded_by = connection.scalar(
        select(Scan.uploaded_by).where(Scan.organization_id == task.organization_id, Scan.id == task.scan_id)
    )
    at, date_problem = effective_date(task.requested, division.header, task.accepted_at)
    for part, file in stored:
        requested, scan_id = make_part(connection, task, division, part, file, uploaded_by=uploaded_by)
        job_id = enqueue(
            connection,
            importing,
            organization_id=task.organization_id,
            serial_key=f"asset:{(requested.asset or '').casefold()}",
            requested_by=uploaded_by,
            scan_id=scan_id,
            is_release=False,
        )
        connection.execute(
            update(Scan)
            .where(Scan.organization_id == task.organization_id, Scan.id == scan_id)
            .values(job_id=job_id)
        )
    connection.execute(
        update(Scan)
        .where(Scan.organization_id == task.organization_id, Scan.id == task.scan_id)
        .values(
            format=division.format,
            scanner=division.scanner,
            tool_version=division.header.tool_version,
            scanned_at=at,
            problems=problems_of(division, date_problem),
        )
    )


def make_part(
    connection: Connection,
    whole: Import,
    division: Division,
    part: PartOfReport,
    file: StoredFile,
    *,
    uploaded_by: int | None,
) -> tuple[Requested, int]:
    """The scan of one asset's part: what is asked of it, and its id."""
    at, _ = effective_date(whole.requested, division.header, whole.accepted_at)
    requested = msgspec.structs.replace(
        whole.requested,
        asset=asset_name(part.name, division.header, whole.file_name),
        asset_kind=whole.requested.asset_kind or part.kind or None,
        format=division.format,
        scanned_at=at,
    )
    made = (
        insert(Scan)
        .values(
            organization_id=whole.organization_id,
            part_of=whole.scan_id,
            requested=msgspec.to_builtins(requested),
            is_dry_run=whole.is_dry_run,
            is_partial=requested.is_partial,
            format=division.format,
            file_name=whole.file_name,
            storage_key=file.key,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            uploaded_by=uploaded_by,
            accepted_at=whole.accepted_at,
        )
        .returning(Scan.id)
    )
    return requested, connection.execute(made).scalar_one()
