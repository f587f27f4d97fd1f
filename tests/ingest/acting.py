"""What people do between imports: undo and read again, decide, join and split; reports are read in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hauberk.db.as_of import looking_back
from hauberk.db.locks import lock_asset
from hauberk.db.models.finding import Finding
from hauberk.db.session import transaction
from hauberk.domain.permissions import Actor
from hauberk.features.findings.change import Change
from hauberk.features.findings.writing import apply_change
from hauberk.infra.storage import open_storage
from hauberk.ingest import regroup, regroup_undo, split_off
from hauberk.ingest.large import max_new_keys
from hauberk.ingest.reading import Matching, ReadingFiles, WhatToRead, identify, read
from hauberk.ingest.replay import Effect, Recomputation
from hauberk.ingest.spool import SpoolFolder
from hauberk.kit.ids import PublicIds


class InProcess:
    """Reads the report here instead of in a child."""

    def __init__(self, report: Path) -> None:
        self._report = report

    def identify(self, format):  # noqa: A002
        with self._report.open("rb") as report:
            return identify(report, WhatToRead(format=format))

    def room_beside(self, known):
        return max_new_keys(known, 2**28)

    def read(self, spool, format, scanner, room):  # noqa: A002
        with self._report.open("rb") as report:
            spool.known.seek(0)
            files = ReadingFiles(report=report, **spool.files())
            matching = Matching(element_key=b"k" * 16, max_new_keys=room)
            return read(files, WhatToRead(format=format), scanner, lambda *_: None, matching)


class Acts:
    """What people do besides sending reports."""

    def __init__(self, imports: Any) -> None:
        self.imports = imports

    def undo(self, scan: Any, *, keeps: bool = False) -> Effect:
        imports = self.imports

        @contextmanager
        def report(scan: Any) -> Iterator[InProcess]:
            with open_storage(imports.settings).open_local(scan.storage_key) as path:
                yield InProcess(path)

        with (
            transaction(imports.engine, imports.organization) as connection,
            SpoolFolder(imports.settings.home / "spool") as spool,
        ):
            return Recomputation(connection, imports.organization, b"k" * 32, report, spool, keeps=keeps).of(
                scan.id
            )

    def reprocess(self, scan: Any) -> Effect:
        return self.undo(scan, keeps=True)

    def say(self, finding_id: int, **change: Any) -> None:
        imports = self.imports
        with transaction(imports.engine, imports.organization) as connection:
            apply_change(
                connection,
                Actor.system(imports.organization),
                PublicIds(b"k" * 32),
                asset_id=imports.value("select asset_id from finding where id = :id", id=finding_id),
                finding_ids=[finding_id],
                change=Change(**change),
            )

    def finding(self, finding_id: int) -> Any:
        (row,) = self.imports.rows("select * from finding where id = :id", id=finding_id)
        return row

    def only(self) -> int:
        (row,) = self.imports.rows("select id from finding where joined_into_id is null")
        return row.id

    def claims(self) -> list[tuple[int, str]]:
        """Each open occurrence: its finding, and where it is."""
        rows = self.imports.rows(
            "select finding_id, component->>'path' as path from occurrence where closed_at is null order by 1, 2"
        )
        return [(row.finding_id, row.path) for row in rows]

    def as_of(self, at: datetime) -> dict[int, Any]:
        imports = self.imports
        columns = (Finding.id, Finding.is_active, Finding.triage, Finding.severity)
        with transaction(imports.engine, imports.organization) as connection:
            past = looking_back(
                select(*columns).where(Finding.organization_id == imports.organization),
                imports.organization,
                at,
            )
            return {row.id: row for row in connection.execute(past)}


class Regroup:
    """Joins, splits and undoes as a person would."""

    def __init__(self, imports: Any) -> None:
        self.imports = imports

    @contextmanager
    def _act(self, **more: Any):
        asset_id = self.imports.value("select id from asset where name = 'shop'")
        with transaction(self.imports.engine, self.imports.organization) as connection:
            lock_asset(connection, self.imports.organization, asset_id)
            yield connection, regroup.Act(self.imports.organization, asset_id, made_by=1, **more)

    def join(self, finding_id: int, other_id: int) -> int:
        with self._act() as (connection, act):
            return regroup.join(connection, act, finding_id, other_id)

    def split(self, finding_id: int, *occurrence_ids: int) -> tuple[int, int]:
        with self._act() as (connection, act):
            return split_off.split(connection, act, finding_id, occurrence_ids)

    def undo(self, regrouping_id: int) -> None:
        with self._act() as (connection, act):
            row = regroup_undo.locked_regrouping(connection, self.imports.organization, regrouping_id)
            regroup_undo.undo(connection, act, row)

    def ids(self) -> list[int]:
        return [row.id for row in self.imports.rows("select id from finding where is_active order by id")]

    def claims(self) -> list[tuple[int, str]]:
        """Each open occurrence: its finding, and where it is."""
        rows = self.imports.rows(
            "select finding_id, coalesce(component->>'path', (location->>'path') || ':' || line) as place"
            " from occurrence where closed_at is null order by 2, 1"
        )
        return [(row.finding_id, row.place) for row in rows]
