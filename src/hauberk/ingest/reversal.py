"""Takes back what one applied scan did to its scope, as if it had never been. It must be the scope's newest.

What it opened goes, what it closed stands again; keys that only it gave go, findings are computed anew, the counts and
the trend follow. What people said stays, and the scope's version rises. In the caller's transaction, under the asset's lock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, text

from hauberk.domain import fingerprint
from hauberk.domain.finding import FindingKind
from hauberk.domain.fingerprint import IDENTITY_VERSION
from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.ingest import due_dates, key_statements, known_as, trend_statements, vex_statements
from hauberk.ingest import history_statements as statements


@dataclass(frozen=True)
class AppliedScan:
    """A scan that took effect, and when it is from."""

    id: int
    scanned_at: datetime
    identity_version: int | None


@dataclass(frozen=True)
class Series:
    """The series of scans that one scope is: what is taken back and applied again belongs to it."""

    organization_id: int
    asset_id: int
    scope_id: int

    def run(self, connection: Connection, statement: str, **parameters: Any) -> Any:
        own = {"organization": self.organization_id, "asset": self.asset_id, "scope": self.scope_id}
        return connection.execute(text(statement), own | parameters)


def take_back(connection: Connection, series: Series, scan: AppliedScan) -> None:
    """`begin` of the recomputation has made the tables that remember."""
    parameters: dict[str, Any] = {
        "scan": scan.id,
        "day": scan.scanned_at.date(),
        "identity": scan.identity_version or IDENTITY_VERSION,
    }

    def run(statement: str, **more: Any) -> Any:
        return series.run(connection, statement, **parameters, **more)

    for statement in (
        statements.CLEAR,
        statements.TOUCHED,
        *trend_statements.TAKE_OFF,
        statements.CONCERNED,
        key_statements.UNKEYED,
    ):
        run(statement)
    kept = _keys_of_others(run(key_statements.OTHERS_THAT_GIVE_KEYS))
    if kept:
        run(key_statements.KEEP_KEYS, keys=[key.hex() for key in kept], givers=list(kept.values()))
    for statement in (
        key_statements.FORMER,
        key_statements.DROP_KEYS,
        statements.DROP_MATCHES,
        statements.DROP_LEADS,
        statements.KEEP_PLACES,
        statements.DROP_OPENED,
        statements.REOPEN_CLOSED,
        *vex_statements.TAKEN_BACK,
        *statements.SCAN_TAKEN_BACK,
        statements.DERIVE,
        due_dates.SETTLE_TOUCHED,
        *trend_statements.PUT_ON,
        statements.SCOPE,
        statements.REF,
    ):
        run(statement)
    known_as.unlearn(connection, series.organization_id, scan.id)


def _keys_of_others(rows: Iterable[Row[Any]]) -> dict[bytes, int]:
    """Each key that what is left gives, and the first scan that gave it."""
    found: dict[bytes, int] = {}
    for row in rows:
        for key in (row.fingerprint.bytes, *_keys(row)):
            found.setdefault(key, row.opened_scan_id)
    return found


def _keys(row: Row[Any]) -> tuple[bytes, ...]:
    """All keys of the result, by the rules that it was kept by; a secret's value is not kept, its key stands in the row."""
    said = ReportedFinding(
        kind=FindingKind.of_code(row.kind),
        title=row.title,
        severity=Severity.UNKNOWN,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        identifiers=tuple(row.identifiers),
        cwes=tuple(row.cwes),
    )
    location = msgspec.convert(row.location or {}, Location)
    component = None if row.component is None else msgspec.convert(row.component, Component)
    return fingerprint.keys(said, row.rule_scanner, location, component)
