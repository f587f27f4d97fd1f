"""The rules about the installation: errors, latency, database, disk, jobs, backups, invariants, sign-ins."""

from datetime import timedelta
from typing import Final

from hauberk.domain.alert import AlertSeverity
from hauberk.features.alerts.rule import Condition, Observation, Question, Rule, Unit
from hauberk.features.alerts.signals import Signals
from hauberk.infra.tally import Requests

GIB: Final = 1024**3
_MANY_TIMES: Final = 10
"""Above the threshold: it is not a clumsy person any more, somebody is called."""


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def error_rate(question: Question) -> Observation:
    signals: Signals = question.material
    conditions = []
    for about, requests, is_test in (("api", signals.requests, False), ("probe", signals.probe, True)):
        if requests.count >= question.settings.alert.least_requests and (
            requests.error_rate > question.threshold
        ):
            conditions.append(_failing(about, requests, question.threshold, is_test=is_test))
    seen = signals.requests
    return Observation(
        seen.error_rate, f"{seen.failed} of {seen.count} requests of 5 minutes failed.", tuple(conditions)
    )


def _failing(about: str, requests: Requests, threshold: float, *, is_test: bool) -> Condition:
    return Condition(
        about=about,
        title="Many requests fail",
        summary=f"{_percent(requests.error_rate)} of the requests of the last 5 minutes failed with a 5xx;"
        f" {_percent(threshold)} are allowed.",
        value=requests.error_rate,
        facts=(("Failed", str(requests.failed)), ("Requests", str(requests.count))),
        is_test=is_test,
    )


def latency(question: Question) -> Observation:
    requests: Requests = question.material.requests
    timed = sum(requests.buckets)
    slowest = requests.quantile(0.95)
    seen = f"95 % of {timed} requests of 5 minutes took less than {slowest:.2f} s."
    if timed < question.settings.alert.least_requests or slowest <= question.threshold:
        return Observation(slowest, seen)
    condition = Condition(
        about="api",
        title="Requests are slow",
        summary=f"95 % of the requests of the last 5 minutes took up to {slowest:.2f} s;"
        f" {question.threshold:g} s are allowed.",
        value=slowest,
        facts=(("Requests", str(timed)), ("Median", f"{requests.quantile(0.5):.2f} s")),
    )
    return Observation(slowest, seen, (condition,))


def database_connections(question: Question) -> Observation:
    signals: Signals = question.material
    in_use, allowed = signals.connections
    shares = {"server": (in_use, allowed)} | {
        pool.process: (pool.in_use, pool.limit) for pool in signals.pools
    }
    worst = max(used / limit for used, limit in shares.values() if limit) if allowed else 0.0
    conditions = tuple(
        Condition(
            about=name,
            title="Database connections run out",
            summary=f"{'The server' if name == 'server' else name} uses {used} of {limit} connections.",
            value=used / limit,
            facts=(("In use", str(used)), ("Limit", str(limit))),
        )
        for name, (used, limit) in shares.items()
        if limit and used / limit > question.threshold
    )
    return Observation(worst, f"{in_use} of {allowed} connections of the server are in use.", conditions)


def disk_space(question: Question) -> Observation:
    disks = question.material.disks
    least = min((disk.share for disk in disks), default=1.0)
    conditions = tuple(
        Condition(
            about=disk.path,
            title="A disk is nearly full",
            summary=f"{disk.path} has {disk.free / GIB:.1f} GiB left, {_percent(disk.share)} of its file system;"
            f" {_percent(question.threshold)} must be free.",
            value=disk.share,
            facts=(("Free", f"{disk.free / GIB:.1f} GiB"), ("Size", f"{disk.total / GIB:.1f} GiB")),
            severity=None if disk.share < question.threshold / 2 else AlertSeverity.WARNING,
        )
        for disk in disks
        if disk.share < question.threshold
    )
    return Observation(least, f"The fullest file system has {_percent(least)} free.", conditions)


def failed_jobs(question: Question) -> Observation:
    jobs = question.material.jobs
    failed = sum(each.failed for each in jobs)
    seen = f"{failed} of {sum(each.ended for each in jobs)} jobs of 15 minutes failed for good."
    if failed < question.threshold:
        return Observation(failed, seen)
    worst = sorted((each for each in jobs if each.failed), key=lambda each: each.failed, reverse=True)[:5]
    condition = Condition(
        about="jobs",
        title="Background jobs fail",
        summary=f"{failed} jobs failed for good within 15 minutes: {', '.join(each.kind for each in worst)}.",
        value=failed,
        facts=tuple((each.kind, f"{each.failed} of {each.ended}") for each in worst),
    )
    return Observation(failed, seen, (condition,))


def queue_delay(question: Question) -> Observation:
    queues = question.material.queues
    longest = max((queue["oldest_seconds"] for queue in queues.values()), default=0.0)
    conditions = tuple(
        Condition(
            about=name,
            title=f"The queue “{name}” stands still",
            summary=f"The oldest of {queue['waiting']} waiting jobs is {queue['oldest_seconds']:.0f} s late.",
            value=queue["oldest_seconds"],
            facts=(("Waiting", str(queue["waiting"])), ("Running", str(queue["running"]))),
        )
        for name, queue in queues.items()
        if queue["oldest_seconds"] > question.threshold
    )
    return Observation(longest, f"The oldest job that is due has waited {longest:.0f} s.", conditions)


def brute_force(question: Question) -> Observation:
    signals: Signals = question.material
    failures = signals.failed_sign_ins
    seen = f"Failed sign-ins of 15 minutes: {failures}. Addresses that they came from: {signals.addresses}."
    if failures < question.threshold:
        return Observation(failures, seen)
    condition = Condition(
        about="sign-in",
        title="Somebody tries passwords",
        summary=f"{failures} sign-ins failed within 15 minutes. Addresses that they came from: {signals.addresses}.",
        value=failures,
        facts=(("Addresses", str(signals.addresses)), ("From the worst", str(signals.worst_address))),
        severity=AlertSeverity.CRITICAL if failures >= _MANY_TIMES * question.threshold else None,
    )
    return Observation(failures, seen, (condition,))


def backup_age(question: Question) -> Observation:
    signals: Signals = question.material
    hours = (signals.seen_at - signals.backed_up_at).total_seconds() / 3600
    seen = f"The newest backup is {hours:.1f} hours old."
    if hours <= question.threshold:
        return Observation(hours, seen)
    condition = Condition(
        about="backup",
        title="There is no fresh backup",
        summary=f"The last backup that was made is {hours:.0f} hours old; {question.threshold:g} are allowed.",
        value=hours,
    )
    return Observation(hours, seen, (condition,))


def invariants(question: Question) -> Observation:
    violations = question.material.violations
    seen = f"{violations} things are not as they must always be."
    if violations <= question.threshold:
        return Observation(violations, seen)
    condition = Condition(
        about="invariants",
        title="Data are not as they must be",
        summary=f"{violations} violations of what must always be true. This is a bug; nothing mends it by itself.",
        value=violations,
    )
    return Observation(violations, seen, (condition,))


OPERATION_RULES: Final = (
    Rule(
        "api_error_rate", "High error rate", "The share of requests that fail with a 5xx, over 5 minutes.",
        "ALR-1", AlertSeverity.CRITICAL, "error_rate", Unit.SHARE, "ApiErrorRateHigh", error_rate,
        deaf_at=0.5,
    ),
    Rule(
        "api_latency", "Slow requests", "What 95 % of the requests of 5 minutes take, uploads and streams apart.",
        "ALR-2", AlertSeverity.WARNING, "latency_seconds", Unit.SECONDS, "ApiLatencyHigh", latency,
        holds_for=timedelta(minutes=2), deaf_at=25,
    ),
    Rule(
        "database_connections", "Database connections", "The share of connections in use: the server's, and each pool's.",
        "ALR-3", AlertSeverity.CRITICAL, "database_connections", Unit.SHARE, "PostgresConnectionsHigh",
        database_connections, holds_for=timedelta(minutes=1), deaf_at=1,
    ),
    Rule(
        "disk_space", "Disk space", "The free share of each file system that the product writes to.",
        "ALR-4", AlertSeverity.CRITICAL, "disk_free", Unit.SHARE, "DiskAlmostFull", disk_space,
        holds_for=timedelta(minutes=1), deaf_at=0.005, is_least=True,
    ),
    Rule(
        "failed_jobs", "Failed jobs", "Jobs that failed for good within 15 minutes.",
        "ALR-5", AlertSeverity.WARNING, "failed_jobs", Unit.COUNT, "JobsFail", failed_jobs,
        deaf_at=1_000,
    ),
    Rule(
        "queue_delay", "Late jobs", "How long the oldest job that is due has waited.",
        "ALR-5", AlertSeverity.CRITICAL, "queue_seconds", Unit.SECONDS, "ImportsWait", queue_delay,
        holds_for=timedelta(minutes=1), deaf_at=86_400,
    ),
    Rule(
        "brute_force", "Brute force", "Failed sign-ins of 15 minutes, over all accounts and addresses.",
        "ALR-6", AlertSeverity.WARNING, "failed_sign_ins", Unit.COUNT, "BruteForce", brute_force,
        deaf_at=10_000,
    ),
    Rule(
        "backup_age", "Old backup", "Hours since the last backup that was made.",
        "INF-3", AlertSeverity.CRITICAL, "backup_hours", Unit.HOURS, "BackupTooOld", backup_age,
    ),
    Rule(
        "invariant_violated", "Invariants", "Things that are not as they must always be.",
        "OBS-5", AlertSeverity.CRITICAL, "violations", Unit.COUNT, "InvariantViolated", invariants,
    ),
)  # fmt: skip
