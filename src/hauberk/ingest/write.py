"""Step 6: the one short transaction. The spools are copied into temporary tables and merged by sets, under the
asset's lock; what is unchanged is never touched, so the same report again writes no finding and no occurrence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO, Final, Protocol

from sqlalchemy import Connection, text

from hauberk.db.session import after_commit
from hauberk.domain.reported import ReportHeader
from hauberk.domain.severity import Severity
from hauberk.ingest import (
    aliases,
    count_statements,
    counting,
    key_statements,
    large,
    splits,
    statements,
    trend_statements,
    vex,
)
from hauberk.ingest.compare import Tally
from hauberk.ingest.matches import Matches

COPY_BLOCK_BYTES: Final = 8_192  # psycopg copies larger blocks several times (LIMITS: 4–8 kB is cheapest)
ANALYZE_FROM: Final = 1_000


class ScopeMovedError(Exception):
    """Somebody else changed what the report was compared with, between the comparison and the writing."""


@dataclass(frozen=True)
class Target:
    """Where the report's results belong, and from when they are."""

    organization_id: int
    asset_id: int
    scope_id: int
    scan_id: int
    scanner: str
    is_tracked: bool
    at: datetime
    seen_before: datetime | None
    """When the scope was last seen whole: what closes now was last seen then."""
    has_history: bool
    is_replay: bool = False
    is_alone: bool = False
    """The asset has been locked since before the report was compared."""


class Spool(Protocol):
    """What the reading left: three binary COPY files, and the statements of a VEX document."""

    results: BinaryIO
    keys: BinaryIO
    rules: BinaryIO
    stated: BinaryIO


@dataclass
class Written:
    """What became of it: occurrences that came back or closed, and findings by what happened to them."""

    reopened: int = 0
    closed: int = 0
    findings: dict[str, int] = field(default_factory=lambda: {"new": 0, "reopened": 0, "closed": 0})
    statements: dict[str, int] | None = None


class Writer:
    """Runs the statements of one import on one connection, whose transaction somebody else ends."""

    def __init__(self, connection: Connection, target: Target) -> None:
        self._connection = connection
        self._is_replay = target.is_replay
        self._is_alone = target.is_alone
        self._analyzes = False
        self._kept = vex.Kept()
        self._parameters: dict[str, Any] = {
            "organization": target.organization_id,
            "asset": target.asset_id,
            "scope": target.scope_id,
            "scan": target.scan_id,
            "scanner": target.scanner,
            "tracked": target.is_tracked,
            "at": target.at,
            "day": target.at.date(),
            "seen_before": target.seen_before,
            "has_history": target.has_history,
        }

    def copy(self, spool: Spool, *, analyze: bool) -> None:
        """The spools into temporary tables; `analyze` where the planner would guess wrong otherwise."""
        self._analyzes = analyze
        for statement in statements.STAGE:
            self._run(statement)
        for table, file in (
            ("imported", spool.results),
            ("imported_key", spool.keys),
            ("imported_rule", spool.rules),
        ):
            self._copy(table, file)
            self._analyze(table)

    def keep_statements(
        self, spool: Spool, header: ReportHeader, reported: int, *, accepted_at: datetime, is_complete: bool
    ) -> None:
        """What the report states itself, in the place of what its series stated before."""
        self._kept = vex.keep(
            self._run,
            spool.stated,
            header,
            reported,
            times=(self._parameters["at"], accepted_at),
            is_complete=is_complete,
        )

    def settle(self, tally: Tally) -> None:
        """What the child saw only after it had spooled what it is about."""
        if tally.links:
            large.join_groups(self._run)
        if tally.voids:
            large.drop_voids(self._run)

    def match(self, reported: int) -> Tally:
        """What the child could not hold is compared here; what becomes of each result, and `closing`, is the outcome."""
        return large.match(self._run, reported)

    def close_later(self, ids: Iterable[int], reason: str) -> None:
        """Occurrences that `merge` closes, unless they are kept before."""
        self._run(
            "insert into closing select unnest(cast(:ids as int8[])), :reason", ids=list(ids), reason=reason
        )

    def keep_uncovered(self, targets: Iterable[str]) -> None:
        """Of what a partial scan did not report only that is gone which lies in the targets it covered."""
        self._run(statements.COVERED_ONLY, targets=list(targets))

    def would_close(self) -> dict[str, int]:
        """How many occurrences are gone, by severity word."""
        rows = self._run(statements.WOULD_CLOSE)
        return {Severity.of_rank(rank).value: count for rank, count in rows}

    def leaves_targets_out(self, targets: Iterable[str]) -> bool:
        """Whether something would close in a target that the report does not name; unknown (false) when it names none."""
        named = list(targets)
        return bool(named) and bool(self._run(statements.UNCOVERED, targets=named).scalar())

    def keep_all(self) -> None:
        """The brake: what is gone stays open for now."""
        self._run_all(statements.HELD_BACK)

    def note_seen(self, ids: Iterable[int]) -> None:
        """What a dry run shows as unchanged."""
        self._run(
            "create temporary table seen on commit drop as select unnest(cast(:ids as int8[])) as id",
            ids=list(ids),
        )

    def note_matched(self) -> None:
        """The same, of what was compared here."""
        self._run(large.NOTE_SEEN)

    def merge(self, matches: Matches | None, *, continues_any: bool) -> Written:
        """Findings, keys, occurrences, counts: from the staged tables into the real ones.

        `continues_any`: some result is another version of a known occurrence, which closes with it.
        """
        has_aliases = self._group(matches)
        self._run(statements.FOUND)
        self._analyze("imported_rule_id", "found")
        self._run_all(
            (
                statements.NEW_FINDINGS,
                statements.FURTHER_VULNERABILITIES,
                statements.NEW_KEYS,
                statements.USUAL_MEMORY,
            )
        )
        any_stood = continues_any or self._run(statements.ANY_STOOD).scalar_one()
        self._run(statements.PLACED, any_stood=any_stood)
        if has_aliases:
            aliases.log(self._run)
        has_splits = splits.obey(self._connection, self._parameters)
        self._run(statements.TOUCHED)
        if has_splits:
            splits.let_go(self._connection, self._parameters)
        self._analyze("placed", "touched")
        self._run_all(trend_statements.TAKE_OFF if self._is_replay else (statements.NEW_PLACES,))
        if continues_any:
            self._run(statements.CLOSE_VERSIONS)
        closed = self._run(statements.CLOSE).rowcount
        self._run_all((statements.MUCH_MEMORY, statements.NEW_OCCURRENCES, statements.USUAL_MEMORY))
        self._run(statements.RECOMPUTE)
        may_decide = not self._is_replay and (self._kept.are_standing or self._kept.differs)
        if may_decide:
            self._kept.decided = vex.decide(
                self._run, everything=self._kept.differs, has_new=True, scan_id=self._parameters["scan"]
            )
        self._run(statements.NEW_PLACE_EVENTS)
        deltas = count_statements.DELTAS if may_decide else count_statements.DELTAS_UNDECIDED
        self._run_all(trend_statements.PUT_ON_WRITTEN if self._is_replay else (deltas,))
        counts = self._run(count_statements.FINDING_COUNTS).one()
        if counts.closed and not self._is_replay:
            closings = [(row.severity, row.n, row.seconds) for row in self._run(count_statements.REMEDIATED)]
            after_commit(self._connection, partial(counting.remediated, closings))
        return Written(
            reopened=counts.reopened_occurrences,
            closed=closed,
            findings={"new": counts.new, "reopened": counts.reopened, "closed": counts.closed},
            statements=self._kept.counts(),
        )

    def _group(self, matches: Matches | None) -> bool:
        """Which results are one finding, and which one if it is there; whether any was led to it by an alias."""
        for statement in (
            statements.RULE_TEXTS,
            statements.VULNERABILITIES,
            statements.RULES,
            statements.MUCH_MEMORY,
            statements.GROUPS,
        ):
            self._run(statement)
        aliases.learn(self._run, self._connection, self._parameters["organization"])
        if matches:
            self._continue_findings(matches)
        has_aliases = aliases.lead(self._run)
        if self._is_replay:
            self._run(key_statements.ADOPTED)
            self._run(key_statements.ADOPT)
        return has_aliases

    def _continue_findings(self, matches: Matches) -> None:
        """What drifted belongs to the finding that it drifted from, unless its key leads to another one by now: then it is
        compared again. Compared under the lock it leads there since before, and every place stays in its own finding.
        """
        self._run(statements.TOLD)
        for some in matches.batches():
            self._run(statements.TELL, matches=some)
        self._analyze("told", "grouped")
        self._run(statements.MATCHED)
        self._analyze("matched")
        if not self._is_alone and self._run(statements.MATCHED_ELSEWHERE).scalar_one():
            raise ScopeMovedError
        self._run(statements.CONTINUED)
        self._run(statements.MATCH_LOG)

    def advance_scope(self, *, tool_version: str | None, is_complete: bool, opened: int) -> None:
        """The scope has this scan as its newest; whoever compared with an earlier version has to compare again."""
        self._run(statements.REF)
        self._run(statements.SCOPE, tool_version=tool_version, complete=is_complete, opened=opened)

    def _analyze(self, *tables: str) -> None:
        if self._analyzes:
            for table in tables:
                self._run(statements.ANALYZE[table])

    def _run(self, statement: str, **parameters: Any) -> Any:
        return self._connection.execute(text(statement), self._parameters | parameters)

    def _run_all(self, of: Iterable[str]) -> None:
        for statement in of:
            self._run(statement)

    def _copy(self, table: str, spool: BinaryIO) -> None:
        spool.seek(0)
        driver = self._connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)") as copy:
            while block := spool.read(COPY_BLOCK_BYTES):
                copy.write(block)
