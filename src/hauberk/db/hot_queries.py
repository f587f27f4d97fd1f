"""The queries that must stay quick however much there is, each with the index that it lives on.

Readiness looks whether those indexes are there and are used; what this build makes of them at ten million findings is
in its benchmark. A new list, filter or look-up that everybody waits for belongs here.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class HotQuery:
    """`statement` may use :organization. `table` is the one that grows."""

    name: str
    table: str
    index: str
    statement: str


_PAGE = "order by priority desc, id desc limit 50"
_SHOWN = "organization_id = :organization and joined_into_id is null"
_OPEN = f"{_SHOWN} and is_active and triage <= 2"

HOT_QUERIES: Final = (
    HotQuery(
        "the list of findings",
        "finding",
        "finding_list_idx",
        f"select id from finding where {_SHOWN} {_PAGE}",
    ),
    HotQuery(
        "open findings", "finding", "finding_open_list_idx", f"select id from finding where {_OPEN} {_PAGE}"
    ),
    HotQuery(
        "findings of an asset",
        "finding",
        "finding_asset_idx",
        f"select id from finding where organization_id = :organization and asset_id = 1 {_PAGE}",
    ),
    HotQuery(
        "what is overdue",
        "finding",
        "finding_due_idx",
        f"select id from finding where {_OPEN} and due_at is not null and due_at < now()",
    ),
    HotQuery(
        "findings of a person",
        "finding",
        "finding_assignee_idx",
        f"select id from finding where {_SHOWN} and assignee_id = 1 {_PAGE}",
    ),
    HotQuery(
        "open findings of a vulnerability",
        "finding",
        "finding_vulnerability_idx",
        "select id from finding where organization_id = :organization and vulnerability_id = 1"
        " and is_active and triage <= 2",
    ),
    HotQuery(
        "facets and totals",
        "facet_count",
        "facet_count_pkey",
        "select severity, n from facet_count where organization_id = :organization and asset_id = 0",
    ),
    HotQuery(
        "vulnerabilities, the worst first",
        "flaw_count",
        "flaw_count_list_idx",
        "select vulnerability_id from flaw_count where organization_id = :organization"
        " order by worst desc, open_findings desc, vulnerability_id desc limit 50",
    ),
    HotQuery(
        "components, the worst first",
        "component",
        "component_list_idx",
        "select id from component where organization_id = :organization and assets > 0"
        " order by worst desc, open_findings desc, id desc limit 50",
    ),
    HotQuery(
        "the assets that have a component",
        "asset_component",
        "asset_component_list_idx",
        "select asset_id from asset_component where organization_id = :organization and component_id = 1"
        " order by open_findings desc, asset_id limit 3",
    ),
    HotQuery(
        "findings of a rule",
        "finding",
        "finding_rule_text_idx",
        f"select id from finding where {_SHOWN} and rule_text_id = 1 {_PAGE}",
    ),
    HotQuery(
        "what an import compares with",
        "occurrence",
        "occurrence_open_key",
        "select id from occurrence where organization_id = :organization and scope_id = 1 and closed_at is null",
    ),
    HotQuery(
        "occurrences of a finding",
        "occurrence",
        "occurrence_finding_idx",
        "select id from occurrence where organization_id = :organization and finding_id = 1",
    ),
    HotQuery(
        "what a scan closed",
        "occurrence",
        "occurrence_closed_idx",
        "select id from occurrence where organization_id = :organization and closed_scan_id = 1",
    ),
    HotQuery(
        "a finding by its key",
        "finding_key",
        "finding_key_pkey",
        "select finding_id from finding_key where organization_id = :organization and asset_id = 1"
        " and identity_version = 1 and fingerprint = '00000000-0000-0000-0000-000000000000'",
    ),
    HotQuery(
        "the newest scans",
        "scan",
        "scan_accepted_idx",
        "select id from scan where organization_id = :organization order by accepted_at desc, id desc limit 50",
    ),
    HotQuery(
        "the history of something",
        "event",
        "event_subject_idx",
        "select id from event where organization_id = :organization and subject_type = 'finding' and subject_id = 1"
        " order by id desc limit 50",
    ),
    HotQuery(
        "the next job of a queue",
        "job",
        "job_claim_idx",
        "select id from job where queue = 'import' and organization_id = :organization and state = 'accepted'"
        " order by id limit 1",
    ),
)

_NOTHING_ELSE = text(
    "select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),"
    " set_config('enable_bitmapscan', 'off', true)"
)


async def unserved(db: AsyncSession, organization: int) -> list[str]:
    """Names of those that no index condition serves, though the planner has no other choice; to the transaction's end."""
    await db.execute(_NOTHING_ELSE)
    return [query.name for query in HOT_QUERIES if not await is_served(db, query, organization)]


async def is_served(db: AsyncSession, query: HotQuery, organization: int) -> bool:
    """Whether its plan reads the growing table by an index condition alone."""
    plan = await db.scalar(text(f"explain (format json) {query.statement}"), {"organization": organization})
    nodes: list[dict[str, Any]] = [plan[0]["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    reads = [node for node in nodes if node.get("Relation Name") == query.table]
    return bool(reads) and all("Index Cond" in node for node in reads)
