"""Writes the Grafana dashboards in `deploy/grafana/dashboards` from what stands here; `--check` says whether they are fresh.

A row is a title and its panels; a panel is (title, kind, unit, expression and legend, ...). Expressions go by the names in
docs/operations/metrics.md. NEEDS names panels whose series come from an exporter that is not part of the product.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent.parent / "deploy" / "grafana" / "dashboards"
WIDTH, HEIGHT = 8, 8
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
NO_HEALTH = 'route!~"/health.*|/metrics"'


class Panel(NamedTuple):
    title: str
    kind: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    needs: str = ""
    """The exporter that it takes."""


def lines(title: str, unit: str, *queries: tuple[str, str], needs: str = "") -> Panel:
    return Panel(title, "timeseries", unit, queries, needs)


def number(title: str, unit: str, expression: str, needs: str = "") -> Panel:
    return Panel(title, "stat", unit, ((expression, ""),), needs)


def top(title: str, unit: str, expression: str, legend: str) -> Panel:
    return Panel(title, "bargauge", unit, ((expression, legend),))


def quantile(q: float, metric: str, by: str = "") -> str:
    labels = f"le,{by}" if by else "le"
    return f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


def rate(metric: str, by: str = "", labels: str = "") -> str:
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}{{{labels}}}[$__rate_interval]))".replace("{}", "")


ERRORS = f'sum(rate(http_requests_total{{code=~"5..",{NO_HEALTH}}}[$__range])) or vector(0)'
ALL = f"sum(rate(http_requests_total{{{NO_HEALTH}}}[$__range]))"
FAST = 'sum(rate(http_request_duration_seconds_bucket{le="0.3",method="GET"}[$__range]))'
READS = 'sum(rate(http_request_duration_seconds_count{method="GET"}[$__range]))'

DASHBOARDS: dict[str, tuple[str, dict[str, list[Panel]]]] = {
    "overview": (
        "Hauberk: overview",
        {
            "Objectives over the time shown": [
                number("Error budget left (99.9 % of requests)", "percentunit", f"1 - (({ERRORS}) / ({ALL})) / 0.001"),
                number("Latency budget left (95 % of reads in 300 ms)", "percentunit", f"1 - (1 - {FAST} / {READS}) / 0.05"),
                number("Rows of readiness that fail", "short", "count(readiness_row == 0) or vector(0)"),
            ],
            "Rate, errors, duration": [
                lines("Requests a second, by route", "reqps", (f"topk(10, {rate('http_requests_total', 'route', NO_HEALTH)})", "{{route}}")),
                lines("Answers by code", "reqps", (rate("http_requests_total", "code"), "{{code}}")),
                lines("Duration", "s", *((quantile(q, "http_request_duration_seconds"), f"p{round(q * 100)}") for q in (0.5, 0.95, 0.99))),
                lines("Slowest routes, p95", "s", (f"topk(10, {quantile(0.95, 'http_request_duration_seconds', 'route')})", "{{route}}")),
                lines("Being answered, and the most", "short", ("sum(http_requests_in_flight)", "in flight"), ("sum(http_requests_limit)", "limit")),
                lines("Event loop lag, p99", "s", (quantile(0.99, "eventloop_lag_seconds"), "p99")),
            ],
            "Processes": [
                lines("Living processes", "short", ("sum by (role) (processes)", "{{role}}")),
                lines("Memory of the largest", "bytes", ("max by (role) (process_resident_memory_bytes)", "{{role}}")),
                lines("CPU", "percentunit", ("sum by (role) (deriv(process_cpu_seconds[5m]))", "{{role}}")),
                lines("Machine: load", "short", ("node_load5", "{{instance}}"), needs="node_exporter"),
                lines("Machine: disk free", "percentunit", ('node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes', "{{mountpoint}}"), needs="node_exporter"),
                lines("Looks that failed", "short", ("sum by (look) (1 - look_succeeded)", "{{look}}")),
            ],
        },
    ),
    "imports": (
        "Hauberk: imports",
        {
            "From the door to the database": [
                lines("Uploads by outcome", "short", ("sum by (outcome) (increase(uploads_outcome_total[$__rate_interval]))", "{{outcome}}")),
                top("Uploads by scanner", "short", "topk(15, sum by (scanner) (increase(uploads_outcome_total[$__range])))", "{{scanner}}"),
                lines("Scans of the last day, by state", "short", ("max by (state) (scans_recent)", "{{state}}")),
                lines("Results by what they did", "short", ("sum by (op) (increase(findings_merged_total[$__rate_interval]))", "{{op}}")),
            ],
            "Time": [
                lines("Oldest import that waits", "s", ('max(job_queue_oldest_seconds{queue="import"})', "oldest")),
                lines("Duration of imports", "s", *((f'histogram_quantile({q}, sum by (le) (rate(job_duration_seconds_bucket{{queue="import"}}[$__rate_interval])))', f"p{round(q * 100)}") for q in (0.5, 0.95))),
                lines("Slowest formats, p95", "s", ('topk(10, histogram_quantile(0.95, sum by (le, format) (rate(job_duration_seconds_bucket{queue="import"}[$__rate_interval]))))', "{{format}}")),
            ],
            "What could not be read": [
                lines("Failures by parser", "short", ("sum by (parser, code) (increase(parser_failures_total[$__rate_interval]))", "{{parser}} {{code}}")),
                top("Failures by parser, over the time shown", "short", "topk(15, sum by (parser, code) (increase(parser_failures_total[$__range])))", "{{parser}} {{code}}"),
            ],
        },
    ),
    "workers": (
        "Hauberk: workers",
        {
            "Queues": [
                lines("Jobs that wait", "short", ('sum by (queue) (job_queue_depth{state="accepted"})', "{{queue}}")),
                lines("Jobs that run", "short", ('sum by (queue) (job_queue_depth{state="running"})', "{{queue}}")),
                lines("Oldest that is due", "s", ("max by (queue) (job_queue_oldest_seconds)", "{{queue}}")),
                lines("Fairness: longest and middle wait of an organization", "s", ("max by (queue, which) (tenant_oldest_job_seconds) or vector(0)", "{{queue}} {{which}}")),
            ],
            "Jobs": [
                lines("Attempts by outcome", "short", ("sum by (outcome) (increase(jobs_total[$__rate_interval]))", "{{outcome}}")),
                lines("Failures by kind and error", "short", ('sum by (kind, code) (increase(jobs_total{outcome="failed"}[$__rate_interval]))', "{{kind}} {{code}}")),
                lines("Duration, p95", "s", (quantile(0.95, "job_duration_seconds", "kind"), "{{kind}}")),
                lines("Attempts a job, p95", "short", (quantile(0.95, "job_attempts", "kind"), "{{kind}}")),
            ],
            "Trouble": [
                lines("Rescued by the sweeper", "short", ("sum by (why) (increase(sweeper_rescued_total[$__rate_interval]))", "{{why}}")),
                lines("Leases lost", "short", ("sum by (kind) (increase(job_lease_lost_total[$__rate_interval])) or vector(0)", "{{kind}}")),
                lines("Expired leases of running jobs", "short", ("max(job_running_expired_lease)", "expired")),
                lines("Outbox", "short", ("max(outbox_waiting)", "waiting"), ("max(outbox_dead_letters)", "dead")),
                lines("Outbox: oldest", "s", ("max(outbox_oldest_seconds)", "oldest")),
                lines("Workers and schedulers alive", "short", ("max by (role) (background_processes)", "{{role}}")),
                number("Scheduler's last report, ago", "s", "time() - max(scheduler_last_tick_timestamp)"),
            ],
        },
    ),
    "postgresql": (
        "Hauberk: PostgreSQL",
        {
            "Connections": [
                number("Answers", "short", "min(pg_up)"),
                lines("Connections by state", "short", ("max by (state) (pg_stat_activity_count)", "{{state}}"), ("max(pg_settings_max_connections)", "limit")),
                lines("Pools", "short", ("sum by (role) (db_pool_checked_out)", "{{role}} in use"), ("sum by (role) (db_pool_limit)", "{{role}} limit")),
                lines("Wait for a connection, p95", "s", (quantile(0.95, "db_pool_wait_seconds", "role"), "{{role}}")),
                lines("Callers who got none", "short", ("sum by (role) (increase(db_pool_refusals_total[$__rate_interval]))", "{{role}}")),
            ],
            "Statements": [
                lines("Transactions a second", "short", ("max(rate(pg_stat_database_xact_commit[$__rate_interval]))", "committed"), ("max(rate(pg_stat_database_xact_rollback[$__rate_interval]))", "rolled back")),
                lines("Costliest statements, seconds a second", "s", ("topk(10, max by (statement) (rate(pg_stat_statements_seconds[$__rate_interval])))", "{{statement}}")),
                top("Mean time of the costliest", "s", "topk(15, max by (statement) (pg_stat_statements_seconds / pg_stat_statements_calls))", "{{statement}}"),
                lines("Longest transaction", "s", ("max by (state) (pg_stat_activity_max_tx_duration)", "{{state}}")),
                lines("Locks and deadlocks", "short", ("max(pg_locks_waiting)", "waiting"), ("max(increase(pg_stat_database_deadlocks[$__rate_interval]))", "deadlocks")),
                lines("Found in memory", "percentunit", ("max(rate(pg_stat_database_blks_hit[5m]) / (rate(pg_stat_database_blks_hit[5m]) + rate(pg_stat_database_blks_read[5m])))", "hit ratio")),
            ],
            "Storage and log": [
                lines("Size", "bytes", ("max(pg_database_size_bytes)", "database")),
                top("Largest tables", "bytes", "topk(15, max by (table) (pg_table_size_bytes))", "{{table}}"),
                top("Bloat: part of rows that is dead", "percentunit", "topk(15, max by (table) (pg_table_dead_ratio))", "{{table}}"),
                lines("Log written", "Bps", ("max(rate(pg_wal_written_bytes[$__rate_interval]))", "log")),
                lines("Archiver", "short", ("max(increase(pg_stat_archiver_archived_count[$__rate_interval]))", "archived"), ("max(increase(pg_stat_archiver_failed_count[$__rate_interval]))", "failed")),
                lines("Replication lag", "s", ("max(pg_replication_lag_seconds)", "lag")),
                lines("Age of the oldest transaction id", "short", ("max(pg_database_xid_age)", "age")),
                number("Last backup, ago", "s", "time() - max(backup_last_success_timestamp)"),
                number("Last restore that proved one, ago", "s", "time() - max(restore_test_last_success_timestamp)"),
            ],
        },
    ),
    "redis": (
        "Hauberk: Redis",
        {
            "Both servers": [
                lines("Answers", "short", ("min by (server) (redis_up)", "{{server}}")),
                lines("Time of an answer", "s", ("max by (server) (redis_ping_seconds)", "{{server}}")),
                lines("Memory", "bytes", ("max by (server) (redis_memory_used_bytes)", "{{server}}"), ("max by (server) (redis_memory_max_bytes)", "{{server}} limit")),
                lines("Commands a second", "ops", ("max by (server) (rate(redis_commands_processed_total[$__rate_interval]))", "{{server}}")),
                lines("Connections", "short", ("max by (server) (redis_connected_clients)", "{{server}}"), ("max by (server) (redis_blocked_clients)", "{{server}} waiting")),
                lines("Connections refused", "short", ("max by (server) (increase(redis_rejected_connections_total[$__rate_interval]))", "{{server}}")),
                lines("Evicted keys (of the queue: never)", "short", ("max by (server) (increase(redis_evicted_keys_total[$__rate_interval]))", "{{server}}")),
                lines("Hit ratio", "percentunit", ("max by (server) (redis_hit_ratio)", "{{server}}")),
                lines("Last write to log, last snapshot", "short", ("min by (server) (redis_aof_last_write_status)", "{{server}} log"), ("min by (server) (redis_rdb_last_bgsave_status)", "{{server}} snapshot")),
            ],
        },
    ),
    "security": (
        "Hauberk: security",
        {
            "Who comes in": [
                lines("Signing in, by result", "short", ('sum by (result) (increase(auth_events_total{type="login"}[$__rate_interval]))', "{{result}}")),
                lines("Tokens and sessions refused", "short", ('sum by (type) (increase(auth_events_total{type!="login",result="fail"}[$__rate_interval])) or vector(0)', "{{type}}")),
                lines("Refused for want of a right", "short", ("sum by (route) (increase(authz_denied_total[$__rate_interval]))", "{{route}}")),
                lines("Refused by a rate limit", "short", ("sum by (zone) (increase(rate_limited_total[$__rate_interval]))", "{{zone}}")),
            ],
            "What they do": [
                lines("Acts on the audit trail", "short", ("topk(10, sum by (action) (increase(user_actions_total[$__rate_interval])))", "{{action}}")),
                number("Audit chain whole", "short", "min(audit_chain_ok)"),
                lines("Invariants that do not hold", "short", ("max by (rule) (invariant_violations > 0) or vector(0)", "{{rule}}")),
                lines("Calls to addresses that must not be called", "short", ("sum by (destination) (increase(ssrf_blocked_total[$__rate_interval])) or vector(0)", "{{destination}}")),
            ],
        },
    ),
    "business": (
        "Hauberk: business",
        {
            "Findings": [
                lines("Open, by severity", "short", ("max by (severity) (findings_open)", "{{severity}}")),
                lines("Overdue, by severity", "short", ("max by (severity) (findings_overdue)", "{{severity}}")),
                lines("Gone, by severity", "short", ("sum by (severity) (increase(findings_remediated_total[$__rate_interval]))", "{{severity}}")),
                top("Mean time to remediate, over the time shown", "s", "sum by (severity) (increase(finding_remediation_seconds_total[$__range])) / (sum by (severity) (increase(findings_remediated_total[$__range])) > 0) or vector(0)", "{{severity}}"),
            ],
            "Use": [
                lines("People active", "short", ("max by (window) (users_active)", "{{window}}")),
                lines("Sessions open", "short", ("max(sessions_open)", "sessions")),
                lines("Organizations and people", "short", ("max(organizations)", "organizations"), ("max(users)", "people")),
                lines("Scans of the last day", "short", ("sum(max by (state) (scans_recent))", "scans")),
            ],
        },
    ),
}  # fmt: skip


def panels(rows: dict[str, list[Panel]]) -> Iterator[dict[str, Any]]:
    identity, y = 0, 0
    for title, row in rows.items():
        identity += 1
        yield {
            "id": identity, "type": "row", "title": title, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": y, "w": 24, "h": 1},
        }  # fmt: skip
        y += 1
        for place, panel in enumerate(row):
            identity += 1
            yield {
                "id": identity,
                "type": panel.kind,
                "title": panel.title,
                "description": f"Needs {panel.needs}." if panel.needs else "",
                "datasource": PROMETHEUS,
                "gridPos": {"x": place % 3 * WIDTH, "y": y + place // 3 * HEIGHT, "w": WIDTH, "h": HEIGHT},
                "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
                "options": options(panel.kind),
                "targets": [
                    {
                        "refId": chr(ord("A") + number_),
                        "datasource": PROMETHEUS,
                        "expr": expression,
                        "legendFormat": legend or "__auto",
                        "instant": panel.kind != "timeseries",
                        "range": panel.kind == "timeseries",
                    }
                    for number_, (expression, legend) in enumerate(panel.queries)
                ],
            }
        y += -(-len(row) // 3) * HEIGHT


def options(kind: str) -> dict[str, Any]:
    reduced = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    if kind == "stat":
        return {"reduceOptions": reduced, "colorMode": "value", "graphMode": "area"}
    if kind == "bargauge":
        return {"reduceOptions": reduced, "orientation": "horizontal", "displayMode": "basic"}
    return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}


def dashboard(name: str) -> dict[str, Any]:
    title, rows = DASHBOARDS[name]
    return {
        "uid": f"hauberk-{name}",
        "title": title,
        "tags": ["hauberk"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [
            {
                "type": "dashboards",
                "title": "Hauberk",
                "tags": ["hauberk"],
                "asDropdown": True,
                "includeVars": True,
            }
        ],
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "type": "datasource",
                    "query": "prometheus",
                    "label": "Prometheus",
                    "current": {},
                }
            ]
        },
        "panels": list(panels(rows)),
    }


def needing() -> dict[tuple[str, str], str]:
    """By dashboard and title, the exporter without which a panel is empty."""
    return {
        (name, panel.title): panel.needs
        for name, (_, rows) in DASHBOARDS.items()
        for row in rows.values()
        for panel in row
        if panel.needs
    }


def files() -> dict[Path, str]:
    return {
        FOLDER / f"{name}.json": json.dumps(dashboard(name), indent=1, ensure_ascii=False) + "\n"
        for name in DASHBOARDS
    }


if __name__ == "__main__":
    if "--check" in sys.argv:
        stale = [
            path.name
            for path, text in files().items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        ]
        if stale:
            sys.exit(f"{', '.join(stale)} stale: run 'python tools/generate_dashboards.py'")
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path, text in files().items():
            path.write_text(text, encoding="utf-8")
