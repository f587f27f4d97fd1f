"""OBS-1 to OBS-5 and OBS-9: the series that rules and dashboards go by are there, with what they say just now."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Final

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from sqlalchemy import text

from hauberk.infra.readiness import Answer, Probe, Result, failed, passed, readiness, skipped, warned

SEVERITIES: Final = frozenset({"critical", "high", "medium", "low", "info", "unknown"})
_FAULT: Final = "Look for look_failed in the logs: it names what could not be read."
_NO_REPORT: Final = b"this is no report of any scanner"


@dataclass(frozen=True)
class Scrape:
    """What /metrics answered, or why it was not seen; `is_wrong` where that is a fault and no accident.

    `is_ours_alone`: no Prometheus could see it.
    """

    samples: tuple[Sample, ...] = ()
    reason: str = ""
    is_wrong: bool = False
    is_ours_alone: bool = False

    def labels(self, name: str, label: str) -> set[str]:
        return {each.labels.get(label, "") for each in self.samples if each.name == name}

    def value(self, name: str, **labels: str) -> float | None:
        fitting = (
            each for each in self.samples if each.name == name and labels.items() <= each.labels.items()
        )
        values = [each.value for each in fitting]
        return sum(values) if values else None

    def missing(self, names: Collection[str]) -> list[str]:
        known = {each.name for each in self.samples}
        return sorted(name for name in names if name not in known)


async def scrape(probe: Probe) -> Scrape:
    settings = probe.inside.settings
    is_ours_alone = False
    if settings.environment.is_exposed:
        is_ours_alone = settings.metrics.token is None and settings.metrics.port is None
        open_to_all = await probe.site.http.get("/metrics")
        if open_to_all.status_code == 200:
            return Scrape(reason=f"{probe.site.url}/metrics is open to everybody.", is_wrong=True)
    given = settings.metrics.token
    if given is not None and (await probe.metrics(given.get_secret_value())).status_code != 200:
        return Scrape(
            reason="The API does not know HAUBERK_METRICS_TOKEN: it runs with another one.", is_wrong=True
        )
    answer = await probe.metrics()
    if answer.status_code != 200:
        return Scrape(reason=f"/metrics answered {answer.status_code} from here.")
    try:
        families = list(text_string_to_metric_families(answer.text))
    except ValueError:
        families = []
    samples = tuple(sample for family in families for sample in family.samples)
    return Scrape(samples, is_ours_alone=is_ours_alone)


async def _seen(probe: Probe) -> Scrape:
    return await probe.once("metrics", lambda: scrape(probe))


def _unseen(found: Scrape) -> Answer:
    if found.is_wrong:
        return failed(
            found.reason,
            "Set HAUBERK_METRICS_TOKEN to a secret of its own, restart the API, and give it to Prometheus.",
        )
    return skipped(found.reason, "Ask where the API can be reached and with its own HAUBERK_SECRET_KEYS.")


Check = Callable[[Probe], Awaitable[Answer]]


def scrapable(check: Check) -> Check:
    """What is there and nobody can scrape is not enough where others live by it."""

    @wraps(check)
    async def noted(probe: Probe) -> Answer:
        answer = await check(probe)
        if answer.result is not Result.PASS or not (await _seen(probe)).is_ours_alone:
            return answer
        return warned(
            f"{answer.evidence} Nobody can scrape it: neither HAUBERK_METRICS_TOKEN nor HAUBERK_METRICS_PORT is set.",
            "Set HAUBERK_METRICS_TOKEN to a secret of its own, and give it to Prometheus.",
        )

    return noted


def _judge(found: Scrape, names: Collection[str], say: Callable[[Scrape], str]) -> Answer:
    if found.reason:
        return _unseen(found)
    if missing := found.missing(names):
        return failed(f"Not exported: {', '.join(missing)}.", _FAULT)
    return passed(say(found))


@readiness("OBS-1", timeout=10)
@scrapable
async def redis_metrics(probe: Probe) -> Answer:
    found = await _seen(probe)
    if found.reason:
        return _unseen(found)
    names = [
        "memory_used_bytes", "memory_max_bytes", "evicted_keys_total", "keyspace_hits_total", "keyspace_misses_total",
        "connected_clients", "rejected_connections_total", "aof_last_write_status", "rdb_last_bgsave_status",
    ]  # fmt: skip
    wrong = [
        f"{server}: redis_{name}"
        for server in ("queue", "cache")
        for name in names
        if found.value(f"redis_{name}", server=server) is None
    ]
    away = [server for server in ("queue", "cache") if found.value("redis_up", server=server) != 1]
    if away or wrong:
        told = f"No answer: {', '.join(away)}." if away else f"Not exported: {', '.join(wrong[:5])}."
        return failed(told, "Look at HAUBERK_QUEUE_URL and HAUBERK_CACHE_URL and at the servers there.")
    used = {each: found.value("redis_memory_used_bytes", server=each) or 0 for each in ("queue", "cache")}
    shown = ", ".join(f"{each} {bytes_ / 1024**2:,.1f} MiB" for each, bytes_ in used.items())
    return passed(f"{len(names) + 2} series of both servers; in use: {shown}.")


@readiness("OBS-2", timeout=10)
@scrapable
async def queue_metrics(probe: Probe) -> Answer:
    found = await _seen(probe)
    names = ("job_queue_depth", "job_queue_oldest_seconds", "outbox_oldest_seconds")
    answer = _judge(found, names, _queues)
    if answer.advice is None and found.value("job_duration_seconds_count") is None:
        return skipped(
            f"{answer.evidence} No job has ended where this scrape sees it, so no processing time is told.",
            "Where workers run apart, set HAUBERK_METRICS_WORKER_PORT and scrape them too.",
        )
    return answer


def _queues(found: Scrape) -> str:
    queues = sorted(found.labels("job_queue_depth", "queue"))
    timed = sorted(found.labels("job_duration_seconds_count", "queue"))
    return f"Depth and oldest job of {len(queues)} queues ({', '.join(queues)}); processing times of {len(timed)}."


@readiness("OBS-3", timeout=10)
@scrapable
async def activity_metrics(probe: Probe) -> Answer:
    def say(found: Scrape) -> str:
        shown = ", ".join(
            f"{window} {found.value('users_active', window=window) or 0:.0f}"
            for window in ("1d", "7d", "30d")
        )
        return f"People active: {shown}; {found.value('sessions_open') or 0:.0f} sessions are open."

    names = ("users_active", "users", "sessions_open", "auth_events_total", "http_requests_total")
    return _judge(await _seen(probe), names, say)


@readiness("OBS-4", timeout=20)
@scrapable
async def upload_metrics(probe: Probe) -> Answer:
    """A file that is no report is refused, and counted as that."""
    before = await _seen(probe)
    if before.reason:
        return _unseen(before)
    headers = (await probe.tenant()).headers
    files = {"file": ("probe.txt", _NO_REPORT)}
    answer = await probe.site.http.post(
        "/api/v1/scans", headers=headers, files=files, data={"asset": "readiness"}
    )
    after = await scrape(probe)
    refused = {"scanner": "unknown", "outcome": "refused"}
    n, then = (
        after.value("uploads_outcome_total", **refused),
        before.value("uploads_outcome_total", **refused),
    )
    if answer.status_code != 415 or not (n or 0) > (then or 0):
        return failed(
            f"A file that is no report was answered with {answer.status_code} and counted {(n or 0) - (then or 0):g}"
            " times as refused.",
            _FAULT,
        )
    scanners = after.labels("uploads_outcome_total", "scanner") - {"unknown", "other"}
    known = f" Since the start also uploads of {', '.join(sorted(scanners)[:5])}." if scanners else ""
    return passed(f"uploads_outcome_total counted a refused upload as one of an unknown scanner.{known}")


@readiness("OBS-5", timeout=10)
@scrapable
async def business_metrics(probe: Probe) -> Answer:
    found = await _seen(probe)
    names = ("findings_open", "findings_overdue", "scans_recent", "organizations")
    answer = _judge(found, names, lambda seen: f"{seen.value('findings_open') or 0:,.0f} findings are open.")
    if answer.advice is None and (absent := SEVERITIES - found.labels("findings_open", "severity")):
        return failed(f"findings_open lacks {', '.join(sorted(absent))}.", _FAULT)
    if answer.advice is None and found.value("findings_remediated_total") is None:
        return skipped(
            f"{answer.evidence} No worker's time to remediate is in this scrape.",
            "Where workers run apart, set HAUBERK_METRICS_WORKER_PORT and scrape them too.",
        )
    return answer


_LOOKS_AS = "hauberk_system"
_MAY_SEE: Final = text("select pg_has_role(cast(:role as text), 'pg_read_all_stats', 'usage')")
# What a server is told off for, wherever it runs: a crash takes what was confirmed, or nobody tidies up.
_SERVER: Final = {
    "fsync": "a power cut destroys the database",
    "full_page_writes": "a power cut destroys the database",
    "synchronous_commit": "a crash takes what was confirmed",
    "autovacuum": "tables only grow, and the server stops when its transaction numbers run out",
    "track_counts": "autovacuum does not see what there is to do",
}
_SETTINGS: Final = text("""
select name, setting from pg_settings where name = any(:names) and setting = 'off'
union all
select split_part(each, '=', 1), split_part(each, '=', 2) from pg_db_role_setting, unnest(setconfig) each
where split_part(each, '=', 1) = 'synchronous_commit' and split_part(each, '=', 2) = 'off'
  and setdatabase in (0, (select oid from pg_database where datname = current_database()))
  and setrole in (0, session_user::regrole)
order by 1
""")


@readiness("OBS-9", timeout=10)
@scrapable
async def database_metrics(probe: Probe) -> Answer:
    names = (
        "pg_stat_activity_count", "pg_settings_max_connections", "pg_stat_activity_max_tx_duration", "pg_locks_waiting",
        "pg_stat_database_deadlocks", "pg_replication_lag_seconds", "pg_table_dead_ratio", "pg_database_xid_age",
        "pg_database_size_bytes", "db_pool_wait_seconds_count",
    )  # fmt: skip
    found = await _seen(probe)
    if not found.reason and found.value("pg_up") != 1:
        return failed(
            "pg_up is not 1: the database did not answer the scrape.", "Look at HAUBERK_DATABASE_URL."
        )

    def say(seen: Scrape) -> str:
        used, most = seen.value("pg_stat_activity_count"), seen.value("pg_settings_max_connections")
        return f"{len(names)} series; {used:.0f} of {most:.0f} connections, bloat and lag are told."

    answer = _judge(found, names, say)
    if (
        not found.reason
        and probe.inside.settings.environment.is_exposed
        and (off := await _switched_off(probe))
    ):
        return failed(
            f"The server runs with {', '.join(f'{name} off ({_SERVER[name]})' for name in off)}.",
            f"Let an administrator of the server set {off[0]} to on (alter system, alter database, alter role) and reload it.",
        )
    if answer.advice is None and not await _may_see(probe):
        return failed(
            f"{_LOOKS_AS} is no member of pg_monitor: what others' sessions do, and for how long, is hidden from it.",
            f"Let an administrator of the server run: grant pg_monitor to {_LOOKS_AS};",
        )
    if answer.advice is None and found.value("pg_stat_statements_seconds") is None:
        return warned(
            f"{answer.evidence} The time of single statements is not.",
            "Let an administrator of the server run: create extension pg_stat_statements; grant pg_monitor to"
            " hauberk_system; (with shared_preload_libraries = 'pg_stat_statements').",
        )
    return answer


async def _switched_off(probe: Probe) -> list[str]:
    async with probe.inside.engine.connect() as connection:
        rows = await connection.execute(_SETTINGS, {"names": list(_SERVER)})
        return list(dict.fromkeys(row.name for row in rows))


async def _may_see(probe: Probe) -> bool:
    async with probe.inside.engine.connect() as connection:
        return bool(await connection.scalar(_MAY_SEE, {"role": _LOOKS_AS}))
