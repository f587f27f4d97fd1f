"""OBS-6, OBS-7, OBS-10 to OBS-12 and LCH-2: what the installation writes and sends away, looked at where it arrives."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final

from sentry_sdk.consts import EndpointType
from sentry_sdk.utils import Dsn

from hauberk.infra.http import (
    CallFailed,
    CircuitOpen,
    Destination,
    DestinationRefused,
    Outbound,
    Trust,
    outbound,
    register,
)
from hauberk.infra.readiness import (
    Answer,
    Kind,
    Probe,
    RecordKind,
    Result,
    attested,
    failed,
    flaw,
    passed,
    readiness,
    skipped,
    warned,
)
from hauberk.infra.readiness.in_force import agreed, everywhere
from hauberk.infra.settings import Settings
from hauberk.infra.telemetry import loki
from hauberk.infra.telemetry.correlation import PROBE_TRACES, spans_key
from hauberk.infra.telemetry.drills import ERROR_REPORT
from hauberk.infra.telemetry.lines import Logs
from hauberk.infra.telemetry.redaction import leaks

SENTRY: Final = register(
    Destination("sentry", "Asking whether it takes reports of errors (readiness)", Trust.OPERATOR, attempts=1)
)
_UNKNOWN_KEY: Final = (401, 403, 404)
_NOT_TAKEN: Final = (301, 302, 303, 307, 308, 429)
"""What is sent elsewhere does not follow, and what is beyond a quota is thrown away."""
FRESH_SECONDS: Final = 60
ARRIVAL_SECONDS: Final = 6.0
TRACE_SECONDS: Final = 20.0
CANARY: Final = "canary0123456789abcdefCANARY0123456789abcdef"
_FAULT: Final = "Report this; it is a fault of the product."
_NO_LOG: Final = (
    "Leave HAUBERK_LOG_RECENT on, or run under 'hauberk up', so that the log can be looked at from here."
)
_REPORT: Final = {
    "version": "2.1.0",
    "runs": [{"tool": {"driver": {"name": "Readiness", "version": "1"}}, "results": []}],
}


@readiness("OBS-6", timeout=25)
async def errors_are_tracked(probe: Probe) -> Answer:
    return agreed(await _tracked(probe), await everywhere(probe, "HAUBERK_SENTRY_DSN"))


async def _tracked(probe: Probe) -> Answer:
    if probe.inside.settings.sentry.dsn is None:
        return failed(
            "No server is told of errors.",
            "Set HAUBERK_SENTRY_DSN to a project of Sentry or GlitchTip.",
            kind=Kind.CONFIG,
        )
    if refusal := await _refusal(probe.inside.settings):
        return failed(
            refusal, "Look at HAUBERK_SENTRY_DSN, at its project and its key, and at the server there."
        )
    record = await probe.records.newest(RecordKind.DRILL, ERROR_REPORT)
    advice = f"Run 'hauberk drill {ERROR_REPORT}'."
    if record is None:
        return skipped(
            "HAUBERK_SENTRY_DSN is set; no report was sent there to prove it.", advice, kind=Kind.RECORD
        )
    server = probe.inside.settings.sentry.server
    if record.figures.get("server", server) != server:
        return skipped(
            f"The last report went to {record.figures['server']}, HAUBERK_SENTRY_DSN names {server} now.",
            advice,
            kind=Kind.RECORD,
        )
    if not record.has_passed:
        return failed(record.evidence, advice, kind=Kind.RECORD)
    if why := flaw(record):
        return skipped(f"{why}: {record.evidence}", advice, kind=Kind.RECORD)
    return passed(f"{record.evidence} ({record.finished_at:%Y-%m-%d})", kind=Kind.RECORD)


async def _refusal(settings: Settings) -> str | None:
    """What was taken weeks ago says little of a key that was revoked since. Asked with nothing to report: it leaves no trace."""
    assert settings.sentry.dsn is not None
    key = Dsn(settings.sentry.dsn.get_secret_value()).to_auth("hauberk")
    headers = {"X-Sentry-Auth": key.to_header(), "Content-Type": "application/x-sentry-envelope"}
    try:
        async with outbound(settings) as out:
            answer = await out.send(
                SENTRY, "POST", key.get_api_url(EndpointType.ENVELOPE), headers=headers, content=b"{}\n"
            )
    except (CallFailed, CircuitOpen, DestinationRefused) as error:
        return f"{settings.sentry.server} cannot be told of errors: {error}"
    if answer.status in _UNKNOWN_KEY:
        return f"{settings.sentry.server} does not know the key or the project: it answered {answer.status}."
    if answer.status >= 500 or answer.status in _NOT_TAKEN:
        return f"{settings.sentry.server} takes no reports of errors now: it answered {answer.status}."
    return None


async def _access_record(probe: Probe) -> tuple[str, str | None]:
    """A request of our own by its id, and the record that was written of it."""

    async def look() -> tuple[str, str | None]:
        request_id = f"readiness-{secrets.token_hex(8)}"
        headers = {**(await probe.tenant()).headers, "X-Request-ID": request_id}
        await probe.site.http.get("/api/v1/auth/me", headers=headers)
        return request_id, await Logs(probe).wait_for(
            lambda line: request_id in line and "duration_ms" in line, ARRIVAL_SECONDS
        )

    return await probe.once("access record", look)


@readiness("OBS-7", timeout=15)
async def access_is_logged(probe: Probe) -> Answer:
    request_id, line = await _access_record(probe)
    logs = Logs(probe)
    if line is None and not await logs.recent(1) and not logs.files():
        return skipped("The log cannot be seen from here.", _NO_LOG)
    if line is None:
        return failed(f"Of request {request_id} no access record was written.", _FAULT)
    wanted = ("request_id", "user_id", "duration_ms", "route", "code")
    shown = _fields(line)
    if missing := [name for name in wanted if name not in line or (shown and shown.get(name) is None)]:
        return failed(f"The access record lacks {', '.join(missing)}.", _FAULT)
    told = (
        ", ".join(f"{name} {shown[name]}" for name in wanted if name in shown) or f"request_id {request_id}"
    )
    return passed(f"The last access record has {told}.")


def _fields(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@readiness("OBS-10", timeout=25)
async def logs_hold_no_secret(probe: Probe) -> Answer:
    """Planted canaries go by the real way, and what the log holds already is looked through."""
    logs = Logs(probe)
    request_id = f"readiness-{secrets.token_hex(8)}"
    headers = {
        "X-Request-ID": request_id,
        "Authorization": f"Bearer hbk_0123456789ab_{CANARY}",
        "Cookie": f"hauberk={CANARY}",
    }
    tenant = await probe.tenant()
    secret = f"hbk_0123456789ab_{CANARY}"
    await probe.site.http.get(f"/api/v1/{secret}?token={CANARY}", headers=headers)
    await probe.site.http.post(
        "/api/v1/scans",
        headers={**tenant.headers, "X-Request-ID": request_id},
        files={"file": (f"{CANARY}.txt", f"a report about {CANARY}".encode())},
        data={"asset": "readiness"},
    )
    arrived = await logs.wait_for(lambda line: request_id in line, ARRIVAL_SECONDS)
    lines = await logs.all()
    if arrived is None and not lines:
        return skipped("The log cannot be seen from here.", _NO_LOG)
    if arrived is None:
        return failed("Nothing was logged of a request with planted secrets.", _FAULT)
    if passed_by := [place for place, line in lines if CANARY in line]:
        return failed(f"A planted secret passed into the log: {', '.join(passed_by[:5])}.", _FAULT)
    if found := await asyncio.to_thread(lambda: [place for place, line in lines if leaks(line)]):
        return failed(
            f"The shape of a secret is in the log: {', '.join(found[:5])}.",
            "Replace that secret, remove the line, and find out what wrote it.",
        )
    return passed(
        f"Secrets in path, query, header, cookie and file of two requests did not pass; nothing with the shape of a"
        f" secret in {len(lines):,} lines."
    )


@readiness("OBS-11", timeout=30)
async def a_trace_spans_request_job_and_statement(probe: Probe) -> Answer:
    otlp = probe.inside.settings.otlp
    if not otlp.endpoint or not otlp.traces:
        return failed(
            "No traces are sent.",
            "Set HAUBERK_OTLP_ENDPOINT to an OpenTelemetry collector.",
            kind=Kind.CONFIG,
        )
    trace = PROBE_TRACES + secrets.token_hex(12)
    headers = {**(await probe.tenant()).headers, "traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
    answer = await probe.site.http.post(
        "/api/v1/scans",
        headers=headers,
        files={"file": ("probe.sarif", json.dumps(_REPORT).encode())},
        data={"asset": "readiness", "dry_run": "true"},
    )
    if answer.status_code != 202:
        return skipped(
            f"A dry run was not accepted ({answer.status_code}).", "Look at the upload of reports first."
        )
    kinds = {kind async for kind in _kinds_of(probe, trace)}
    names = {"server": "request", "consumer": "job", "client": "statement"}
    if not kinds:
        return failed(
            f"Nothing of trace {trace} was taken at {otlp.endpoint}.",
            "See whether the collector there takes OTLP over HTTP, and at span exporter errors in the log.",
        )
    if missing := [name for kind, name in names.items() if kind not in kinds]:
        return failed(
            f"Trace {trace} has no span of the {' and the '.join(missing)}.",
            "See whether a worker runs and has the same HAUBERK_OTLP_ENDPOINT.",
        )
    return passed(f"Trace {trace} spans request, job and statement; {otlp.endpoint} took it.")


async def _kinds_of(probe: Probe, trace: str) -> AsyncIterator[str]:
    """Until it has all three, or no time is left."""
    deadline = time.monotonic() + TRACE_SECONDS
    seen: set[str] = set()
    while time.monotonic() < deadline and not {"server", "consumer", "client"} <= seen:
        names: Any = await probe.inside.cache.smembers(spans_key(trace))
        seen = {name.partition(" ")[0] for name in names}
        await asyncio.sleep(0.3)
    for kind in seen:
        yield kind


@readiness("OBS-12", timeout=25)
async def logs_leave_the_machine(probe: Probe) -> Answer:
    settings = probe.inside.settings
    if not settings.log.loki_url:
        sent = "Records are sent to a collector by OTLP" if settings.otlp.logs else "Records go to stdout"
        return skipped(
            f"{sent}; whether they arrive where logs are kept was not asked.",
            "Set HAUBERK_LOG_LOKI_URL to the Loki that keeps them; docs/operations/observability.md has samples.",
        )
    request_id, _ = await _access_record(probe)
    deadline = time.monotonic() + 2 * ARRIVAL_SECONDS
    async with outbound(settings) as out:
        while time.monotonic() < deadline:
            try:
                answer = await loki.query(out, settings.log.loki_url, request_id)
                found = loki.records_of(answer)
                if any(request_id in line for line in found or ()):
                    return await _kept(probe, out, f"The record of request {request_id} is in the Loki")
            except (CallFailed, CircuitOpen, DestinationRefused) as error:
                return skipped(f"The Loki cannot be asked: {error}", "Look at HAUBERK_LOG_LOKI_URL.")
            if found is None:
                return failed(
                    f"What answers there ({answer.status}) is no Loki that can be read.",
                    "Look at HAUBERK_LOG_LOKI_URL, and whether that Loki wants a sign-in.",
                )
            await asyncio.sleep(1)
    return failed(
        f"The record of request {request_id} did not arrive in the Loki.",
        "Look at what ships the logs: stdout of each process, or HAUBERK_OTLP_LOGS and the collector.",
    )


async def _kept(probe: Probe, out: Outbound, arrived: str) -> Answer:
    """By a rule: the Loki's own or, where it does not tell, one that somebody has looked at."""
    kept = await loki.retention(out, probe.inside.settings.log.loki_url)
    if kept:
        return passed(f"{arrived}, which keeps it for {kept}.")
    if kept is not None:
        return failed(
            f"{arrived}, and nothing there ever ends.",
            "Set compactor.retention_enabled and limits_config.retention_period there; deploy/loki/loki.yaml has both.",
        )
    word = await attested(probe, "OBS-12", what="for how long logs are kept")
    if word.result is Result.PASS:
        return passed(f"{arrived}. {word.evidence}", kind=Kind.ATTESTED)
    return warned(
        f"{arrived}, which does not tell for how long it keeps it.",
        "Let readiness read its /config, or look at its rule of retention and say so with 'hauberk attest OBS-12'.",
    )


@readiness("LCH-2", timeout=15)
async def logs_can_be_followed(probe: Probe) -> Answer:
    request_id = f"readiness-{secrets.token_hex(8)}"
    await probe.site.http.get("/api/v1/auth/options", headers={"X-Request-ID": request_id})
    logs = Logs(probe)
    await logs.wait_for(lambda line: request_id in line, ARRIVAL_SECONDS)
    newest = [_age(line) for _, line in await logs.recent(20)]
    ages = [age for age in newest if age is not None]
    files = sorted((probe.inside.settings.home / "logs").glob("*.log"))
    if not ages and not files:
        return skipped("The log cannot be seen from here.", _NO_LOG)
    if not ages:
        ages = [time.time() - max(path.stat().st_mtime for path in files)]
    if min(ages) > FRESH_SECONDS:
        return failed(
            f"The last record is {min(ages):,.0f} s old.",
            "See whether the processes run and can write their logs.",
        )
    return passed(
        f"The last record is {max(0.0, min(ages)):.0f} s old; follow with 'hauberk logs --follow' or on the page Logs."
    )


def _age(line: str) -> float | None:
    at = _fields(line).get("at")
    return None if at is None else (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds()
