"""Whom the people of a load test are, and what each of their acts asks the site for."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.cookiejar import Cookie
from ssl import SSLContext
from typing import Any
from urllib.parse import quote_plus

import gevent
from locust.contrib.fasthttp import FastHttpSession
from locust.event import EventHook

from hauberk.api.load.model import ASSETS, Planned, report

MOST_SESSIONS = 50
"""So many before it begins; who has not signed in yet shares one, as the server's work is the same."""
SETTLE_SECONDS = 60.0
RETRY_SECONDS = 5.0
_LIMITED = "Signing in, as fast as HAUBERK_RATE_LIMIT_SIGN_IN allows: it has begun when people are spawned."
ENDED = ("done", "held", "failed")
QUERIES = (
    "is:open",
    "is:open severity:medium,high",
    'is:open asset:"load 3"',
    "is:open path:src/4/",
    "has:fix",
)


@dataclass(frozen=True)
class SignedIn:
    """Cookie and token against forgery."""

    headers: dict[str, str]

    @classmethod
    def of(cls, answer: Any, cookies: Iterable[Cookie] | None) -> "SignedIn":
        cookie = "; ".join(f"{each.name}={each.value}" for each in cookies or ())
        return cls({"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf_token"]})


class Visitors:
    """One account with many sessions, and something to look at."""

    def __init__(self, host: str, email: str, password: str) -> None:
        self.host, self.email, self.password = host, email, password
        self.sessions: list[SignedIn] = []
        self.findings: list[str] = []

    @classmethod
    def arrive(cls, host: str, trusted: Callable[[], SSLContext], users: int) -> "Visitors":
        """Signed in, with reports sent. The account is the environment's."""
        account = [os.environ.get(f"HAUBERK_LOAD_{part}", "") for part in ("EMAIL", "PASSWORD")]
        if not all(account):
            raise SystemExit("Say in HAUBERK_LOAD_EMAIL and HAUBERK_LOAD_PASSWORD with which account.")
        made = cls(host, *account)
        is_told = False
        while len(made.sessions) < min(users, MOST_SESSIONS):
            client = _client(host, trusted)
            answer = client.post("/api/v1/auth/login", **made.credentials())
            if answer.status_code == 429:
                if not is_told:
                    sys.stderr.write(f"{_LIMITED}\n")
                is_told = True
                gevent.sleep(RETRY_SECONDS)
                continue
            answer.raise_for_status()
            made.sessions.append(SignedIn.of(answer, client.client.cookiejar))
        made._fill(_client(host, trusted))
        return made

    def one(self, number: int) -> SignedIn:
        return self.sessions[number % len(self.sessions)]

    def credentials(self) -> dict[str, Any]:
        return {
            "json": {"email": self.email, "password": self.password},
            "headers": {"Origin": self.host},
        }

    def _fill(self, client: FastHttpSession) -> None:
        """Ten reports, so that lists and dashboards have something to show."""
        headers = self.sessions[0].headers
        sent = []
        for number in range(len(ASSETS)):
            answer = client.post("/api/v1/scans", **upload(number, self.host, self.sessions[0]))
            answer.raise_for_status()
            sent.append(answer.json()["id"])
        deadline = time.monotonic() + SETTLE_SECONDS
        for scan in sent:
            while time.monotonic() < deadline:
                if client.get(f"/api/v1/scans/{scan}", headers=headers).json().get("state") in ENDED:
                    break
                gevent.sleep(0.5)
        # Of all assets: people work on many, and what is done to one waits for its imports.
        for asset in ASSETS:
            found = client.get(_listed(f'asset:"{asset}"', 20), headers=headers).json()
            self.findings += [each["id"] for each in found["items"]]


def _client(host: str, trusted: Callable[[], SSLContext]) -> FastHttpSession:
    """What it asks is no part of the measurement."""
    return FastHttpSession(host, EventHook(), user=None, insecure=False, ssl_context_factory=trusted)


def asked(planned: Planned, by: SignedIn, visitors: Visitors) -> tuple[str, str, dict[str, Any]]:
    """Method, path and the rest."""
    headers = {**by.headers, "Origin": visitors.host}
    some = planned.user + int(planned.at)
    finding = visitors.findings[some % len(visitors.findings)] if visitors.findings else ""
    match planned.act:
        case "sign-in":
            return "POST", "/api/v1/auth/login", visitors.credentials()
        case "upload":
            return "POST", "/api/v1/scans", upload(planned.user, visitors.host, by)
        case "write":
            triage = "in_triage" if some % 2 else "open"
            return "PATCH", f"/api/v1/findings/{finding}", {"headers": headers, "json": {"triage": triage}}
        case "list":
            return "GET", _listed(QUERIES[some % len(QUERIES)], 50), {"headers": headers}
        case "detail":
            return "GET", f"/api/v1/findings/{finding}", {"headers": headers}
        case "dashboard":
            return "GET", "/api/v1/dashboard", {"headers": headers}


def _listed(query: str, limit: int) -> str:
    return f"/api/v1/findings?limit={limit}&q={quote_plus(query, safe=':,/')}"


def upload(number: int, host: str, by: SignedIn) -> dict[str, Any]:
    """A form with a report of 500 findings."""
    boundary = secrets.token_hex(12)
    fields = {"asset": ASSETS[number % len(ASSETS)], "format": "sarif"}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="load.sarif"\r\n\r\n'
    body = "".join([*parts, head, report(number).decode(), f"\r\n--{boundary}--\r\n"])
    content_type = f"multipart/form-data; boundary={boundary}"
    return {"data": body, "headers": {**by.headers, "Origin": host, "Content-Type": content_type}}
