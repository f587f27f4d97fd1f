"""The rows of the checklist for production: their ids, what must be true, how urgent it is and where it is enforced."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["must", "should", "nice", "expected"]


@dataclass(frozen=True, slots=True)
class Row:
    """`needed_in_production` rows warn on a developer's laptop and fail in staging and production."""

    id: str
    group: str
    level: Level
    needed_in_production: bool
    title: str


_TEXT = """
SEC Security
1 P must The signing secret is random, long enough and can be rotated
2 P must No secret in code, image, log or history
3 P must HTTPS only, with a valid certificate
4 P must CORS lists exact origins
5 D should Rate limits on every route, shared by all processes
6 D expected Uploads are checked by content and bounded
7 P expected Dependencies have no known vulnerability
8 D expected Security headers on every response
INF Infrastructure and deployment
1 P should Several worker processes behind one socket
2 P must The database pool fits the server
3 P must Backups are recent, encrypted and restored to prove them
4 P nice Environments are separate
5 P expected A load balancer's configuration, in step with the application
6 D expected Health, liveness and readiness say what is so
7 D expected Every hot query has its index
PERF Performance: back end
1 D should What is read often is cached, and right after a change
2 D expected No query per row; slow queries are known
3 D expected Every list is paged, with a hard maximum
4 D expected Answers are compressed
5 D expected Costly results are cached, per tenant
6 D expected Large uploads stream in constant memory, and resume
7 D expected Background jobs on Dramatiq with Redis
8 D expected Connection pools have bounds
9 D expected Worker pools fit the machine
10 D expected Requests end after 30 seconds
11 D expected Heavy work is never done inside a request
12 P expected Redis has a memory bound, and the queue never evicts
13 D expected Circuit breakers around every external service
WEB Performance: front end
1 D expected A production build: minified, hashed, compressed beforehand
2 D expected Pages are loaded when they are needed
3 D expected A service worker: offline shell and update prompt
4 D expected It works on a phone and a tablet
5 D expected Errors are for people
6 D expected Destructive actions ask first
7 P expected No debug code is left
8 D expected Assets may come from a CDN
OBS Monitoring and logging
1 D nice Redis metrics
2 D nice Queue depth and processing time
3 D nice User activity metrics
4 D nice Upload success and failure by scanner
5 D nice Business metrics
6 P should Errors are tracked, without personal data
7 D expected Structured access logs
8 P expected Uptime checks from outside
9 D expected Database monitoring
10 D expected Logs never hold secrets or report contents
11 P nice Distributed traces
12 P expected Logs leave the machine
ERR Error handling
1 D expected One global handler, problem documents
2 D expected Right status codes, documented
3 D expected Retries with backoff, jitter and an end
4 D expected A time limit on every external call
5 D expected A graceful end loses nothing
6 D expected Wrong requests are told which field
7 D expected Fallbacks: it degrades, says so, and recovers
ALR Alerting
1 P expected High error rate
2 P expected Latency spikes
3 P expected Database connection trouble
4 P expected Disk space
5 P expected Failed background jobs
6 P expected Security events
7 P expected On-call rotation
8 P expected Paging and chat channels
TST Testing
1 D expected 80 % of lines and branches are covered
2 D expected Integration tests on real servers
3 D expected API tests and contract fuzzing
4 P should A load test at twice the expected users
5 D expected Smoke tests in a real browser
CFG Configuration
1 D expected .env files for development, staging and production
2 D expected .env.example documents every variable
3 D expected .env is ignored by git
4 D expected The start validates all settings at once
DEL Delivery
1 P nice Tests run on every push
2 P nice Security scanning on every push
3 P nice Automated dependency updates
4 P nice Deployment is code
5 P nice Staging deploys itself, production by promotion
6 P expected Migrations are safe and at head
7 P expected A rollback plan, rehearsed
8 P should Documentation and runbooks
LCH Launch day
1 P expected A snapshot before launch, rollback at hand
2 P expected Logs are watched live
3 P expected The core flow works on the live system
4 P expected TLS is verified
CAP Capacity
0 P expected 1,000 concurrent users on one machine
1 P expected 10,000 concurrent users
2 P expected 100,000 concurrent users and more
"""


def _read(text: str) -> dict[str, Row]:
    """A line of capitals begins a group; the others are number, environment (D or P), level and title."""
    rows: dict[str, Row] = {}
    prefix = group = ""
    for line in text.strip().splitlines():
        first, rest = line.split(maxsplit=1)
        if first.isupper():
            prefix, group = first, rest
            continue
        environment, level, title = rest.split(maxsplit=2)
        row = Row(f"{prefix}-{first}", group, _level(level), environment == "P", title)
        rows[row.id] = row
    return rows


def _level(word: str) -> Level:
    levels: dict[str, Level] = {"must": "must", "should": "should", "nice": "nice", "expected": "expected"}
    return levels[word]


ROWS = _read(_TEXT)
