"""The only way out of the installation: every call by the rules of its destination, and none that could hang or flood."""

import json as json_text
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urljoin

import anyio
import httpcore2
from anyio import to_thread

import hauberk
from hauberk.infra.http import observing, retrying
from hauberk.infra.http.addresses import Policy, Target, policy_of, read_url
from hauberk.infra.http.breaker import Breakers
from hauberk.infra.http.destinations import Destination
from hauberk.infra.http.errors import CallFailed, DestinationRefused
from hauberk.infra.http.network import Connected, GuardedNetwork, Resolve, dial, system_resolve
from hauberk.infra.http.reading import Answer, Sink, read_body, too_large
from hauberk.infra.redis import cache_client
from hauberk.infra.settings import Settings

MAX_CONNECTIONS = 20
IDLE_SECONDS = 5.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT_ELSEWHERE = frozenset({"accept", "user-agent", "accept-encoding"})

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class _Call:
    """One request, as it is sent at each attempt."""

    to: Destination
    method: str
    target: Target
    headers: dict[str, str]
    content: bytes
    sink: Sink | None
    deadline: float


class Outbound:
    """`await http.send(SLACK, "POST", url, json={...})`. Open one with `outbound(settings)`."""

    def __init__(
        self,
        policy: Policy,
        breakers: Breakers,
        *,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._policy = policy
        self.breakers = breakers
        self._tls = tls or ssl.create_default_context()
        self._resolve = resolve
        self._pools: dict[tuple[str, str], httpcore2.AsyncConnectionPool] = {}
        self._budgets: dict[str, retrying.RetryBudget] = {}

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()

    def check(self, to: Destination, url: str) -> None:
        """Whether an address that somebody sets could be called at all; what its name stands for is seen at the call."""
        read_url(url, to, self._policy)

    async def send(
        self,
        to: Destination,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes = b"",
        is_repeatable: bool | None = None,
        sink: Sink | None = None,
    ) -> Answer:
        """The answer, whatever its status is.

        `is_repeatable` says that doing it twice does no harm; unset, the method says it. With a `sink` the body goes
        there piece by piece, and the call is made once. Raises `DestinationRefused`, `CallFailed`, `CircuitOpen`.
        """
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if json is not None:
            content = json_text.dumps(json, ensure_ascii=False).encode()
            sent.setdefault("content-type", "application/json")
        sent.setdefault("user-agent", f"hauberk/{hauberk.__version__}")
        sent["accept-encoding"] = "gzip"
        with observing.refusals(to):
            target = read_url(url, to, self._policy)
        deadline = anyio.current_time() + to.limits.total
        call = _Call(to, method.upper(), target, sent, content, sink, deadline)
        may_repeat = call.method in retrying.REPEATABLE if is_repeatable is None else is_repeatable
        return await self._repeat(call, to.attempts if may_repeat and sink is None else 1)

    async def exchange(
        self, to: Destination, host: str, port: int, talk: Callable[[Connected], Said]
    ) -> Said:
        """A conversation in another protocol: `talk` gets a connected socket, in a thread, and may block on it."""

        def converse() -> Said:
            with closing(dial(host, port, to, self._policy, self._resolve)) as connected:
                return talk(connected)

        async def work() -> Said:
            return await to_thread.run_sync(converse, abandon_on_cancel=True)

        deadline = anyio.current_time() + to.limits.total
        return await self._guarded(to, f"{host}:{port}", deadline, work)

    async def _repeat(self, call: _Call, attempts: int) -> Answer:
        budget = self._budgets.setdefault(call.to.name, retrying.RetryBudget())
        budget.earn()
        attempt = 0
        while True:
            attempt += 1
            answer, failure = None, None
            try:
                answer = await self._guarded(
                    call.to, call.target.origin, call.deadline, lambda: self._follow(call)
                )
            except CallFailed as error:
                failure = error
            if answer is not None and answer.status not in retrying.RETRIED:
                return answer
            wait = retrying.pause(attempt, answer.headers.get("retry-after") if answer else None)
            is_late = anyio.current_time() + wait >= call.deadline
            if attempt >= attempts or is_late or not budget.spend():
                if answer is not None:
                    return answer
                assert failure is not None
                raise failure
            observing.RETRIES.labels(call.to.name).inc()
            await anyio.sleep(wait)

    async def _guarded(
        self, to: Destination, origin: str, deadline: float, work: Callable[[], Awaitable[Said]]
    ) -> Said:
        """One attempt: let through by its breaker, ended by its deadline, its outcome told to both."""
        key = f"{to.name} {origin}"
        with observing.refusals(to), observing.outcome(to) as seen:
            await self.breakers.enter(key)
            try:
                with anyio.fail_after(max(0.0, deadline - anyio.current_time())):
                    said = await work()
            except (TimeoutError, httpcore2.TimeoutException) as error:
                failed = CallFailed("timed_out", f"{origin} did not answer in time.")
                cause: BaseException = error
            except ssl.SSLError as error:
                failed, cause = CallFailed("tls", f"The certificate of {origin} is not accepted."), error
            except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
                failed, cause = _unreachable(origin, error), error
            except CallFailed as error:
                failed, cause = error, error
            except Exception:  # of the conversation, as mail that is refused: whoever refuses is there
                await self.breakers.leave(key, None)
                raise
            else:
                status = said.status if isinstance(said, Answer) else 0
                seen.outcome = f"{status // 100}xx" if status else "done"
                await self.breakers.leave(key, f"status {status}" if status >= 500 else None)
                return said
            seen.outcome = failed.reason
            await self.breakers.leave(key, failed.reason)
            raise failed from cause

    async def _follow(self, call: _Call) -> Answer:
        for hop in range(call.to.redirects + 1):
            answer = await self._ask(call)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location or not call.to.redirects:
                return answer
            if call.method not in ("GET", "HEAD") or hop == call.to.redirects:
                break
            call = self._redirected(call, location)
        raise CallFailed("redirects", "The service sends on to other addresses more often than it may.")

    def _redirected(self, call: _Call, location: str) -> _Call:
        """Checked like a new address. Another origin gets nothing that was meant for the first, credentials least."""
        target = read_url(urljoin(call.target.origin + call.target.path, location), call.to, self._policy)
        if call.target.scheme == "https" and target.scheme != "https":
            raise DestinationRefused("plain_text", "The service sends on from https:// to plain HTTP.")
        headers = call.headers
        if target.origin != call.target.origin:
            headers = {name: value for name, value in headers.items() if name in _KEPT_ELSEWHERE}
        return replace(call, target=target, headers=headers)

    async def _ask(self, call: _Call) -> Answer:
        limits, target = call.to.limits, call.target
        headers = [("Host", target.authority), *call.headers.items()]
        async with self._pool(call).stream(
            call.method,
            httpcore2.URL(
                scheme=target.scheme.encode(),
                host=target.host.encode(),
                port=target.port,
                target=target.path.encode(),
            ),
            headers=[(name.encode(), value.encode()) for name, value in headers],
            content=call.content if call.content or call.method in ("POST", "PUT", "PATCH") else None,
            extensions={
                "timeout": {
                    "connect": limits.connect,
                    "read": limits.read,
                    "write": limits.read,
                    "pool": limits.total,
                }
            },
        ) as response:
            received = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
            }
            length = received.get("content-length", "")
            if call.method != "HEAD" and length.isdecimal() and int(length[:20]) > limits.max_bytes:
                raise too_large(limits.max_bytes)
            is_passed_on = response.status in _REDIRECTS and call.to.redirects > 0
            sink = None if is_passed_on else call.sink  # it gets the answer, not the way there
            body = await read_body(response.aiter_stream(), received, limits, sink)
            return Answer(response.status, received, body)

    def _pool(self, call: _Call) -> httpcore2.AsyncConnectionPool:
        """One for each destination and scheme: connections of one are never used for another, whose rules differ."""
        key = (call.to.name, call.target.scheme)
        if key not in self._pools:
            self._pools[key] = httpcore2.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=MAX_CONNECTIONS,
                keepalive_expiry=IDLE_SECONDS,
                network_backend=GuardedNetwork(
                    call.to, self._policy, self._resolve, scheme=call.target.scheme
                ),
            )
        return self._pools[key]


def _unreachable(origin: str, error: Exception) -> CallFailed:
    if isinstance(error.__cause__, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError):
        return CallFailed("tls", f"The certificate of {origin} is not accepted.")
    if isinstance(error, httpcore2.RemoteProtocolError):
        return CallFailed("bad_answer", f"{origin} does not answer in HTTP.")
    return CallFailed("unreachable", f"{origin} cannot be reached.")


@asynccontextmanager
async def outbound(settings: Settings, *, resolve: Resolve = system_resolve) -> AsyncIterator[Outbound]:
    """The client of one event loop, with breakers that all processes share."""
    tls = ssl.create_default_context()
    if settings.egress.ca_bundle is not None:
        tls.load_verify_locations(settings.egress.ca_bundle)
    cache = cache_client(settings) if settings.cache.url else None
    http = Outbound(policy_of(settings), Breakers(cache), tls=tls, resolve=resolve)
    try:
        yield http
    finally:
        await http.aclose()
        if cache is not None:
            await cache.aclose()
