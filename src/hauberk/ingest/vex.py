"""VEX statements in an import: kept like occurrences, from scan to scan of their series, and applied to the asset's findings.

They decide what no person has decided, for findings that are there and for those that later scans bring, in the
transaction that brings either. Nothing is written for what is decided so already; an asset without statements costs one look.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, Final

import msgspec
from sqlalchemy import Connection, Row, text

from hauberk.domain import fingerprint, vex
from hauberk.domain.purl import qualifiers_of
from hauberk.domain.reported import Component, ReportHeader
from hauberk.domain.vex import Claim, Part, VexStatus
from hauberk.ingest import count_statements, stated, vex_statements

AT_ONCE: Final = 1_000
MAX_REASON_CHARS: Final = 4_000
DECIDED: Final = "finding.triaged"
RECOMPUTED: Final = "finding.vex_recomputed"
"""By a scan taken back or read again: as if the statements had never been other than they are now, also for views of the past."""
WITHDRAWN: Final = "No supplier's statement covers all of it any more."
Run = Callable[..., Any]


@dataclass
class Kept:
    """What became of a document's statements, and what they came to."""

    reported: int = 0
    new: int = 0
    withdrawn: int = 0
    decided: int = 0
    are_standing: bool = False
    """Some statement stands in the asset."""

    @property
    def differs(self) -> bool:
        return bool(self.new or self.withdrawn)

    def counts(self) -> dict[str, int] | None:
        """As they are told; None where the scan has nothing to do with statements."""
        if not (self.reported or self.differs or self.decided):
            return None
        return {
            "reported": self.reported,
            "new": self.new,
            "withdrawn": self.withdrawn,
            "decided": self.decided,
        }


def keep(
    run: Run,
    spool: BinaryIO,
    header: ReportHeader,
    reported: int,
    *,
    times: tuple[datetime, datetime],
    is_complete: bool,
) -> Kept:
    """Stores what the document states and closes what it does not state any more. `times`: see `stated.read`."""
    standing = run(vex_statements.STANDING).one()
    kept = Kept(reported=reported, are_standing=standing.of_asset)
    if not reported and not standing.of_scope:
        return kept
    run(vex_statements.CLEAR)
    run(vex_statements.STAGE)
    rows = (_row(digest, each) for digest, each in stated.read(spool, header, *times))
    while batch := list(islice(rows, AT_ONCE)):
        run(vex_statements.STAGED, rows=msgspec.json.encode(batch).decode())
    document = {"document_id": header.document_id, "document_version": header.document_version}
    kept.new = run(vex_statements.OPEN, **document).rowcount
    if kept.new:
        run(vex_statements.NAMES)
    if is_complete:
        kept.withdrawn = run(vex_statements.CLOSE).rowcount
    return kept


def _row(digest: Any, statement: stated.Stated) -> dict[str, Any]:
    names = list(statement.__struct_fields__)
    return {"content_hash": str(digest)} | {name: getattr(statement, name) for name in names}


def decide(
    run: Run, *, everything: bool, has_new: bool, scan_id: int | None = None, action: str = DECIDED
) -> int:
    """How many findings are decided otherwise now, among those `touched` and new, else of the whole asset.

    What it changes is in `touched` afterwards, as it was, and has still to be counted.
    """
    run(vex_statements.CLEAR)
    run(vex_statements.WANTED_ALL if everything else vex_statements.WANTED_TOUCHED)
    if has_new and not everything:
        run(vex_statements.ALSO_NEW)
    verdicts = list(_verdicts(run))
    run(
        vex_statements.VERDICTS,
        findings=[finding for finding, _ in verdicts],
        statements=[row.id for _, row in verdicts],
        statuses=[row.vex_status for _, row in verdicts],
        triages=[_triage(row) for _, row in verdicts],
        reasons=[_reason(row) for _, row in verdicts],
    )
    run(vex_statements.NO_VERDICTS, withdrawn=WITHDRAWN)
    run(vex_statements.CHANGES)
    count = run(vex_statements.COUNT).one()
    if not count.all:
        return 0
    if everything:
        run(vex_statements.TOUCH + (vex_statements.BUT_NEW if has_new else ""))
    run(vex_statements.DECIDE, decided_by_scan=scan_id)
    run(vex_statements.EVENTS, action=action)
    decided: int = count.decided
    return decided


def _verdicts(run: Run) -> Iterator[tuple[int, Row[Any]]]:
    """Each finding that statements speak for, with the one that counts."""
    candidates = run(vex_statements.CANDIDATES).all()
    if not candidates:
        return
    ids = sorted({each for row in candidates for each in row.statements})
    rows = {row.id: row for row in run(vex_statements.CLAIMS, statements=ids)}
    claims = {number: _claim(row) for number, row in rows.items()}
    flaws: dict[int, list[Sequence[Claim]]] = defaultdict(list)
    for row in candidates:
        flaws[row.finding_id].append([claims[number] for number in row.statements])
    wanted = {row.finding_id: row.flaws for row in candidates}
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in run(vex_statements.PARTS, findings=list(flaws)):
        parts[row.finding_id].append(part_of(row.component))
    for finding, those in flaws.items():
        unnamed = wanted[finding] - len(those)  # vulnerabilities of the finding that no statement names
        claim = vex.verdict([*those, *([()] * unnamed)], parts[finding])
        if claim is not None:
            yield finding, rows[claim.id]


def _claim(row: Row[Any]) -> Claim:
    """A package that is called as the asset is the asset: what is said of it is said of all that it consists of."""
    is_asset = row.package is not None and row.package.rpartition("/")[2] == row.name_key
    return Claim(
        id=row.id,
        vex_status=VexStatus.of_code(row.vex_status),
        author=(row.author or "").strip().casefold(),
        stated_at=row.stated_at,
        package=None if is_asset else row.package,
        versions=frozenset(row.versions),
        qualifiers=row.qualifiers,
    )


def part_of(component: dict[str, Any] | None) -> Part:
    """The component of an occurrence, as statements name it."""
    known = msgspec.convert(component or {"name": ""}, Component)
    return Part(fingerprint.package_name(known), known.version, qualifiers_of(known.purl))


def _triage(row: Row[Any]) -> int:
    triage = VexStatus.of_code(row.vex_status).triage
    return 0 if triage is None else triage.code


def _reason(row: Row[Any]) -> str:
    status = VexStatus.of_code(row.vex_status).value.replace("_", " ")
    why = f" ({row.justification})" if row.justification else ""
    said = f"{row.author or 'The supplier'} states: {status}{why}" + (f". {row.impact}" if row.impact else "")
    return said[:MAX_REASON_CHARS]


def decide_asset(connection: Connection, organization_id: int, asset_id: int, *, day: Any) -> int:
    """When something else than an import changed whom statements speak for, under the asset's lock."""
    parameters = {"organization": organization_id, "asset": asset_id, "scan": None, "day": day}

    def run(statement: str, **more: Any) -> Any:
        return connection.execute(text(statement), parameters | more)

    if not run(vex_statements.EVER).scalar_one():
        return 0
    for statement in _NOTHING_TOUCHED:
        run(statement)
    decided = decide(run, everything=True, has_new=False)
    if decided:
        run(count_statements.DELTAS)
    run("drop table found, touched")
    return decided


_NOTHING_TOUCHED: Final = (
    "create temporary table found (finding_id int8, is_new bool) on commit drop",
    (
        "create temporary table touched (finding_id int8, is_active bool, severity int2, triage int2, kind int2,"
        " has_new_place bool) on commit drop"
    ),
)


def with_statements(connection: Connection, organization_id: int) -> Iterable[int]:
    """The assets that any statement stands in."""
    found = text(
        "select distinct asset_id from vex_statement"
        " where organization_id = :organization and closed_scan_id is null order by asset_id"
    )
    return connection.scalars(found, {"organization": organization_id}).all()
