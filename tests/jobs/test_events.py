"""Events reach their handlers: some inside the emitter's transaction, the others after it, until they have had it."""

import pytest

from factories.asset import make_asset
from hauberk.db.session import Pool, Sessions, async_engine, transaction
from hauberk.domain.events import FindingsChanged, ScanFinished
from hauberk.jobs import discovery, events
from hauberk.jobs.events import emit, emit_async
from hauberk.jobs.outbox import MAX_ATTEMPTS, relay


@pytest.fixture
def handlers(monkeypatch):
    """Only this test's, for these events: by type, then by name."""
    discovery.load()  # what the product itself handles is found now, not in the middle of a test
    inside, after = {FindingsChanged: {}, ScanFinished: {}}, {FindingsChanged: {}, ScanFinished: {}}
    monkeypatch.setattr(events, "_inside", inside)
    monkeypatch.setattr(events, "_after", after)
    return inside, after


def _emit(bench, *told):
    for event in told:
        with transaction(bench.engine, event.organization_id) as connection:
            emit(connection, event)


def _outbox(bench, organization):
    return bench.sql(
        organization, "select topic, attempts, delivered, error, dead_at from outbox order by id"
    )


def _make_due(bench, organization):
    bench.sql(organization, "update outbox set run_after = now() - interval '1 second'")


def test_a_handler_in_the_transaction_commits_and_rolls_back_with_it(bench, organization, handlers):
    inside, _ = handlers
    inside[FindingsChanged]["note"] = lambda connection, event: make_asset(
        connection, event.organization_id, "seen"
    )

    def emit_and_stop():
        with transaction(bench.engine, organization) as connection:
            emit(connection, FindingsChanged(organization, 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        emit_and_stop()
    assert bench.assets(organization) == []
    _emit(bench, FindingsChanged(organization, 1))
    assert bench.assets(organization) == ["seen"]
    assert _outbox(bench, organization) == [], "nobody waits for it afterwards"


def test_handlers_after_the_commit_get_events_in_order_with_all_their_fields(
    bench, organization, other, handlers
):
    _, after = handlers
    told = []
    after[FindingsChanged]["tell"] = lambda _connection, event: told.append(event)
    after[ScanFinished]["tell"] = lambda _connection, event: told.append(event)
    wanted = [
        FindingsChanged(organization, 1, scan_id=7),
        ScanFinished(other, 8, "held"),
        FindingsChanged(organization, 2),
    ]
    _emit(bench, *wanted)
    assert told == []
    assert relay(bench.engine) == 3
    assert told == wanted
    assert relay(bench.engine) == 0
    assert told == wanted


def test_what_a_handler_writes_belongs_to_the_event_s_organization(bench, organization, other, handlers):
    _, after = handlers
    after[FindingsChanged]["write"] = lambda connection, event: make_asset(
        connection, event.organization_id, "mine"
    )
    _emit(bench, FindingsChanged(organization, 1))
    relay(bench.engine)
    assert (bench.assets(organization), bench.assets(other)) == (["mine"], [])


def test_a_handler_that_fails_is_tried_again_and_the_others_are_not(bench, organization, handlers):
    _, after = handlers
    told, problems = [], [OSError("the other side is closed")]

    def stumble(connection, event):
        make_asset(connection, event.organization_id, f"try-{len(problems)}")
        if problems:
            raise problems.pop()
        told.append("late")

    after[FindingsChanged]["steady"] = lambda _connection, _event: told.append("steady")
    after[FindingsChanged]["stumble"] = stumble
    _emit(bench, FindingsChanged(organization, 1))
    relay(bench.engine)
    ((topic, attempts, delivered, error, dead_at),) = _outbox(bench, organization)
    assert (topic, attempts, delivered, dead_at) == ("FindingsChanged", 1, ["steady"], None)
    assert "the other side is closed" in error
    assert bench.assets(organization) == [], "a failed handler leaves nothing behind"
    assert relay(bench.engine) == 0, "it is not due yet"
    _make_due(bench, organization)
    relay(bench.engine)
    assert told == ["steady", "late"]
    assert bench.assets(organization) == ["try-0"]
    assert _outbox(bench, organization) == []


def test_a_failing_event_does_not_hold_up_the_next(bench, organization, handlers):
    _, after = handlers
    told = []

    def fussy(_connection, event):
        if event.asset_id == 1:
            raise ValueError(event.asset_id)
        told.append(event.asset_id)

    after[FindingsChanged]["fussy"] = fussy
    _emit(bench, *(FindingsChanged(organization, number) for number in (1, 2, 3)))
    relay(bench.engine)
    assert told == [2, 3]


def test_an_event_that_nobody_can_handle_is_kept_with_its_error(bench, organization, handlers):
    _, after = handlers
    calls = []

    def fail(_connection, _event):
        calls.append(1)
        raise ValueError("never")

    after[FindingsChanged]["fail"] = fail
    _emit(bench, FindingsChanged(organization, 1))
    for _ in range(MAX_ATTEMPTS + 3):
        _make_due(bench, organization)
        relay(bench.engine)
    ((_, attempts, _, error, dead_at),) = _outbox(bench, organization)
    assert (len(calls), attempts) == (MAX_ATTEMPTS, MAX_ATTEMPTS)
    assert "never" in error
    assert dead_at is not None


def test_an_event_of_a_version_gone_by_is_let_go(bench, organization, handlers):
    _, after = handlers
    after[FindingsChanged]["tell"] = lambda _connection, _event: None
    _emit(bench, FindingsChanged(organization, 1))
    bench.sql(organization, "update outbox set topic = 'GoneSince'")
    relay(bench.engine)
    assert _outbox(bench, organization) == []


@pytest.mark.anyio
async def test_a_request_emits_to_the_same_handlers(bench, organization, handlers, fresh_settings):
    inside, after = handlers
    told = []
    inside[FindingsChanged]["note"] = lambda connection, event: make_asset(
        connection, event.organization_id, "seen"
    )
    after[FindingsChanged]["tell"] = lambda _connection, event: told.append(event)
    engine = async_engine(fresh_settings.database.url, pool=Pool(size=1))
    async with Sessions(engine).transaction(organization) as session:
        await emit_async(session, FindingsChanged(organization, 5))
    await engine.dispose()
    assert bench.assets(organization) == ["seen"]
    relay(bench.engine)
    assert told == [FindingsChanged(organization, 5)]
