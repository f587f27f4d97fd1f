"""The shape of a finding in answers: what is joined to a page of findings, and the row as bytes-ready values.

The hot path: no ORM objects, no validation. A page is cut first (the inner select has the limit), then each of its few
rows gets its rule, asset, people and main place; joined before the cut, a sorted list would fetch them for all rows.
JSON columns go through as text. `schemas.FindingSchema` documents the same shape; a test holds both equal.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Row, Select, Text, and_, case, cast, func, select, true

from hauberk.db.models.asset import Asset, Scope
from hauberk.db.models.finding import Decision, Finding, Occurrence, RuleText
from hauberk.db.models.identity import User
from hauberk.db.models.vulnerability import Vulnerability
from hauberk.db.repository import Order
from hauberk.domain.finding import FindingKind, Presence, Triage
from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Ids

finding = Finding.__table__
rule_text = RuleText.__table__.c
asset = Asset.__table__.c
occurrence = Occurrence.__table__.c
scope = Scope.__table__.c
decision = Decision.__table__.c
user = User.__table__.c
vulnerability = Vulnerability.__table__.c

ORDERS = {
    "-priority": Order.by(finding.c.priority, finding.c.id, descending=True),
    "-severity": Order.by(finding.c.severity, finding.c.id, descending=True),
    "-first_seen_at": Order.by(finding.c.first_seen_at, finding.c.id, descending=True),
    "first_seen_at": Order.by(finding.c.first_seen_at, finding.c.id),
    "id": Order.by(finding.c.id),
}


def shown(cut: Select[Any], order: Order) -> Select[Any]:
    """The findings of `cut` (a select of the table, already limited) with all that a list shows, in its order."""
    page = cut.subquery("page")
    p = page.c
    main = (
        select(
            cast(occurrence.location, Text).label("location"),
            cast(occurrence.component, Text).label("component"),
        )
        .where(occurrence.organization_id == p.organization_id, occurrence.finding_id == p.id)
        .order_by(
            occurrence.closed_at.is_not(None),
            case((occurrence.closed_at.is_(None), occurrence.first_seen_at)),
            occurrence.closed_at.desc(),
            occurrence.id,
        )
        .limit(1)
        .lateral("main")
    )
    seen = (
        select(func.max(scope.last_scan_at).label("last_scan_at"), func.count().label("occurrences"))
        .join_from(
            Occurrence.__table__,
            Scope.__table__,
            and_(scope.organization_id == occurrence.organization_id, scope.id == occurrence.scope_id),
        )
        .where(
            occurrence.organization_id == p.organization_id,
            occurrence.finding_id == p.id,
            occurrence.closed_at.is_(None),
        )
        .lateral("seen")
    )

    def of(table: Any, column: Any) -> Any:
        return and_(table.organization_id == p.organization_id, table.id == column)

    return (
        select(
            page,
            asset.name.label("asset_name"),
            rule_text.title,
            rule_text.rule_id,
            rule_text.identifiers,
            rule_text.cwes,
            cast(rule_text.cvss, Text).label("cvss"),
            rule_text.known_exploited,
            vulnerability.name.label("vulnerability_name"),
            decision.reason.label("triage_reason"),
            user.name.label("assignee_name"),
            main.c.location,
            main.c.component,
            seen.c.last_scan_at,
            seen.c.occurrences,
        )
        .select_from(page)
        .join(Asset.__table__, of(asset, p.asset_id))
        .join(RuleText.__table__, of(rule_text, p.rule_text_id))
        .outerjoin(Vulnerability.__table__, of(vulnerability, p.vulnerability_id))
        .outerjoin(Decision.__table__, of(decision, p.decision_id))
        .outerjoin(User.__table__, user.id == p.assignee_id)
        .outerjoin(main, true())
        .outerjoin(seen, true())
        .order_by(*(_same(key.column, p, descending=key.descending) for key in order.keys))
    )


def _same(column: Any, page: Any, *, descending: bool) -> Any:
    found = page[column.name]
    return found.desc() if descending else found.asc()


def shape(row: Row[Any], ids: Ids) -> dict[str, Any]:
    last_seen_at = row.last_scan_at if row.is_active else row.last_seen_at
    return {
        "id": ids.encode("fnd", row.id),
        "asset": {"id": ids.encode("ast", row.asset_id), "name": row.asset_name},
        "kind": FindingKind.of_code(row.kind),
        "title": row.title,
        "severity": Severity.of_rank(row.severity),
        "severity_reported": Severity.of_rank(row.severity_reported),
        "priority": row.priority,
        "presence": Presence.ACTIVE if row.is_active else Presence.INACTIVE,
        "triage": Triage.of_code(row.triage),
        "triage_reason": row.triage_reason,
        "identifiers": row.identifiers,
        "cwes": row.cwes,
        "cvss": None if row.cvss == "[]" else orjson.Fragment(row.cvss),
        "epss": row.epss,
        "known_exploited": row.known_exploited,
        "rule_id": row.rule_id,
        "scanners": row.scanners,
        "locations": _one(row.location),
        "components": _one(row.component),
        "first_seen_at": instant(row.first_seen_at),
        "last_seen_at": instant(last_seen_at or row.first_seen_at),
        "due_at": None if row.due_at is None else instant(row.due_at),
        "assignee": named(ids, "usr", row.assignee_id, row.assignee_name),
        "tags": row.tags,
        "is_reopened": row.is_active and row.reopened_at is not None,
        "vulnerability": named(ids, "vul", row.vulnerability_id, row.vulnerability_name),
        "occurrence_count": row.occurrences,
    }


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def named(ids: Ids, prefix: str, number: int | None, name: str | None) -> dict[str, Any] | None:
    return None if number is None or name is None else {"id": ids.encode(prefix, number), "name": name}


def _one(text: str | None) -> list[orjson.Fragment]:
    return [] if text is None or text == "{}" else [orjson.Fragment(text)]


def encode_page(
    items: Sequence[dict[str, Any]], *, next_cursor: str | None, total: int, is_exact: bool
) -> bytes:
    return encode({"items": items, "next_cursor": next_cursor, "total": total, "total_is_exact": is_exact})


encode = partial(orjson.dumps, option=orjson.OPT_PASSTHROUGH_DATETIME)
