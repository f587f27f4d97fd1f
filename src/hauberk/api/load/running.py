"""A load test against the running installation, in an organization of its own, kept as a signed record."""

import asyncio
import os
import secrets
import time
from typing import Any

import httpx2

from hauberk.api.load.generator import Generator, Person
from hauberk.api.load.measuring import Processor, holds
from hauberk.api.load.model import MINUTES, plan, report
from hauberk.features.identity.context import Context, opened
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.readiness import probing, records
from hauberk.infra.readiness import Outcome, Probe, Record, RecordKind
from hauberk.infra.readiness.processes import alive
from hauberk.infra.settings import Settings
from hauberk.kit import clock

PEOPLE = 50
"""So many different sessions; more people share them, as the server's work is the same."""
SETTLE_SECONDS = 60.0


async def run(
    settings: Settings, *, users: int, minutes: float = MINUTES, streams: int | None = None
) -> Record:
    """`users` as the model has them; `streams` opens another number of event streams."""
    async with (
        opened(settings, application_name="hauberk-load") as context,
        probing.from_inside(context) as probe,
    ):
        began = clock.now()
        outcome = await _measure(context, probe, users, minutes, users if streams is None else streams)
        return await records.keep(context, RecordKind.BENCH, "load", outcome, began)


async def _measure(context: Context, probe: Probe, users: int, minutes: float, streams: int) -> Outcome:
    email, password = f"load-{secrets.token_hex(6)}@hauberk.invalid", secrets.token_urlsafe(18)
    await _make_account(context, email, password)
    url = context.settings.base_url
    people = await _sign_in(url, email, password)
    generator = Generator(url, people, email=email, password=password)
    try:
        await _fill(url, people[0])
        await generator.open_streams(streams)
        serving = [each.detail["pid"] for each in await alive(probe, "api")]
        planned = list(plan(users, minutes * 60))
        before, began = Processor.now(serving), time.monotonic()
        await generator.run(planned)
        seconds = time.monotonic() - began
        measured = generator.measured
        costs = Processor.now(serving).since(before, measured.requests, seconds)
        figures = {
            "users": users,
            "minutes": minutes,
            "cores": os.cpu_count(),
            "processes": len(serving),
            "requests_per_second": round(measured.requests / seconds, 1),
            **measured.figures(),
            **costs,
        }
    finally:
        await generator.close()
    return Outcome(holds(figures), _sentence(figures), figures)


def _sentence(figures: dict[str, Any]) -> str:
    return (
        f"{figures['users']:,} users with {figures['streams_open']:,} open streams for {figures['minutes']:g} minutes on"
        f" {figures['cores']} cores: {figures['requests']:,} requests ({figures['requests_per_second']:g} a second),"
        f" {figures['error_share']:.2%} errors, p95 {figures['p95_ms']:g} ms from the intended start; the generator took"
        f" {figures['generator_cores']:g} cores of the same machine."
    )


async def _make_account(context: Context, email: str, password: str) -> None:
    async with context.sessions.transaction() as session:
        await CredentialRepository(session).create_account(
            email=email,
            name="Load",
            password_hash=await context.passwords.hash(password),
            organization=f"Load {secrets.token_hex(3)}",
            key_ring=context.key_ring,
            first=False,
        )


async def _sign_in(url: str, email: str, password: str) -> list[Person]:
    people: list[Person] = []
    while len(people) < PEOPLE:
        async with httpx2.AsyncClient(base_url=url, timeout=30, headers={"Origin": url}) as http:
            answer = await http.post("/api/v1/auth/login", json={"email": email, "password": password})
            if answer.status_code == 429:
                await asyncio.sleep(int(answer.headers.get("retry-after", 5)))
                continue
            token = answer.raise_for_status().json()["csrf_token"]
            cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        people.append(Person({"Cookie": cookie, "X-CSRF-Token": token, "Origin": url}))
    return people


async def _fill(url: str, person: Person) -> None:
    """Ten reports, so that lists and dashboards have something to show."""
    async with httpx2.AsyncClient(base_url=url, timeout=60, headers=person.headers) as http:
        sent = []
        for number in range(10):
            answer = await http.post(
                "/api/v1/scans",
                data={"asset": f"load {number}", "format": "sarif"},
                files={"file": ("load.sarif", report(number))},
            )
            sent.append(answer.raise_for_status().json()["id"])
        deadline = time.monotonic() + SETTLE_SECONDS
        for scan in sent:
            while time.monotonic() < deadline:
                found = (await http.get(f"/api/v1/scans/{scan}")).json()
                if found.get("state") in ("done", "held", "failed"):
                    break
                await asyncio.sleep(0.5)
