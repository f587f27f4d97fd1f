"""What leaves the process: logs, traces and error reports carry what is needed to find a fault, and nobody's secret."""

import json
import logging
import time

import pytest
import structlog
from redis import Redis

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import browser, new_organization, serving, unlimited
from fixtures.sinks import sink
from hauberk.infra import telemetry
from hauberk.infra.telemetry import errors, recent
from hauberk.infra.telemetry.redaction import MAX_FIELD_CHARS, leaks, redact, redact_record
from hauberk.jobs.queues import Queue

pytestmark = pytest.mark.anyio

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CANARY = "canary0123456789abcdefCANARY"
PLANTED = {
    "authorization": f"Bearer {CANARY}",
    "cookie": f"hauberk={CANARY}",
    "password": CANARY,
    "api_key": CANARY,
    "title": f"SQL injection in {CANARY}",
    "nested": {"client_secret": CANARY, "list": [f"postgresql://hauberk:{CANARY}@db/hauberk"]},
    "said": f"called with hbk_0123456789ab_{CANARY} and AKIA{'A' * 16} and ghp_{CANARY}",
    "page": f"https://example.org/?token={CANARY}&email={CANARY}%40example.org",
    "pem": f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
    "row": f"duplicate key\nDETAIL:  Key (email)=({CANARY}) already exists.",
}


@pytest.fixture
def collector():
    with sink() as started:
        yield started


@pytest.fixture
def observed(settings, collector):
    """Everything that can be sent away is."""
    dsn = f"http://key@127.0.0.1:{collector.port}/1"
    otlp = settings.otlp.model_copy(update={"endpoint": collector.url, "logs": True, "sample": 1.0})
    sentry = type(settings.sentry).model_validate({"dsn": dsn})
    told = unlimited(settings).model_copy(
        update={
            "otlp": otlp,
            "sentry": sentry,
            "log": settings.log.model_copy(update={"format": "json"}),
        }
    )
    yield told
    telemetry.close()
    telemetry.configure_logging(settings)


def attributes(record):
    return {each.key: each.value.string_value or each.value.int_value for each in record.attributes}


async def test_a_request_its_job_and_their_statements_are_one_trace(observed, collector):
    async with serving(observed) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers, traceparent=f"00-{TRACE}-00f067aa0ba902b7-01") as client:
            parts = form(field("asset", "traced"), file(reports.code(2)))
            answer = await client.post("/api/v1/scans", content=parts, headers=HEADERS)
            assert answer.status_code == 202
        with working(observed) as worker:
            worker(Queue.IMPORT)
    spans = {span.span_id: span for span in collector.spans() if span.trace_id.hex() == TRACE}
    names = {span.name: span for span in spans.values()}
    request, job = names["POST /api/v1/scans"], names["job ingest.import_scan"]
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert spans[job.parent_span_id].trace_id == request.trace_id
    under = {spans[span.parent_span_id].name for span in spans.values() if span.name.startswith("sql ")}
    assert {"POST /api/v1/scans", "job ingest.import_scan"} <= under
    access = [attributes(each) for each in collector.records() if each.body.string_value == "request"]
    assert any(each["trace_id"] == TRACE and each["user_id"] == member.user_id for each in access)
    done = [attributes(each) for each in collector.records() if each.body.string_value == "job_done"]
    assert any(each["trace_id"] == TRACE and each["attempt"] == 1 for each in done)


async def test_without_a_collector_no_tracer_is_there_and_the_job_still_knows_its_request(
    settings, collector
):
    async with serving(unlimited(settings)) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers, **{"X-Request-ID": TRACE}) as client:
            parts = form(field("asset", "untraced"), file(reports.code(1)))
            assert (await client.post("/api/v1/scans", content=parts, headers=HEADERS)).status_code == 202
        from sqlalchemy import text  # noqa: PLC0415

        async with app.state.context.sessions.transaction(member.organization_id) as session:
            kept = (
                (await session.execute(text("select traceparent from job order by id desc")))
                .scalars()
                .first()
            )
    assert kept.split("-")[1] == TRACE
    assert collector.bodies == []


def test_planted_secrets_pass_neither_log_nor_error_report(observed, collector, capsys):
    telemetry.configure_logging(observed)
    log = structlog.get_logger("hauberk.canary")
    said = f"said hbk_0123456789ab_{CANARY}"
    log.info(said, **PLANTED)
    logging.getLogger("somebody.else").warning("Bearer %s", CANARY, extra={"cookie": CANARY})

    def fail():
        password = CANARY  # noqa: F841 - a local variable of the frame that fails
        raise RuntimeError(f"no 'customer {CANARY}' at https://x:{CANARY}@db\nDETAIL:  Key=({CANARY})")

    try:
        fail()
    except RuntimeError:
        log.exception("broken", **PLANTED)
    telemetry.close()
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [json.loads(line)["event"].split()[0] for line in shown[-3:]] == ["said", "[redacted]", "broken"]
    [error] = collector.errors()
    sent = [f"{each.body.string_value} {attributes(each)}" for each in collector.records()]
    assert len(sent) >= 3
    quoted = f"customer {CANARY}"  # only words: nobody can know that they are a secret, and logs stay here
    for line in (*shown, *sent):
        assert CANARY not in line.replace(quoted, "")
    assert CANARY not in json.dumps(error)


@pytest.mark.long
async def test_planted_secrets_pass_into_no_span(observed, collector):
    """In path, query, headers, cookie, form and file of requests; a request's id is the caller's to choose, and kept."""
    async with serving(observed) as app:
        member = await new_organization(app.state.context)
        planted = {
            "Cookie": f"hauberk={CANARY}",
            "Referer": f"https://x/{CANARY}",
        }
        async with browser(app, **member.headers, **planted) as client:
            await client.get(f"/api/v1/assets/{CANARY}?token={CANARY}&q={CANARY}")
            await client.get("/api/v1/findings", params={"q": f'"{CANARY}"'})
            parts = form(field("asset", CANARY), file(reports.code(2, title=CANARY), name=f"{CANARY}.json"))
            assert (await client.post("/api/v1/scans", content=parts, headers=HEADERS)).status_code == 202
        with working(observed) as worker:
            worker(Queue.IMPORT)
    telemetry.close()
    spans = collector.spans()
    assert {span.kind for span in spans} >= {2, 3, 5}, "request, statement and job"
    assert CANARY not in " ".join(str(span) for span in spans)


async def test_an_error_is_reported_with_release_and_request_and_without_the_person(observed, collector):
    async with serving(observed) as app:
        member = await new_organization(app.state.context)

        async def broken():
            name = member.email  # noqa: F841 - must not be seen
            raise RuntimeError("the cause is in the code")

        app.router.add_api_route("/api/v1/broken", broken)
        async with browser(app, **member.headers, **{"X-Request-ID": "request-0123456789"}) as client:
            assert (await client.get("/api/v1/broken")).status_code == 500
    [error] = collector.errors()
    assert error["release"].startswith("hauberk@")
    assert error["tags"]["request_id"] == "request-0123456789"
    assert error["exception"]["values"][0]["value"] == "the cause is in the code"
    text = json.dumps(error)
    assert "vars" not in text
    assert member.email not in text
    assert member.token not in text
    assert "request" not in error
    assert "user" not in error


async def test_access_is_logged_apart_with_who_asked_what_and_how_long_it_took(observed, capsys):
    async with serving(observed) as app:
        member = await new_organization(app.state.context)
        async with browser(app, **member.headers) as client:
            capsys.readouterr()
            await client.get("/api/v1/jobs?email=somebody%40example.org")
        line = next(line for line in capsys.readouterr().out.splitlines() if "hauberk.access" in line)
    record = json.loads(line)
    assert record["logger"] == "hauberk.access"
    assert record["route"] == "/api/v1/jobs"
    assert (record["user_id"], record["organization_id"]) == (member.user_id, member.organization_id)
    assert record["code"] == 200
    assert record["duration_ms"] > 0
    assert len(record["trace_id"]) == 32
    assert "somebody" not in line


@pytest.mark.long
def test_the_newest_records_of_all_processes_are_kept_for_administrators(observed):
    telemetry.configure_logging(observed)
    structlog.get_logger("hauberk.kept").info("kept_for_administrators", token=CANARY)
    cache = Redis.from_url(observed.cache.url, decode_responses=True)
    deadline = time.monotonic() + 10
    found = []
    while not found and time.monotonic() < deadline:
        time.sleep(0.1)
        found = [each for _, each in cache.xrevrange(recent.KEY, count=50) if "kept_for_adm" in each["line"]]
    cache.close()
    assert found[0]["role"] == "api"
    assert CANARY not in found[0]["line"]


@pytest.mark.parametrize("text", [str(each) for each in PLANTED.values() if isinstance(each, str)])
def test_a_line_that_holds_a_secret_is_known_for_a_leak_and_a_redacted_one_is_not(text):
    assert not leaks(redact(text))


def test_plain_fields_are_a_leak_too():
    assert leaks('{"event": "x", "password": "hunter2hunter2"}')
    assert leaks("event  token=hunter2hunter2")
    for name in (
        "access_token",
        "client-secret",
        "DB_PASSWORD",
        "aws_secret_access_key",
        "HAUBERK_SECRET_KEYS",
    ):
        assert leaks(f"{name}=hunter2hunter2"), name
    assert not leaks('{"code": "invalid_token", "detail": "This token is unknown, expired or revoked."}')
    assert not leaks('{"event": "x", "token_id": 7, "password": "[redacted]"}')
    assert not leaks('FATAL:  password authentication failed for user "hauberk_app"')


def test_of_an_exception_only_what_cannot_be_anybodys_is_told():
    assert errors.words("invalid input for 'Jane Doe' (jane@example.org)\nDETAIL: Jane") == (
        "invalid input for '…' ([redacted])"
    )


def test_of_a_stack_the_place_where_it_is_stays():
    frames = "\n".join(f'  File "x.py", line {n}, in f{n}' for n in range(400))
    kept = redact_record(None, "error", {"event": "event_loop_stalled", "stack": frames})["stack"]
    assert kept.endswith("in f399")
    assert len(kept) == MAX_FIELD_CHARS
