"""The whole product under load, while its servers die, forget, stand still and are away: nothing accepted is lost or done twice."""

import os
import signal
import time
from contextlib import suppress

import httpx2
import psycopg
import pytest

from faults.client import Load
from faults.database import looking
from faults.figures import FIGURES
from faults.processes import children, command, postmaster_of, process_of, valkey_of, wait_for
from faults.whole import PASSWORD, busy_worker, check, kill
from fixtures.whole_product import Product

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
AWAY = 120
VALKEY_AWAY = 60


def test_a_database_that_is_restarted_at_once(product, load, reference, chance):
    sending = load(days=10)
    busy_worker(product)
    for _ in range(3):
        postmaster = postmaster_of(product)
        since = kill(postmaster, signal.SIGQUIT)  # "immediate": as after a crash
        time.sleep(chance.uniform(2, 5))
    check(sending, reference, since, "an immediate restart of the database")


def test_a_database_that_is_away_for_two_minutes(product, load, reference):
    """It cannot start meanwhile. Readiness says so within seconds, liveness stays, and all goes on when it is back."""
    sending = load(days=10)
    busy_worker(product)
    control = product.home / "postgres" / "global" / "pg_control"
    began = kill(postmaster_of(product), signal.SIGQUIT)
    away = control.rename(control.with_name("pg_control.away"))
    try:
        wait_for(lambda: _answered(product, "/health/ready") == 503, 15, "readiness without a database")
        while time.monotonic() - began < AWAY:
            assert _answered(product, "/health/live") == 200
            assert _answered(product, "/health/ready") == 503
            time.sleep(2)
    finally:
        away.rename(control)
    since = time.monotonic()
    wait_for(lambda: _answered(product, "/health/ready") == 200, 90, "readiness")
    FIGURES.recovered("a database that was away (ready again)", time.monotonic() - since)
    check(sending, reference, since, "a database that was away for two minutes")


def test_database_connections_that_end_again_and_again(product, load, reference):
    """All of them, told to by the server; at last one is killed, upon which the server starts anew by itself."""
    sending = load(days=10)
    busy_worker(product)
    for _ in range(10):
        with suppress(psycopg.OperationalError), looking(product) as database:
            database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename like 'hauberk%' and pid <> pg_backend_pid()"
            )
            FIGURES.faults += 1
        time.sleep(0.7)
    backends = [pid for pid in children(postmaster_of(product)) if "hauberk_app" in command(pid)]
    since = kill(backends[0])
    check(sending, reference, since, "ended and killed database connections")


def test_queue_and_cache_that_forget_everything(product, load, reference):
    sending = load()
    since = time.monotonic()
    for _ in range(20):
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                server.flushall()
            FIGURES.faults += 1
        time.sleep(0.2)
        since = time.monotonic()
    check(sending, reference, since, "emptied queue and cache")
    _nobody_was_turned_away(sending)


def test_frozen_queue_and_cache(product, load, reference):
    """They accept connections and answer nothing, until the end of all imports."""
    servers = [process_of(product, f"{role}/valkey.conf") for role in ("queue", "cache")]
    try:
        for server in servers:
            since = kill(server, signal.SIGSTOP)
        sending = load(days=3)
        _can_sign_in(product)
        check(sending, reference, since, "frozen queue and cache, while they are")
        _nobody_was_turned_away(sending)
    finally:
        for server in servers:
            os.kill(server, signal.SIGCONT)


def test_slow_queue_and_cache(product, load, reference):
    """Each answers nothing for seconds, again and again, and goes on as if nothing had been."""
    sending = load(days=8)
    since = time.monotonic()
    for _ in range(3):
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                server.execute_command("CLIENT", "PAUSE", "4000", "ALL")
            FIGURES.faults += 1
        time.sleep(5)
        since = time.monotonic()
    check(sending, reference, since, "slow queue and cache")


def test_queue_and_cache_without_memory(product, load, reference):
    """The queue refuses every write, the cache keeps nothing; imports go on, and so do people."""
    before = {}
    try:
        for role in ("queue", "cache"):
            with valkey_of(product, role) as server:
                before[role] = server.config_get("maxmemory")["maxmemory"]
                server.config_set("maxmemory", "1mb")
            FIGURES.faults += 1
        sending = load(days=3)
        _can_sign_in(product)
        check(sending, reference, time.monotonic(), "queue and cache without memory, while they are")
        _nobody_was_turned_away(sending)
    finally:
        for role, memory in before.items():
            with valkey_of(product, role) as server:
                server.config_set("maxmemory", memory)


def test_killed_queue_and_cache(product, load, reference):
    sending = load()
    since = max(kill(process_of(product, f"{role}/valkey.conf")) for role in ("queue", "cache"))
    check(sending, reference, since, "killed queue and cache")


def test_queue_and_cache_that_are_away_for_a_minute(product, load, reference):
    """They cannot start meanwhile; uploads, imports, reading and signing in go on without them."""
    configs = [product.home / role / "valkey.conf" for role in ("queue", "cache")]
    away = [config.rename(config.with_name("valkey.conf.away")) for config in configs]
    try:
        since = max(kill(process_of(product, f"{config.parent.name}/valkey.conf")) for config in configs)
        sending = load(days=3)
        _can_sign_in(product)
        check(sending, reference, since, "queue and cache that are away, while they are")
        _nobody_was_turned_away(sending)
        _can_sign_in(product)
        time.sleep(max(0.0, since + VALKEY_AWAY - time.monotonic()))
    finally:
        for moved, config in zip(away, configs, strict=True):
            moved.rename(config)
    since = time.monotonic()
    for role in ("queue", "cache"):
        wait_for(lambda role=role: process_of(product, f"{role}/valkey.conf"), 60, "its start")
    again = load(days=1, name="after they were away")
    check(again, reference, since, "queue and cache that were away")


def _nobody_was_turned_away(load: Load) -> None:
    assert load.onlooker.turned_away <= load.onlooker.asked / 1000, (
        f"{load.onlooker.turned_away} of {load.onlooker.asked} reads"
    )


def _can_sign_in(product: Product) -> None:
    url = f"http://127.0.0.1:{product.port}"
    said = {"email": "admin@localhost", "password": PASSWORD}
    answer = httpx2.post(f"{url}/api/v1/auth/login", json=said, headers={"Origin": url}, timeout=20)
    assert answer.status_code == 200, answer.text


def _answered(product: Product, path: str) -> int:
    """The status, 0 when there is no answer within five seconds."""
    try:
        return httpx2.get(f"http://127.0.0.1:{product.port}{path}", timeout=5).status_code
    except httpx2.TransportError:
        return 0
