"""What feeds say, put on the rules and findings of one organization: little by little, and only what shows.

First the rule texts, page by page: what feeds say of the names that each has, and of their other names. Most scores
move a little every day, and nobody sees it: a text is written when the whole per cent of its score is another (that is
what priority is made of), when the score is another by half, or when a feed begins or ceases to speak of it. A written
text is pending until its findings show the same: those are changed asset by asset, under the asset's lock, so that no
import of it is in between. What an import has read before and commits after is waited for: it would be seen by nobody
else. Whatever ends half-way is gone on with by the next run.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, text

from hauberk.db import earlier
from hauberk.db.audit import ACTIONS, record_all_in_job
from hauberk.db.locks import lock_asset
from hauberk.db.session import transaction
from hauberk.domain.events import FindingsChanged
from hauberk.domain.finding import LAST_UNDECIDED
from hauberk.domain.permissions import Actor
from hauberk.domain.priority import EXPLOITED
from hauberk.ingest import due_dates
from hauberk.ingest.feed_words import EPSS, SET_EPSS, priority, words
from hauberk.jobs.events import emit
from hauberk.jobs.run import JobRun

TEXTS: Final = 1_000
PENDING: Final = 200
FINDINGS: Final = 5_000
_MOST: Final = 10_000
KNOWN_EXPLOITED: Final = "finding.known_exploited"
ACTIONS.labels(KNOWN_EXPLOITED)  # an alert asks by how much it rose: it begins at none

_PAGE: Final = text("""
select id from rule_text where organization_id = :organization and id > :after order by id limit :at_once
""")
# Arrays are not compared under row-level security, where no index would serve that; the function holds to the tenant.
_NAMED: Final = text("""
select rules_identified(array(
    select a.name from vulnerability v
    join vulnerability a on a.organization_id = v.organization_id and a.group_id = v.group_id
    where v.organization_id = :organization and v.name = any(cast(:names as text[]))
    union select unnest(cast(:names as text[]))), :at_once)
""")
_WORDS: Final = text(f"""
update rule_text t set feed_epss = n.epss, feed_known_exploited = n.is_exploited, is_feed_pending = true
from (
    select t.id, w.epss, w.is_exploited from rule_text t, {words("t.identifiers")} w
    where t.organization_id = :organization and t.id = any(cast(:texts as int8[]))) n
where t.organization_id = :organization and t.id = n.id and (
    t.feed_known_exploited <> n.is_exploited
    or (t.feed_epss is null) <> (n.epss is null)
    or floor(t.feed_epss * 100) <> floor(n.epss * 100)
    or greatest(t.feed_epss, n.epss) > 1.5 * least(t.feed_epss, n.epss))
""")  # noqa: S608 — constants of ours, here and below
_PENDING: Final = text("""
select id from rule_text where organization_id = :organization and is_feed_pending order by id limit :at_once
""")
_DIFFERS: Final = f"""(f.priority <> {priority("f.severity")} or f.epss is distinct from {EPSS}
    or f.is_epss_of_feed <> (x.feed_epss is not null))"""
_BEHIND: Final = text(f"""
select f.asset_id, f.id from rule_text x
join finding f on f.organization_id = x.organization_id and f.rule_text_id = x.id and f.joined_into_id is null
where x.organization_id = :organization and x.id = any(cast(:texts as int8[])) and {_DIFFERS}
order by f.asset_id, f.id limit :at_once
""")  # noqa: S608
_FOLLOW: Final = text(f"""
with before as (
    select f.id, f.priority / {EXPLOITED} % 10 = 1 as was_exploited, f.is_active, f.triage,
        x.id as text_id
    from finding f join rule_text x on x.organization_id = f.organization_id and x.id = f.rule_text_id
    where f.organization_id = :organization and f.asset_id = :asset and f.id = any(cast(:findings as int8[]))
        and {_DIFFERS}
    order by f.id for update of f)
update finding f set priority = {priority("f.severity")}, {SET_EPSS}, changed_at = now()
from before b, rule_text x
where f.organization_id = :organization and f.id = b.id and x.organization_id = :organization and x.id = b.text_id
returning f.id, b.text_id,
    b.is_active and not b.was_exploited and x.feed_known_exploited as is_news,
    b.triage > {int(LAST_UNDECIDED)} as is_decided
""")  # noqa: S608
_AS_WHICH: Final = text(f"""
select t.id, w.names from rule_text t, {words("t.identifiers")} w
where t.organization_id = :organization and t.id = any(cast(:texts as int8[]))
""")  # noqa: S608
_SHOWN: Final = text("""
update rule_text set is_feed_pending = false
where organization_id = :organization and id = any(cast(:texts as int8[]))
""")


def apply_all(run: JobRun) -> dict[str, Any]:
    """Every rule of the organization."""
    written = after = 0
    earlier.outwait(run.engine, run.check)
    while texts := _ids(run, _PAGE, after=after, at_once=TEXTS):
        written += run.write(partial(_write_words, organization_id=run.organization_id, texts=texts))
        after = texts[-1]
        run.progress(done=written, total=None)
    return {"rules": written, "findings": _follow_all(run)}


def apply_names(run: JobRun, names: Sequence[str]) -> dict[str, Any]:
    """Only rules that have one of these names, or one of their other names."""
    earlier.outwait(run.engine, run.check)
    texts = _ids(run, _NAMED, names=list(names), at_once=_MOST)
    written = run.write(partial(_write_words, organization_id=run.organization_id, texts=texts))
    return {"rules": written, "findings": _follow_all(run)}


def _follow_all(run: JobRun) -> int:
    """Findings whose rules say something else than they show."""
    followed = 0
    if _ids(run, _PENDING, at_once=1):
        earlier.outwait(run.engine, run.check)
    while texts := _ids(run, _PENDING, at_once=PENDING):
        while rows := _rows(run, _BEHIND, texts=texts, at_once=FINDINGS):
            for asset_id, those in groupby(rows, key=lambda row: row.asset_id):
                findings = [row.id for row in those]
                followed += run.write(
                    partial(
                        _follow, organization_id=run.organization_id, asset_id=asset_id, findings=findings
                    )
                )
        run.write(partial(_execute, statement=_SHOWN, organization_id=run.organization_id, texts=texts))
        run.progress(done=followed, total=None)
    return followed


def _write_words(connection: Connection, organization_id: int, texts: list[int]) -> int:
    return _execute(connection, _WORDS, organization_id, texts=texts)


def _follow(connection: Connection, organization_id: int, asset_id: int, findings: list[int]) -> int:
    lock_asset(connection, organization_id, asset_id)
    parameters = {"organization": organization_id, "asset": asset_id, "findings": findings}
    rows = connection.execute(_FOLLOW, parameters).all()
    due_dates.settle(connection, organization_id, asset_id, [row.id for row in rows])
    if news := [row for row in rows if row.is_news]:
        _tell(connection, organization_id, news)
    if rows:
        emit(connection, FindingsChanged(organization_id, asset_id))
    return len(rows)


def _tell(connection: Connection, organization_id: int, news: Sequence[Any]) -> None:
    """The trail says which active findings are known to be exploited from now on, and under which names."""
    by_text: dict[int, list[Any]] = defaultdict(list)
    for row in news:
        by_text[row.text_id].append(row)
    named = connection.execute(_AS_WHICH, {"organization": organization_id, "texts": list(by_text)})
    acts = [
        (KNOWN_EXPLOITED, each.id, {"names": row.names} | ({"is_decided": True} if each.is_decided else {}))
        for row in named
        for each in by_text[row.id]
    ]
    record_all_in_job(connection, Actor.system(organization_id), "finding", acts)


def _execute(connection: Connection, statement: Any, organization_id: int, **parameters: Any) -> int:
    rowcount: int = connection.execute(statement, {"organization": organization_id, **parameters}).rowcount
    return rowcount


def _ids(run: JobRun, statement: Any, **parameters: Any) -> list[int]:
    return [row[0] for row in _rows(run, statement, **parameters)]


def _rows(run: JobRun, statement: Any, **parameters: Any) -> Sequence[Any]:
    with transaction(run.engine, run.organization_id) as connection:
        return connection.execute(statement, {"organization": run.organization_id, **parameters}).all()
