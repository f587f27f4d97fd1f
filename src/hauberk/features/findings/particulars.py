"""What a finding's own page shows beyond a list: its rule's texts, every place, what happened and what people said.

Kept statements, asked for in one message with the finding itself: each of them is short, and building it and waiting
for it cost more than answering it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from hauberk.db.driver import Kept, fetch, fetch_all
from hauberk.db.last_seen import seen_at
from hauberk.db.repository import DbSession
from hauberk.domain.permissions import Actor
from hauberk.features.findings.shape import SHOWN
from hauberk.kit.errors import NotFound

MAX_OCCURRENCES: Final = 500
MAX_HISTORY: Final = 200
MAX_COMMENTS: Final = 500

# The finding and all that was joined into it: what was said of them is said of it now.
_PART: Final = b"""
with recursive part as (
    select cast(%(finding)s as int8) as id
    union
    select r.other_id from part
    join regrouping r on r.organization_id = %(organization)s and r.finding_id = part.id and r.other_id is not null
        and (r.act = 'join') = (r.undone_at is null)),
parts as (select id from part limit 1000)
"""
PARTS: Final = Kept(_PART + b"select id from parts", {}, prepares=True)

# The cold part: what the rule says, and the standing override of the severity.
_TEXTS: Final = Kept(
    b"""
select t.description, t.remediation, t."references", d.reason as override_reason, d.decided_at as override_at,
    u.id as override_by, u.name as override_by_name
from finding f
join rule_text t on t.organization_id = f.organization_id and t.id = f.rule_text_id
left join lateral (
    select reason, decided_at, decided_by from decision
    where organization_id = f.organization_id and finding_id = f.id and severity is not null
    order by id desc limit 1) d on f.severity_override is not null
left join user_account u on u.id = d.decided_by
where f.organization_id = %(organization)s and f.id = %(finding)s
""",
    {},
    prepares=True,
)

# Open ones first, oldest first; then the newest of the closed versions that nothing continues.
_OCCURRENCES: Final = Kept(
    b"""
select o.id, o.severity, o.location, o.component, o.first_seen_at, o.opened_at, o.closed_at, o.close_reason, s.scanner,
    """
    + seen_at("o", "s").encode()
    + b""" as seen_at, r.name as ref, r.is_tracked,
    before.close_reason as closed_before
from occurrence o
join scope s on s.organization_id = o.organization_id and s.id = o.scope_id
join asset_ref r on r.organization_id = s.organization_id and r.id = s.ref_id
left join occurrence before on before.organization_id = o.organization_id and before.id = o.previous_id
where o.organization_id = %(organization)s and o.finding_id = %(finding)s
    and coalesce(o.close_reason, '') not in ('changed', 'moved')
order by o.closed_at is not null, o.closed_at desc, o.first_seen_at, o.id
limit %(most)s
""",
    {"most": MAX_OCCURRENCES},
    prepares=True,
)

# A regrouping is told to both sides, and shown on each once.
_HISTORY: Final = Kept(
    _PART
    + b"""
select id, at, actor_id, actor_name, action, detail from event
where organization_id = %(organization)s and subject_type = 'finding' and subject_id = any(array(select id from parts))
    and (subject_id = %(finding)s or not detail ? 'regrouping')
order by id desc
limit %(most)s
""",
    {"most": MAX_HISTORY},
    prepares=True,
)

_COMMENTS: Final = Kept(
    _PART
    + b"""
select c.id, c.author_id, u.name as author_name, c.body, c.created_at
from comment c left join user_account u on u.id = c.author_id
where c.organization_id = %(organization)s and c.finding_id = any(array(select id from parts))
order by c.id
limit %(most)s
""",
    {"most": MAX_COMMENTS},
    prepares=True,
)

# What is known of these packages in all assets.
_COMPONENTS: Final = Kept(
    b"""
select id, key_hash from component
where organization_id = %(organization)s and key_hash = any(cast(%(keys)s as uuid[])) and assets > 0
""",
    {},
    prepares=True,
)

# The supplier's statement that speaks for it.
_STATEMENT: Final = Kept(
    b"""
select v.*, s.file_name from vex_statement v
left join scan s on s.organization_id = v.organization_id and s.id = v.opened_scan_id
where v.organization_id = %(organization)s and v.id = %(statement)s
""",
    {},
    prepares=True,
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """`row` is the finding as a list has it."""

    row: Any
    texts: Any
    occurrences: Sequence[Any]
    history: Sequence[Any]
    comments: Sequence[Any]
    statement: Any


async def particulars_of(session: DbSession, actor: Actor, number: int) -> Particulars:
    """Raises NotFound for what does not exist and for what the actor may not see, alike."""
    of: dict[str, Any] = {"organization": actor.organization_id, "finding": number}
    shown, texts, occurrences, history, comments = await fetch_all(
        session,
        (SHOWN, of | {"ids": [number]}),
        (_TEXTS, of),
        (_OCCURRENCES, of),
        (_HISTORY, of),
        (_COMMENTS, of),
    )
    if not shown:
        raise NotFound("finding")
    statement = None
    if shown[0].vex_statement_id is not None:
        (statement,) = await fetch(
            session, _STATEMENT, organization=actor.organization_id, statement=shown[0].vex_statement_id
        )
    return Particulars(shown[0], texts[0], occurrences, history, comments, statement)


async def component_ids(session: DbSession, actor: Actor, keys: Sequence[bytes]) -> dict[bytes, int]:
    """By key; of what no asset has, and of what was not derived yet, none."""
    if not keys:
        return {}
    wanted = [UUID(bytes=key) for key in keys]
    rows = await fetch(session, _COMPONENTS, organization=actor.organization_id, keys=wanted)
    return {row.key_hash.bytes: row.id for row in rows}
