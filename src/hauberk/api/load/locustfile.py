"""People in numbers, by Locust, against any site of this product; `hauberk load` runs it and keeps what came of it.

    HAUBERK_LOAD_EMAIL=… HAUBERK_LOAD_PASSWORD=… locust -f locustfile.py --headless --host https://hauberk.example.org -u 2000

The loop is open: each act begins when it is meant to, in a greenlet of its own, and counts from that moment, so what
Locust shows as response times holds the waiting too. The exit status is the verdict.
"""

import itertools
import json
import os
import ssl
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from gevent.pool import Group
from geventhttpclient import HTTPClient
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.runners import LocalRunner

from hauberk.api.load.measuring import Measured, Processor, holds
from hauberk.api.load.model import MINUTES, Planned, acts_of
from hauberk.api.load.people import SignedIn, Visitors, asked

SECONDS = 40.0
STREAM_SECONDS = 60.0
OPEN_AT_ONCE = 20
EVENT_END = b"\n\n"


class Crowd:
    """What all people of a run share: when it begins and is over, and what was measured."""

    def __init__(self, environment: Environment) -> None:
        given = environment.parsed_options
        assert given is not None
        self.environment = environment
        self.users = given.num_users or 1
        self.seconds = given.minutes * 60
        self.streams = self.users if given.streams is None else given.streams
        self.serving, self.behind = (_numbers(each) for each in (given.serving, given.behind))
        self.begins, self.over = Event(), Event()
        self.began_at = 0.0
        self.measured = Measured()
        self.trusted = ssl.create_default_context()
        self.numbers = itertools.count()
        self.opening = BoundedSemaphore(OPEN_AT_ONCE)
        self._there = self._done = 0
        host = environment.host
        if not host:
            raise SystemExit("Say with --host which site.")
        self.host = host
        self.visitors = Visitors.arrive(host, lambda: self.trusted, self.users)

    def arrive(self) -> None:
        """The clock runs when everybody is there, streams open."""
        self._there += 1
        if self._there == self.users:
            self.before = Processor.now(self.serving, self.behind)
            self.began_at = time.monotonic()
            self.begins.set()

    def leave(self) -> None:
        self._done += 1
        if self._done == self.users:
            self.over.set()
            self.ended_at = time.monotonic()
            self.after = Processor.now(self.serving, self.behind)
            assert self.environment.runner is not None
            gevent.spawn(self.environment.runner.quit)  # it ends the greenlet that this runs in

    def figures(self) -> dict[str, Any]:
        seconds = self.ended_at - self.began_at
        return {
            "users": self.users,
            "minutes": round(self.seconds / 60, 2),
            "cores": os.cpu_count(),
            "processes": len(self.serving),
            "requests_per_second": round(self.measured.requests / seconds, 1),
            **self.measured.figures(),
            **self.after.since(self.before, self.measured.requests, seconds),
        }


class Person(FastHttpUser):
    """Somebody with the page open: one stream of events, and a request every 15 seconds."""

    network_timeout = connection_timeout = SECONDS
    insecure = False
    crowd: ClassVar[Crowd]

    def __init__(self, environment: Environment) -> None:
        self.ssl_context_factory = lambda: self.crowd.trusted
        super().__init__(environment)
        self.number = next(self.crowd.numbers)
        self.signed_in = self.crowd.visitors.one(self.number)

    @task
    def live(self) -> None:
        crowd = self.crowd
        acts, streams = Group(), Group()
        for _ in range(self.number, crowd.streams, crowd.users):
            is_answered = Event()
            with crowd.opening:
                streams.spawn(self._follow, is_answered)
                is_answered.wait()
        crowd.arrive()
        crowd.begins.wait()
        for planned in acts_of(self.number, crowd.seconds):
            gevent.sleep(max(0.0, crowd.began_at + planned.at - time.monotonic()))
            acts.spawn(self._act, planned, crowd.began_at + planned.at)
        acts.join()
        crowd.leave()
        crowd.over.wait()
        gevent.sleep(STREAM_SECONDS)  # the run ends meanwhile, and so does this

    def _act(self, planned: Planned, meant_at: float) -> None:
        crowd = self.crowd
        crowd.measured.late.append(time.monotonic() - meant_at)
        method, path, options = asked(planned, self.signed_in, crowd.visitors)
        with self.client.request(method, path, name=planned.act, catch_response=True, **options) as answer:
            seconds = time.monotonic() - meant_at
            answer.request_meta["response_time"] = seconds * 1000
            status = answer.status_code
            failure = None if 200 <= status < 400 else str(status or type(answer.error).__name__)
            crowd.measured.add(planned.act, seconds, failure)
            if planned.act == "sign-in" and failure is None:
                self.signed_in = SignedIn.of(answer, self.client.cookiejar)

    def _follow(self, is_answered: Event) -> None:
        """Until the run is over; a stream that ends before is lost."""
        measured = self.crowd.measured
        with self._stream() as http:
            try:
                answer = http.get("/api/v1/events", headers=self.signed_in.headers)
                if answer.status_code == 200:
                    measured.streams_open += 1
                    is_answered.set()
                    while answer.readline(EVENT_END):
                        pass
            except (OSError, ConnectionError) as error:
                self.environment.events.user_error.fire(user_instance=self, exception=error, tb=None)
            finally:
                is_answered.set()
                measured.streams_lost += not self.crowd.over.is_set()

    @contextmanager
    def _stream(self) -> Iterator[HTTPClient]:
        http = HTTPClient.from_url(
            self.crowd.host,
            ssl_context_factory=lambda: self.crowd.trusted,
            connection_timeout=SECONDS,
            network_timeout=STREAM_SECONDS,
        )
        try:
            yield http
        finally:
            http.close()


def _numbers(given: str) -> list[int]:
    return [int(each) for each in given.split(",") if each]


@events.init_command_line_parser.add_listener
def offer(parser: ArgumentParser, **_: Any) -> None:
    parser.add_argument("--minutes", type=float, default=MINUTES, help="How long")
    parser.add_argument("--streams", type=int, default=None, help="Open event streams; one for each user")
    parser.add_argument("--figures", default="", help="File for the figures, as JSON")
    parser.add_argument(
        "--serving", default="", help="Serving processes of this machine, to be accounted for"
    )
    parser.add_argument("--behind", default="", help="The processes behind them")


@events.test_start.add_listener
def begin(environment: Environment, **_: Any) -> None:
    if not isinstance(environment.runner, LocalRunner):
        raise SystemExit("It counts in one process: neither --master nor --worker nor --processes.")
    try:
        Person.crowd = Crowd(environment)
    except Exception as error:
        raise SystemExit(
            f"The people of the test could not begin: {error}"
        ) from error  # else Locust waits for ever


@events.quitting.add_listener
def end(environment: Environment, **_: Any) -> None:
    crowd = getattr(Person, "crowd", None)
    if crowd is None or not crowd.over.is_set():
        environment.process_exit_code = 2
        return
    figures = crowd.figures()
    environment.process_exit_code = 0 if holds(figures) else 1
    given = environment.parsed_options
    if given is not None and given.figures:
        Path(given.figures).write_text(json.dumps(figures), encoding="utf-8")
