"""One finding in full: the list's shape with the rule's texts, every place, what happened and what people said."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row

from hauberk.db.repository import DbSession
from hauberk.domain.finding import Triage
from hauberk.domain.fingerprint import component_key, package_name, package_version
from hauberk.domain.permissions import Actor
from hauberk.domain.reported import Component
from hauberk.domain.severity import Severity
from hauberk.domain.vex import VexStatus
from hauberk.features.findings.particulars import component_ids, particulars_of
from hauberk.features.findings.shape import instant, named, shape
from hauberk.features.identity.serving import Ids


async def read_detail(session: DbSession, actor: Actor, number: int, ids: Ids) -> dict[str, Any]:
    """Raises NotFound for what does not exist and for what the actor may not see, alike."""
    found = await particulars_of(session, actor, number)
    row, occurrences = found.row, found.occurrences
    shown = [_occurrence(each, ids) for each in occurrences]
    standing = [each for each in occurrences if each.closed_at is None] or occurrences[:1]
    locations = _distinct(each.location for each in standing)
    return shape(row, ids) | {
        "locations": locations,
        "components": await _components(session, actor, _distinct(each.component for each in standing), ids),
        "description": found.texts.description,
        "remediation": found.texts.remediation,
        "references": found.texts.references,
        "evidence": next((each["evidence"] for each in locations if each.get("evidence")), None),
        "severity_override": _override(row, found.texts, ids),
        "vex": _statement(row, found.statement, ids),
        "duplicate_of": _duplicate_of(row, ids),
        "joined_into": ids.encode_or_none("fnd", row.joined_into_id),
        "occurrences": shown,
        "history": _history(found.history, occurrences, ids),
        "comments": [comment(each, ids) for each in found.comments],
    }


async def _components(
    session: DbSession, actor: Actor, found: list[dict[str, Any]], ids: Ids
) -> list[dict[str, Any]]:
    """Each with the way to what is known of it elsewhere."""
    said = [msgspec.convert(each, Component) for each in found]
    keys = [component_key(package_name(each), package_version(each)) for each in said]
    known = await component_ids(session, actor, keys)
    return [
        each | {"component_id": ids.encode_or_none("cmp", known.get(key))}
        for each, key in zip(found, keys, strict=True)
    ]


def _duplicate_of(row: Row[Any], ids: Ids) -> str | None:
    """What a new place opened again is no duplicate, though its row remembers of what: undoing that scan makes it one again."""
    is_duplicate = row.triage == Triage.DUPLICATE.code
    return ids.encode_or_none("fnd", row.duplicate_of_id) if is_duplicate else None


def comment(row: Row[Any], ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.encode("cmt", row.id),
        "author": named(ids, "usr", row.author_id, row.author_name),
        "body": row.body,
        "created_at": instant(row.created_at),
    }


def _distinct(values: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for value in values:
        if value and value not in found:
            found.append(value)
    return found


def _override(row: Row[Any], texts: Row[Any], ids: Ids) -> dict[str, Any] | None:
    if row.severity_override is None:
        return None
    return {
        "severity": Severity.of_rank(row.severity_override),
        "reason": texts.override_reason,
        "by": named(ids, "usr", texts.override_by, texts.override_by_name),
        "at": instant(texts.override_at or row.changed_at),
    }


def _statement(row: Row[Any], statement: Row[Any] | None, ids: Ids) -> dict[str, Any] | None:
    if statement is None:
        return None
    return {
        "vex_status": VexStatus.of_code(statement.vex_status),
        "decides": row.decided_by_statement is not None,
        "vulnerability": statement.names[0],
        "product": statement.product,
        "component": statement.component,
        "justification": statement.justification,
        "impact": statement.impact,
        "action": statement.action,
        "author": statement.author,
        "stated_at": instant(statement.stated_at),
        "document_id": statement.document_id,
        "document_version": statement.document_version,
        "scan": {"id": ids.encode("scn", statement.opened_scan_id), "name": statement.file_name or "report"},
    }


def _occurrence(row: Row[Any], ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.encode("occ", row.id),
        "scanner": row.scanner,
        "ref": row.ref,
        "is_tracked": row.is_tracked,
        "is_open": row.closed_at is None,
        "severity": Severity.of_rank(row.severity),
        "location": row.location,
        "component": row.component,
        "first_seen_at": instant(row.first_seen_at),
        "last_seen_at": instant(row.seen_at),
        "closed_at": None if row.closed_at is None else instant(row.closed_at),
        "close_reason": row.close_reason,
    }


def _history(events: Sequence[Row[Any]], occurrences: Sequence[Row[Any]], ids: Ids) -> list[dict[str, Any]]:
    """What people did, from the trail, and what scanners saw, from the occurrences themselves; newest first."""
    entries = [
        {
            "id": ids.encode("evt", each.id),
            "at": instant(each.at),
            "actor": named(ids, "usr", each.actor_id, each.actor_name),
            "action": each.action,
            "detail": each.detail,
        }
        for each in events
        if each.action != "finding.commented"
    ]
    earliest = min((each.first_seen_at for each in occurrences), default=None)
    for each in occurrences:
        where = {"scanner": each.scanner, "ref": each.ref}
        came_back = each.closed_before not in (None, "changed", "moved")
        action = "first_seen" if each.first_seen_at == earliest else "new_place"
        at = each.opened_at if came_back else each.first_seen_at
        public_id = ids.encode("occ", each.id)
        entries.append(_seen(public_id, at, "reopened" if came_back else action, where))
        if each.closed_at is not None:
            detail = where | {"reason": each.close_reason}
            entries.append(_seen(f"{public_id}.closed", each.closed_at, "closed", detail))
    return sorted(entries, key=lambda entry: str(entry["at"]), reverse=True)


def _seen(entry_id: str, at: Any, action: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"id": entry_id, "at": instant(at), "actor": None, "action": action, "detail": detail}
