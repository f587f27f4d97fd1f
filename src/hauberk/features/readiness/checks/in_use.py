"""What can be seen by using the product as a tenant of its own: the core flow, statements per request, queues."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from hauberk.db.session import Sessions
from hauberk.db.statements import SLOW_SECONDS
from hauberk.features.readiness import probe_key, tenant
from hauberk.features.readiness.core_flow import BrokenFlowError, Flow, Step
from hauberk.features.readiness.round_trip import JOBS
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, skipped, warned
from hauberk.jobs.enqueue import enqueue_async

MOST_STATEMENTS: Final = 15
ROUND_TRIP_SECONDS: Final = 15.0
SLOW_ROUND_TRIP_MS: Final = 5_000
_STATES = text("""
select queue, state, extract(epoch from coalesce(finished_at, now()) - created_at) * 1000 as ms
from job where organization_id = :organization and id = any(:ids)
""")
_LEADER = text("select holder from leader_lease where name = 'scheduler' and expires_at > clock_timestamp()")
_SLOWEST = text("""
select left(regexp_replace(query, '\\s+', ' ', 'g'), 60) as query, round(mean_exec_time) as ms, calls
from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) and calls > 4
order by mean_exec_time desc limit 3
""")


@dataclass(frozen=True, slots=True)
class Used:
    """What one pass through the core flow showed. `statements`: by list, with one item and with all."""

    steps: list[Step]
    statements: dict[str, tuple[int, int, int]]
    error: str | None = None


async def _use(probe: Probe) -> Used:
    return await probe.once("core flow", lambda: _go(probe))


async def _go(probe: Probe) -> Used:
    statements: dict[str, tuple[int, int, int]] = {}

    async def look(flow: Flow) -> None:
        statements.update(await _count(probe, flow))

    async with (
        tenant.alone(probe.inside.engine),
        probe.open_account("core") as (email, password),
        probe.site.stranger() as http,
    ):
        flow = Flow(http, probe.site.url)
        try:
            await flow.go(email, password, look=look)
        except BrokenFlowError as error:
            return Used(flow.steps, statements, str(error))
    return Used(flow.steps, statements)


async def _count(probe: Probe, flow: Flow) -> dict[str, tuple[int, int, int]]:
    """Statements of each list with one item and with all that there are, and how many these are."""
    document = await probe.document()
    key = {probe_key.HEADER: probe_key.make(probe.inside.settings.key_ring)}
    found = {}
    for path, operations in document["paths"].items():
        names = {each["name"] for each in operations.get("get", {}).get("parameters", [])}
        if "limit" not in names or "{" in path:
            continue
        few, many = [await flow.http.get(path, params={"limit": n}, headers=key) for n in (1, 200)]
        if few.status_code == many.status_code == 200:
            sent = [int(each.headers.get(probe_key.STATEMENTS, -1)) for each in (few, many)]
            found[path.removeprefix("/api/v1")] = (sent[0], sent[1], len(many.json()["items"]))
    return found


@readiness("LCH-3", timeout=90)
async def core_flow_works(probe: Probe) -> Answer:
    used = await _use(probe)
    if used.error is not None:
        return failed(f"{used.error}.", "Look at the logs of API and worker, then run 'hauberk smoke'.")
    if refused := await _refuses_tokens(probe):
        return failed(refused, "Look whether the proxy in front drops the Authorization header.")
    steps = ", ".join(f"{step.name} {step.milliseconds} ms" for step in used.steps)
    return passed(f"In the probe tenant: {steps}. A program's token is known too.")


async def _refuses_tokens(probe: Probe) -> str | None:
    """People have a cookie; what uploads reports all day has a token, which goes another way through a proxy."""
    headers = (await probe.tenant()).headers
    async with probe.site.stranger() as program:
        answer = await program.get("/api/v1/auth/me", headers=headers)
    if answer.status_code == 200:
        return None
    return (
        f"People can sign in, and a program with a token that was just made is answered {answer.status_code}."
    )


@readiness("PERF-2", timeout=95)
async def no_query_per_row(probe: Probe) -> Answer:
    used = await _use(probe)
    if used.error is not None:
        return skipped(f"The core flow broke: {used.error}.", "Mend that first.")
    seen = {path: (few, many) for path, (few, many, n) in used.statements.items() if n > 1}
    if not seen or min(min(each) for each in seen.values()) < 0:
        return skipped("No list told its statements.", "Look whether a proxy drops X-Hauberk-Probe.")
    grown = [f"{path} {few} → {many}" for path, (few, many) in seen.items() if many > few]
    if grown:
        return failed(f"More statements for more rows: {', '.join(grown)}.", "Join what the list shows.")
    most = max(seen, key=lambda path: seen[path][1])
    told = f"{len(seen)} lists take the same number of statements for one row and for all, at most {seen[most][1]} ({most})"
    if seen[most][1] > MOST_STATEMENTS:
        return failed(f"{told}.", f"Ask less often: {MOST_STATEMENTS} are allowed.")
    slowest = await _slowest(probe)
    return passed(f"{told}. Statements above {SLOW_SECONDS:g} s are logged. {slowest}")


async def _slowest(probe: Probe) -> str:
    try:
        async with probe.inside.engine.connect() as connection:
            rows = (await connection.execute(_SLOWEST)).all()
    except Exception:  # noqa: BLE001 - an extension that is not there is no failure of this row
        return "pg_stat_statements is not readable here."
    return "Slowest: " + "; ".join(f"{row.query}… {row.ms} ms ({row.calls} calls)" for row in rows) + "."


@readiness("PERF-7", timeout=ROUND_TRIP_SECONDS + 10)
async def queues_are_worked_on(probe: Probe) -> Answer:
    organization_id = (await probe.tenant()).organization_id
    sessions = Sessions(probe.inside.engine)
    async with sessions.transaction(organization_id) as db:
        ids = [await enqueue_async(db, each, organization_id=organization_id) for each in JOBS.values()]
    deadline = time.monotonic() + ROUND_TRIP_SECONDS
    states: dict[str, Any] = {}
    while time.monotonic() < deadline:
        async with sessions.transaction(organization_id) as db:
            rows = (await db.execute(_STATES, {"organization": organization_id, "ids": ids})).all()
        states = {row.queue: row for row in rows}
        if all(row.state not in ("accepted", "running") for row in rows):
            break
        await asyncio.sleep(0.1)
    waiting = [f"{name} ({row.state})" for name, row in states.items() if row.state != "done"]
    if waiting or len(states) < len(JOBS):
        return failed(
            f"Not done after {ROUND_TRIP_SECONDS:g} s: {', '.join(waiting)}.",
            "Look whether a worker runs, and which queues it works on.",
        )
    async with sessions.transaction() as db:
        leader = await db.scalar(_LEADER)
    if leader is None:
        return failed(
            "No scheduler leads: nothing begins at its time, and what a lost worker had begun is not taken up.",
            "Start 'hauberk scheduler', and look at its log.",
        )
    told = ", ".join(f"{name} {row.ms:.0f} ms" for name, row in states.items())
    if max(row.ms for row in states.values()) > SLOW_ROUND_TRIP_MS:
        return warned(f"Slow round trips: {told}.", "Start more workers.")
    return passed(f"Round trip of a probe job by queue: {told}. {leader} leads the schedule.")
