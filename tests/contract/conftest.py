"""One `hauberk serve` on real servers for all tests of this folder, and two tenants who have one of everything."""

import asyncio
import base64
import itertools
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as profile
from sqlalchemy import NullPool, create_engine, text

from factories import reports
from factories.forms import HEADERS, field, file, form
from factories.working import working
from fixtures.api import PASSWORD, Member, new_member
from fixtures.nodes import answer, environment_on, free_port, member_of, serve_command, started
from hauberk.db.url import driver_url
from hauberk.domain.permissions import Role
from hauberk.features.identity.context import opened
from hauberk.infra.settings.loading import read_settings
from hauberk.jobs.outbox import relay
from hauberk.jobs.queues import Queue

MAX_LOOKS = 100
_HOSTS = itertools.count()
LIMITLESS = "1000000/minute"
profile.register_profile(
    "contract",
    deadline=None,
    database=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Tenant:
    """An organization, its administrator, and the names of what it has: by the parameter that takes them."""

    member: Member
    known: dict[str, list[str]]


@dataclass(frozen=True)
class Site:
    url: str
    kept: Tenant
    doomed: Tenant

    def tenant(self, method: str, path: str) -> Tenant:
        """What takes something away does so where nobody else looks for it."""
        takes_away = method == "delete" or path.endswith(("/undo", "/discard", "/cancel", "/password"))
        return self.doomed if takes_away else self.kept

    def session(self, member: Member) -> tuple[str, str]:
        """A new browser session: its cookie, and the token that goes with writes.

        From an address of its own: whoever tries wrong passwords elsewhere keeps nobody out here.
        """
        address = f"198.51.100.{next(_HOSTS) % 254 + 1}"
        with httpx2.Client(base_url=self.url, headers={"X-Forwarded-For": address}, timeout=30) as client:
            told = client.post("/api/v1/auth/login", json={"email": member.email, "password": PASSWORD})
            assert told.status_code == 200, told.text
            return f"hauberk={told.cookies['hauberk']}", told.json()["csrf_token"]


@pytest.fixture(scope="module")
def site(tmp_path_factory, settings, owner_url):
    folder: Path = tmp_path_factory.mktemp("contract")
    own = {
        "HAUBERK_DATABASE_OWNER_URL": owner_url,
        "HAUBERK_HOME": str(folder / "home"),
        "HAUBERK_PORT": str(free_port()),
        "HAUBERK_WORKERS": "1",
        "HAUBERK_HTTP_NOTICE_SECONDS": "0",
        "HAUBERK_STORAGE_MIN_FREE": "0",
        "HAUBERK_HTTP_TRUSTED_PROXIES": "127.0.0.1",
        **{f"HAUBERK_RATE_LIMIT_{name}": LIMITLESS for name in ("DEFAULT", "USER", "UPLOADS", "SIGN_IN")},
    }
    environment = environment_on(settings, **own)
    with started(serve_command(), environment, log=folder / "serve.log") as process:
        url = f"http://127.0.0.1:{own['HAUBERK_PORT']}"
        assert answer(f"{url}/health/ready", process)[0] == 200
        tenants = [_tenant(url, environment) for _ in range(2)]
        with _operating(owner_url, [each.member.organization_id for each in tenants]):
            yield Site(url, *tenants)


@contextmanager
def _operating(owner_url: str, organizations: list[int]):
    """As if they ran the installation, so that nothing is kept from them; other tests find it as it was."""
    engine = create_engine(driver_url(owner_url), poolclass=NullPool)

    def run_it(purpose: str) -> None:
        with engine.begin() as owner:
            change = text("update organization set purpose = :purpose where id = any(:ids)")
            owner.execute(change, {"purpose": purpose, "ids": organizations})

    run_it("operator")
    yield
    run_it("customer")


def _tenant(url: str, own: dict[str, str]) -> Tenant:
    member = member_of(own)
    parameters = read_settings(own, servers=False)

    async def colleague() -> Member:
        async with opened(parameters) as context:
            return await new_member(context, member.organization_id, Role.MEMBER)

    person = asyncio.run(colleague())
    with httpx2.Client(base_url=f"{url}/api/v1", headers=member.headers, timeout=30) as api:
        return Tenant(member, _Made(api).everything(parameters, person))


class _Made:
    """One of everything that a request can name, made as people make it."""

    def __init__(self, api: httpx2.Client) -> None:
        self._api = api

    def everything(self, parameters, person: Member) -> dict[str, list[str]]:
        self._import(parameters)
        user = next(each["id"] for each in self._list("users") if each["email"] == person.email)
        schedule = self._post("on-call/schedules", _schedule(user))
        channel = self._post(
            "notification-channels",
            {"kind": "webhook", "name": "hook", "configuration": {"url": "https://hooks.example.org/x"}},
        )
        account, first = self._account({"name": "ci", "role": "member", "scopes": ["*"]})
        self._api.post(f"notification-channels/{channel}/trial").raise_for_status()
        upload = self._api.post(
            "uploads",
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": "9",
                "Upload-Metadata": "filename " + base64.b64encode(b"a.json").decode(),
            },
        )
        findings = [each["id"] for each in self._list("findings")]
        return {
            "alert_id": [self._post("alerts/page-tests", {"user_id": user})],
            "asset_id": [each["id"] for each in self._list("assets")],
            "asset": [each["id"] for each in self._list("assets")],
            "finding_id": findings[:3],
            "other_id": findings[3:],
            "scan_id": [each["id"] for each in self._list("scans")],
            "part_of": [each["id"] for each in self._list("scans")],
            "job_id": [each["id"] for each in self._list("jobs")],
            "vulnerability_id": [each["id"] for each in self._list("vulnerabilities")],
            "component_id": [each["id"] for each in self._list("components")],
            "user_id": [user],
            "user": [user],
            "token_id": [self._post("tokens", {"name": "ci", "scopes": ["findings:read"]})],
            "account_id": [account],
            "secret_id": [first],
            "invitation_id": [self._post("invitations", {"email": "new@example.org", "role": "viewer"})],
            "mapping_id": [self._post("mappings", MAPPING)],
            "channel_id": [channel],
            "channel": [channel],
            "delivery_id": [each["id"] for each in self._list("notification-deliveries")],
            "schedule_id": [schedule],
            "override_id": [self._post(f"on-call/schedules/{schedule}/overrides", _override(user))],
            "policy_id": [self._post("escalation-policies", _policy(schedule))],
            "due_policy_id": [self._post("policies", {"name": "general", "days": {"high": 30}})],
            "view_id": [self._post("findings/views", {"name": "late", "q": "is:overdue"})],
            "upload_id": [upload.headers["location"].rpartition("/")[2]],
            "row": ["TST-3", "SEC-1"],
            "name": ["main", "job_failures", "JobsFailing"],
            "q": ["severity:critical,high is:open", "is:new cvss:>7", "-is:open shop", "(", 'asset:"shop"'],
            "as_of": ["2026-01-31", "2026-01-31T12:00:00Z"],
            "confirm": ["shop"],
        }

    def _import(self, parameters) -> None:
        body = form(field("asset", "shop"), field("ref", "main"), file(reports.packages(6)))
        self._api.post("scans", content=body, headers=HEADERS).raise_for_status()
        with working(parameters) as worker:
            worker(Queue.IMPORT)
            # The server tells what happened as well, and may have taken the event.
            for _ in range(MAX_LOOKS):
                relay(worker.engine)
                worker(Queue.DEFAULT)
                if self._api.get("components").json()["items"]:
                    break
                time.sleep(0.1)

    def _account(self, body: dict) -> tuple[str, str]:
        made = self._api.post("service-accounts", json=body).json()
        (listed,) = self._list("service-accounts")
        assert listed["id"] == made["client_id"]
        return made["client_id"], listed["secrets"][0]["id"]

    def _post(self, path: str, body: dict) -> str:
        told = self._api.post(path, json=body)
        assert told.status_code in (200, 201, 202), f"{path}: {told.text}"
        return str(told.json()["id"])

    def _list(self, path: str) -> list[dict]:
        told = self._api.get(path, params={"limit": 10})
        assert told.status_code == 200, f"{path}: {told.text}"
        found = told.json()["items"]
        assert found, f"there are no {path}: {json.dumps(told.json())}"
        return list(found)


MAPPING = {
    "document": "mapping: 1\nid: acme-scan\nscanner: Acme Scan\nkind: dast\nitems: {json: alerts.item}\n"
    "finding:\n  title: name\n  severity: level\n  rule_id: check\nlocations: {url: url}\n"
}


def _schedule(user: str) -> dict:
    layer = {"name": "First", "people": [user], "first_handover": "2026-01-05T09:00:00"}
    layer["hours"] = [{"begins": "18:00", "ends": "08:00"}]
    return {"name": "Operations", "time_zone": "Europe/Berlin", "layers": [layer]}


def _override(user: str) -> dict:
    return {"user_id": user, "starts_at": "2090-12-24T17:00:00Z", "ends_at": "2090-12-27T08:00:00Z"}


def _policy(schedule: str) -> dict:
    step = {"after_minutes": 0, "notify": [{"kind": "schedule", "id": schedule}]}
    return {"name": "Operations", "steps": [step]}
