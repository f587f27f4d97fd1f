"""The embedded servers: private, each role with only its rights, and gone when nobody holds them."""

import psycopg
import pytest
import redis

from hauberk.infra.embedded.roles import APP, OWNER, SYSTEM


def test_the_app_role_owns_nothing_and_cannot_pass_by_row_level_security(database_url):
    with psycopg.connect(database_url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = %s)",
            [APP],
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")
    assert rights == (False, False, False, False)
    assert owned == (0,)


def test_the_app_role_may_make_temporary_tables(database_url):
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TEMPORARY TABLE spool (id int) ON COMMIT DROP")


def test_the_owner_is_no_superuser_and_can_hand_out_the_system_role(owner_url):
    with psycopg.connect(owner_url) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [OWNER]
        ).fetchone()
        connection.execute("CREATE ROLE hauberk_try NOLOGIN")
        connection.execute(f"GRANT {SYSTEM} TO hauberk_try")
        connection.rollback()
    assert rights == (False, False, True)


def test_a_wrong_password_is_refused(database_url):
    head, _, tail = database_url.partition("@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{head}x@{tail}")


def test_the_sort_order_is_the_same_on_every_machine(database_url):
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found == ("b", "C.UTF-8")


def test_the_queue_never_evicts_and_the_cache_does(queue_url, cache_url):
    policies = [redis.Redis.from_url(url).config_get("maxmemory-policy") for url in (queue_url, cache_url)]
    assert [each["maxmemory-policy"] for each in policies] == ["noeviction", "allkeys-lfu"]
    assert all(
        int(redis.Redis.from_url(url).config_get("maxmemory")["maxmemory"]) for url in (queue_url, cache_url)
    )
    assert redis.Redis.from_url(queue_url).config_get("appendonly") == {"appendonly": "yes"}


def test_a_server_answers_nobody_without_a_password(cache_url):
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(cache_url.partition("?")[0]).ping()
