"""Findings with their rule text, occurrences and count deltas, as an import would leave them."""

from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, null, update

from factories.asset import SCANNED_AT, SCANNED_ON, MadeAsset
from hauberk.db.models.count import CountDelta, FacetDelta
from hauberk.db.models.finding import Finding, Occurrence, RuleText
from hauberk.domain.finding import FindingKind, Triage
from hauberk.domain.priority import priority
from hauberk.domain.severity import Severity

_numbers = count(1)


def make_rule(
    connection: Connection,
    organization_id: int,
    title: str = "SQL injection",
    *,
    rule_id: str | None = "sql-injection",
    scanner: str = "semgrep",
    identifiers: tuple[str, ...] = (),
    cwes: tuple[int, ...] = (),
    **columns: Any,
) -> int:
    return connection.scalar(
        insert(RuleText)
        .values(
            organization_id=organization_id,
            content_hash=uuid4(),
            scanner=scanner,
            rule_id=rule_id,
            title=title,
            identifiers=list(identifiers),
            cwes=list(cwes),
            **columns,
        )
        .returning(RuleText.id)
    )


def make_finding(
    connection: Connection,
    asset: MadeAsset,
    *,
    rule: int | None = None,
    severity: Severity = Severity.HIGH,
    kind: FindingKind = FindingKind.SAST,
    triage: Triage = Triage.OPEN,
    is_active: bool = True,
    first_seen_at: datetime = SCANNED_AT,
    epss: float | None = None,
    location: dict[str, Any] | None = None,
    component: dict[str, Any] | None = None,
    scan: int | None = None,
    **columns: Any,
) -> int:
    """One finding with one occurrence, open when the finding is active."""
    rule_text_id = rule or make_rule(connection, asset.organization_id, f"Rule {next(_numbers)}")
    finding_id = connection.scalar(
        insert(Finding)
        .values(
            **{
                "organization_id": asset.organization_id,
                "asset_id": asset.id,
                "rule_text_id": rule_text_id,
                "first_seen_at": first_seen_at,
                "last_seen_at": None if is_active else SCANNED_AT,
                "epss": epss,
                "priority": priority(severity, epss=epss),
                "open_occurrences": int(is_active),
                "kind": kind.code,
                "severity": severity.rank,
                "severity_reported": severity.rank,
                "triage": triage.code,
                "scanners": ["semgrep"],
                **columns,
            }
        )
        .returning(Finding.id)
    )
    make_occurrence(
        connection,
        asset,
        finding_id,
        rule=rule_text_id,
        severity=severity,
        is_open=is_active,
        location={"path": "src/app.py", "line": 7} if location is None else location,
        component=component,
        scan=scan,
    )
    if is_active:
        make_delta(connection, asset, 1, severity=severity, kind=kind, triage=triage, opened=1)
    return finding_id


def make_occurrence(
    connection: Connection,
    asset: MadeAsset,
    finding_id: int,
    *,
    rule: int,
    severity: Severity = Severity.HIGH,
    is_open: bool = True,
    scope_id: int | None = None,
    location: dict[str, Any] | None = None,
    component: dict[str, Any] | None = None,
    scan: int | None = None,
) -> int:
    return connection.scalar(
        insert(Occurrence)
        .values(
            organization_id=asset.organization_id,
            scope_id=scope_id or asset.scope_id,
            finding_id=finding_id,
            rule_text_id=rule,
            fingerprint=UUID(int=finding_id),
            place_hash=next(_numbers),
            content_hash=1,
            opened_scan_id=scan or 0,
            first_seen_at=SCANNED_AT,
            opened_at=SCANNED_AT,
            closed_at=None if is_open else SCANNED_AT,
            close_reason=None if is_open else "gone",
            severity=severity.rank,
            line=(location or {}).get("line"),
            location=null() if location is None else location,  # SQL's null, not JSON's
            component=null() if component is None else component,
        )
        .returning(Occurrence.id)
    )


def make_delta(
    connection: Connection,
    asset: MadeAsset,
    n: int,
    *,
    severity: Severity = Severity.HIGH,
    kind: FindingKind = FindingKind.SAST,
    triage: Triage = Triage.OPEN,
    on: date = SCANNED_ON,
    opened: int = 0,
    closed: int = 0,
) -> None:
    connection.execute(
        insert(CountDelta).values(
            organization_id=asset.organization_id,
            asset_id=asset.id,
            on_day=on,
            kind=kind.code,
            severity=severity.rank,
            triage=triage.code,
            n=n,
            opened=opened,
            closed=closed,
        )
    )


def make_facet_delta(
    connection: Connection, asset: MadeAsset, n: int, *, severity: Severity = Severity.HIGH
) -> None:
    """As if there were so many more active ones; of a finding that is made, a trigger writes it."""
    bucket = {"kind": FindingKind.SAST.code, "triage": Triage.OPEN.code, "scanners": ["semgrep"]}
    connection.execute(
        insert(FacetDelta).values(
            organization_id=asset.organization_id,
            asset_id=asset.id,
            is_active=True,
            severity=severity.rank,
            n=n,
            **bucket,
        )
    )


def change_finding(connection: Connection, finding_id: int, **columns: Any) -> None:
    connection.execute(update(Finding).where(Finding.id == finding_id).values(**columns))
