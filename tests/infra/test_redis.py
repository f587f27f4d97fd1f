"""A cluster as cache that is away when a process starts: the process goes on without it, says so once, and finds it."""

import subprocess
import time
from contextlib import suppress

import pytest
import redis
import structlog

from fixtures.nodes import free_port
from hauberk.infra.embedded.providers import valkey_binary
from hauberk.infra.redis import sync_cache_client


@pytest.fixture
def address():
    return free_port()


@pytest.fixture
def cluster(address, tmp_path):
    """Starts a cluster of one node that holds every slot."""
    started = []

    def start():
        command = [str(valkey_binary()), "--port", str(address), "--cluster-enabled", "yes", "--save", "",
                   "--cluster-port", str(free_port()), "--dir", str(tmp_path), "--bind", "127.0.0.1"]  # fmt: skip
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        node = redis.Redis(port=address)
        _wait_for(node.ping)
        node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        _wait_for(lambda: b"cluster_state:ok" in node.execute_command("CLUSTER", "INFO"))

    yield start
    for process in started:
        process.terminate()
        process.wait()


@pytest.mark.long
def test_a_cluster_that_is_away_at_the_start_is_used_once_it_is_there(settings, address, cluster):
    url = f"redis://127.0.0.1:{address}/0?cluster=true"
    away = settings.model_copy(update={"cache": settings.cache.model_copy(update={"url": url})})
    with structlog.testing.capture_logs() as told:
        client = sync_cache_client(away)
        for _ in range(2):
            with pytest.raises(redis.exceptions.ConnectionError):
                client.publish("hauberk:progress:1:1", "{}")
        cluster()
        assert client.publish("hauberk:progress:1:1", "{}") == 0
        client.sadd("a", "b")
        assert client.smembers("a") == {"b"}
        client.close()
    assert [each["event"] for each in told] == ["cache_cluster_away", "cache_cluster_back"]


def _wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(redis.exceptions.RedisError):
            if condition():
                return
        time.sleep(0.1)
    raise AssertionError("it did not come")
