"""What is asked of the database as a whole: that it is this environment's, its schema this build's, its indexes there."""

import asyncio
from typing import Final

from sqlalchemy import text

from hauberk.db import indexes, migrate
from hauberk.db.drift import drift, unbound
from hauberk.db.grants import beyond
from hauberk.db.hot_queries import HOT_QUERIES, unserved
from hauberk.db.made import altered
from hauberk.db.session import Sessions
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    failed,
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.infra.readiness.evidence import ReleaseEvidence, released

LARGE_TABLE_ROWS: Final = 100_000
MANY_ROWS: Final = 10_000_000
_INDEXES = text("""
select i.relname as name, x.indisvalid and x.indisready as is_valid, x.indisunique as is_unique,
  x.indpred is not null as is_partial, t.relname as of_table,
  array(select a.attname::text from unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality k(number, place)
    left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number and k.number > 0
    order by k.place) as columns
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
where i.relnamespace = 'public'::regnamespace
""")
_SIZES = text("select relname, greatest(reltuples, 0)::bigint as n from pg_class where relname = any(:names)")
_SOME_ORGANIZATION = 1


@readiness("INF-4")
async def environments_are_separate(probe: Probe) -> Answer:
    settings = probe.inside.settings
    if not await _has_schema(probe):
        return skipped("The database has no schema yet, and is nobody's.", "Run 'hauberk migrate'.")
    async with probe.inside.engine.connect() as connection:
        stamped = await connection.scalar(text("select environment from installation"))
    if stamped != settings.environment.value:
        return failed(
            f"The database is {stamped}'s, the process {settings.environment}'s.", "Point it at its own."
        )
    siblings = set(settings.sibling_fingerprints)
    ours = set(settings.key_ring.fingerprints().values())
    if shared := siblings & ours:
        return failed(
            f"Another environment has the secret {', '.join(sorted(shared))} too.",
            "Give each its own secrets.",
        )
    if not siblings:
        return warned(
            f"The database is stamped {stamped}. The other environments' secrets are not known here.",
            "Set HAUBERK_SIBLING_FINGERPRINTS ('hauberk secret fingerprint' there prints them).",
        )
    return passed(f"The database is stamped {stamped}; {len(siblings)} secrets of others differ.")


@readiness("DEL-6")
async def migrations(probe: Probe) -> Answer:
    if not await _has_schema(probe):
        return failed("The database has no schema yet.", "Run 'hauberk migrate'.")
    async with probe.inside.engine.connect() as connection:
        current = await connection.scalar(text("select version_num from alembic_version"))
    head = await asyncio.to_thread(migrate.head)
    is_ahead = migrate.is_ahead(current)
    if current == head or is_ahead:
        async with Sessions(probe.inside.engine).transaction() as db:
            found = await drift(db, is_at_head=not is_ahead)
            above = [] if probe.inside.is_starting else await unbound(db)
            more = [] if probe.inside.is_starting else await beyond(db)
            if not is_ahead and not probe.inside.is_starting:
                found += await altered(db)
        if found:
            return failed(
                f"The schema ({current}) is not as the migrations made it: {'; '.join(found)}.",
                "Find out who changed it; then undo it by hand, or restore a backup.",
            )
        if above:  # every transaction takes a role that is bound: a reason to mend it, and none not to start
            return failed(
                f"The product works as, or may become, {', '.join(above)}, which row-level security does not bind.",
                "Give HAUBERK_DATABASE_URL a role that is no superuser and has no BYPASSRLS (docs/operations/install.md).",
            )
        if more:
            return failed(
                f"Rights in the database are not as the migrations gave them: {'; '.join(more)}.",
                "Take them back (revoke, alter … owner to, alter role … reset) or give them again (grant), and find out who changed them.",
            )
    if is_ahead:
        return warned(
            f"The schema is at {current}, of a later release than this one ({head}).",
            "This is a rollback: find out what was wrong, and go forward again.",
        )
    if current != head:
        return failed(f"The schema is at {current}, this build needs {head}.", "Run 'hauberk migrate'.")
    return _linted(
        f"The schema is at head ({head}) and as made: row-level security on every table of organizations, and nobody above it",
        await released(probe),
    )


async def _has_schema(probe: Probe) -> bool:
    async with probe.inside.engine.connect() as connection:
        found = await connection.scalar(text("select to_regclass('alembic_version')::text"))
    return found is not None


def _linted(seen: str, evidence: ReleaseEvidence) -> Answer:
    """By the suite that ran them on an empty database, twice, side by side, with lock timeouts, and linted each."""
    results = [
        counts["migrations"]
        for name, counts in evidence.parts.items()
        if name.startswith("suites-") and "migrations" in counts
    ]
    if not results or not results[0]["tests"]:
        advice = "Build the release where its checks ran (tools/release_evidence.py says what it takes)."
        return warned(f"{seen}. {evidence.flaw or 'Their lint is not in the release evidence'}.", advice)
    counts = results[0]
    told = f"{seen}; {counts['tests']} tests of migrations, their lint among them, {counts['failed']} failed"
    if counts["failed"]:
        return failed(f"{told}.", "Mend the migrations before they run anywhere.", kind=Kind.RECORD)
    return passed(f"{told}, {evidence.signed_by}.", kind=Kind.RECORD)


@readiness("INF-7", timeout=15)
async def hot_queries_have_their_indexes(probe: Probe) -> Answer:
    """Every index of the schema is there and valid, and each hot query is served by an index condition."""
    async with Sessions(probe.inside.engine).transaction(_SOME_ORGANIZATION) as db:
        found = {row.name: row for row in await db.execute(_INDEXES)}
        there = {name: row.is_valid for name, row in found.items()}
        wanted = {each.name for each in indexes.of_schema()} | {query.index for query in HOT_QUERIES}
        if missing := sorted(wanted - set(there)):
            return failed(f"Missing: {', '.join(missing[:5])}.", "Run 'hauberk migrate', or create it again.")
        if invalid := sorted(name for name in wanted if not there[name]):
            return failed(
                f"Invalid: {', '.join(invalid[:5])}.", f"Run 'reindex index concurrently {invalid[0]}'."
            )
        if other := sorted(each.name for each in indexes.of_schema() if not each.is_like(found[each.name])):
            return failed(
                f"Of the right name, and of other columns or another condition: {', '.join(other[:5])}.",
                "Drop it, and create it as the migrations do.",
            )
        bare = await unserved(db, _SOME_ORGANIZATION)
        tables = {query.table for query in HOT_QUERIES}
        sizes = {row.relname: row.n for row in await db.execute(_SIZES, {"names": list(tables)})}
    if bare:
        return failed(f"Not by an index: {', '.join(bare)}.", "Compare the index with the query's condition.")
    seen = f"{len(wanted)} indexes there and valid; all {len(HOT_QUERIES)} hot queries are served by an index condition"
    if max(sizes.values(), default=0) >= LARGE_TABLE_ROWS:
        return passed(f"{seen}, the largest table having {max(sizes.values()):,} rows.")
    here = f"{seen}. Here are only {max(sizes.values(), default=0):,} rows"
    return _at_scale(here, await released(probe))


def _at_scale(here: str, evidence: ReleaseEvidence) -> Answer:
    """The plans of the benchmark's data set, which this build's release evidence has where it was filled."""
    found = evidence.parts.get("plans")
    if found is None or found["rows"] < MANY_ROWS:
        why = evidence.flaw or "the plans at ten million are not in the release evidence"
        return skipped(
            f"{here}, and of many more nothing is known: {why}.",
            "Ask again when a table has 100,000 rows, or measure in a checkout: python -m bench.dataset.plans.",
            kind=Kind.RECORD,
        )
    told = f"{here}; at {found['rows']:,}"
    if found["unserved"]:
        bare = ", ".join(found["unserved"])
        return failed(
            f"{told} not by an index: {bare}.",
            "Compare the index with the query's condition.",
            kind=Kind.RECORD,
        )
    return passed(
        f"{told} all {found['queries']} were served by an index condition, {found['by_choice']} of them by the planner's own"
        f" choice, {evidence.signed_by}.",
        kind=Kind.RECORD,
    )
