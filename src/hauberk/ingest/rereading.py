"""What reads the reports of scans again: as they were kept or, what the present parser shall read, anew.

Of a divided report each asset's part is kept as it was read. The present parser needs the whole: it is divided once,
however many of its parts are read again.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Row, text

from hauberk.infra import identity_key
from hauberk.infra.storage import Storage, StoredFile, open_storage
from hauberk.ingest.child import SandboxedReader
from hauberk.ingest.divide import PartOfReport
from hauberk.ingest.divided import Divided, divided
from hauberk.ingest.pipeline import Import
from hauberk.ingest.scope import Requested
from hauberk.jobs.job import JobError
from hauberk.jobs.run import JobRun

_NOTHING: Final = PartOfReport("", "", set())
_UNKEPT: Final = StoredFile(key="", size_bytes=0, sha256="")
_WHOLE: Final = text("""
select w.id, w.storage_key, w.format, w.file_name, w.requested, w.accepted_at, w.uploaded_by
from scan s join scan w on w.organization_id = s.organization_id and w.id = coalesce(s.part_of, s.id)
where s.organization_id = :organization and s.id = :scan and (s.part_of is not null or exists (
    select from scan p where p.organization_id = s.organization_id and p.part_of = s.id))
""")


@dataclass
class Anew:
    """A divided report as the present parser reads it. `is_kept`: its parts take the place of those of before."""

    target: int
    """The scan that is to be read anew: the whole, or one of its parts."""
    task: Import
    uploaded_by: int | None
    divided: Divided
    storage: Storage
    folder: Path
    is_kept: bool
    stored: dict[int, StoredFile] = field(default_factory=dict)
    """The new parts of scans that there were before."""

    def covers(self, scan: Row[Any]) -> bool:
        return self.target in (scan.id, scan.part_of)

    def further(self, known: set[str]) -> list[int]:
        """Parts of assets that the report was not known to speak of."""
        return [
            number for name, number in self.divided.names(self.task.file_name).items() if name not in known
        ]

    @contextmanager
    def part_of(self, scan: Row[Any]) -> Iterator[Path]:
        """What is read of the scan's asset now; maybe nothing any more."""
        number = self.divided.names(self.task.file_name).get(scan.requested["asset"].casefold())
        with self.file(number) as (path, stored):
            self.stored[scan.id] = stored
            yield path

    @contextmanager
    def file(self, number: int | None) -> Iterator[tuple[Path, StoredFile]]:
        part = _NOTHING if number is None else self.divided.division.parts[number]
        with tempfile.NamedTemporaryFile(dir=self.folder) as file:
            self.divided.write(number, part, file)
            path = Path(file.name)
            yield path, self.storage.write_file(path) if self.is_kept else _UNKEPT


@dataclass
class Reports:
    """From a scan to what reads its report."""

    run: JobRun
    element_key: bytes
    storage: Storage
    anew: Anew | None = None

    @contextmanager
    def __call__(self, scan: Row[Any]) -> Iterator[SandboxedReader]:
        if self.anew is not None and self.anew.covers(scan):
            with self.anew.part_of(scan) as path:
                yield self.of_part(path)
        else:
            with self.storage.open_local(scan.storage_key) as report:
                yield SandboxedReader(self.run, report, self.element_key, is_part=scan.part_of is not None)

    def of_part(self, path: Path) -> SandboxedReader:
        return SandboxedReader(self.run, path, self.element_key, is_part=True)


@contextmanager
def reports_again(
    run: JobRun, key: bytes, scan_id: int, *, is_anew: bool, is_kept: bool
) -> Iterator[Reports]:
    """`is_anew`: the scan is to be read by the present parser. `is_kept`: that is to stay."""
    storage = open_storage(run.settings)
    reports = Reports(run, identity_key.for_elements(key), storage)
    with run.transaction() as connection:
        parameters = {"organization": run.organization_id, "scan": scan_id}
        whole = connection.execute(_WHOLE, parameters).one_or_none() if is_anew else None
    if whole is None:
        yield reports
        return
    if whole.storage_key is None:
        raise JobError("report_removed", "The whole report of this scan is not kept any more; send it again.")
    task = Import(
        organization_id=run.organization_id,
        scan_id=whole.id,
        requested=msgspec.convert(whole.requested, Requested),
        file_name=whole.file_name,
        accepted_at=whole.accepted_at,
        identity_key=key,
    )
    folder = run.settings.home / "spool"
    with (
        storage.open_local(whole.storage_key) as report,
        divided(SandboxedReader(run, report, reports.element_key), whole.format, folder) as parts,
    ):
        reports.anew = Anew(scan_id, task, whole.uploaded_by, parts, storage, folder, is_kept)
        yield reports
