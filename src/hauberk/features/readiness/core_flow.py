"""The core flow over HTTP, as a person goes it: sign in, upload a report, see what it found, clean up behind.

It speaks to any installation; whose account it uses decides whose organization it happens in.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

API: Final = "/api/v1"
SCAN_SECONDS: Final = 60.0
_PROBLEM: Final = "application/problem+json"
_SEVERITIES: Final = ("error", "warning", "note")


class BrokenFlowError(Exception):
    """A step did not do what it must; the message says which, and what came instead."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    milliseconds: int


@dataclass
class Flow:
    """One pass. `look` is called while the findings are there."""

    http: httpx2.AsyncClient
    origin: str
    steps: list[Step] = field(default_factory=list)
    csrf_token: str = ""
    asset: str = field(default_factory=lambda: f"probe-{secrets.token_hex(6)}")
    _asset_id: str | None = None

    async def go(
        self, email: str, password: str, *, look: Callable[["Flow"], Awaitable[None]] | None = None
    ) -> list[Step]:
        async with self._step("sign in"):
            await self._sign_in(email, password)
        async with self._afterwards(lambda: self._call("POST", "/auth/logout", 204)):
            before = await self._open_findings()

            async def also() -> None:
                async with self._step("view vulnerabilities"):
                    await self._see_vulnerabilities()
                async with self._step("see the overview count them"):
                    await self._expect_open(before + len(_SEVERITIES))
                if look is not None:
                    await look(self)

            await self.upload_and_see(also)
        return self.steps

    async def upload_and_see(self, also: Callable[[], Awaitable[None]] | None = None) -> list[Step]:
        """As whoever the client is signed in as. `also` is done while the findings are there.

        The asset is made before the report is sent: it can be deleted whether or not somebody has read that by then, and
        whoever reads it later finds no asset to put it into.
        """
        async with self._afterwards(self._clean):
            async with self._step("upload a report"):
                self._asset_id = await self._make_asset()
                scan = await self._upload(self._asset_id)
            async with self._step("read it"):
                await self._wait(scan)
            async with self._step("view its findings"):
                await self._see_findings()
            if also is not None:
                await also()
        return self.steps

    @asynccontextmanager
    async def _afterwards(self, tidy: Callable[[], Awaitable[Any]]) -> AsyncIterator[None]:
        """Whatever happens. What broke first stays the news, and what could not be tidied is said behind it."""
        broken: BrokenFlowError | None = None
        try:
            yield
        except BrokenFlowError as error:
            broken = error
            raise
        finally:
            try:
                await tidy()
            except BrokenFlowError as left:
                if broken is None:
                    raise
                raise BrokenFlowError(f"{broken}; then {left}") from broken

    async def _sign_in(self, email: str, password: str) -> None:
        signed_in = await self._call("POST", "/auth/login", 200, json={"email": email, "password": password})
        self.csrf_token = signed_in.json()["csrf_token"]

    async def _make_asset(self) -> str:
        made = await self._call("POST", "/assets", 201, json={"name": self.asset})
        return str(made.json()["id"])

    async def _upload(self, asset: str) -> str:
        files = {
            "file": (f"{self.asset}.sarif", json.dumps(_report(self.asset)).encode(), "application/json")
        }
        accepted = await self._call("POST", "/scans", 202, files=files, data={"asset": asset})
        return str(accepted.json()["id"])

    async def _wait(self, scan: str) -> None:
        deadline = time.monotonic() + SCAN_SECONDS
        while time.monotonic() < deadline:
            found = (await self._call("GET", f"/scans/{scan}", 200)).json()
            if found["state"] == "done":
                return
            if found["state"] not in ("accepted", "running"):
                raise BrokenFlowError(f"the scan is {found['state']}: {found['error']}")
            await asyncio.sleep(0.2)
        raise BrokenFlowError(f"no worker had read the report after {SCAN_SECONDS:g} seconds")

    async def _see_findings(self) -> None:
        query = {"q": f"asset:{self.asset} is:open"}
        page = (await self._call("GET", "/findings", 200, params=query)).json()
        _expect("findings", page["total"], len(_SEVERITIES))
        await self._call("GET", f"/findings/{page['items'][0]['id']}", 200)

    async def _see_vulnerabilities(self) -> None:
        page = (await self._call("GET", "/vulnerabilities", 200)).json()
        if not page["items"]:
            raise BrokenFlowError("the list of vulnerabilities is empty")

    async def _open_findings(self) -> int:
        overview = (await self._call("GET", "/dashboard", 200)).json()
        return int(overview["open"]["total"])

    async def _expect_open(self, wanted: int) -> None:
        """Counts are folded within a second or two."""
        seen = -1
        for _ in range(50):
            seen = await self._open_findings()
            if seen == wanted:
                return
            await asyncio.sleep(0.2)
        _expect("open findings in the overview", seen, wanted)

    async def _clean(self) -> None:
        if self._asset_id is None:
            return
        try:
            async with self._step("clean up"):
                sure = {"confirm": self.asset}
                await self._call("DELETE", f"/assets/{self._asset_id}", 204, params=sure)
        except BrokenFlowError as error:
            raise BrokenFlowError(f"{error}; the asset {self.asset} is still there") from error

    async def _call(self, method: str, path: str, wanted: int, **options: Any) -> httpx2.Response:
        headers = {"Origin": self.origin}
        if method != "GET":
            headers["X-CSRF-Token"] = self.csrf_token
        try:
            answer = await self.http.request(method, f"{API}{path}", headers=headers, **options)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise BrokenFlowError(f"{self.origin} cannot be reached: {_why(error)}") from error
        except httpx2.HTTPError as error:
            raise BrokenFlowError(f"{method} {path} was not answered: {_why(error)}") from error
        if answer.status_code != wanted:
            raise BrokenFlowError(f"{method} {path} answered {answer.status_code}{_instead(answer)}")
        return answer

    @asynccontextmanager
    async def _step(self, name: str) -> AsyncIterator[None]:
        began = time.monotonic()
        try:
            yield
        except BrokenFlowError as error:
            raise BrokenFlowError(f"{name}: {error}") from error
        except (ValueError, LookupError, TypeError) as error:  # no JSON, or none with what is wanted of it
            raise BrokenFlowError(
                f"{name}: what was answered is not what Hauberk answers: is it at {self.origin}?"
            ) from error
        self.steps.append(Step(name, round((time.monotonic() - began) * 1000)))


def _why(error: httpx2.HTTPError) -> str:
    return str(error) or type(error).__name__


def _instead(answer: httpx2.Response) -> str:
    """What a person has to know of an answer that was not wanted."""
    if where := answer.headers.get("location"):
        return f", to {where[:200]}: give that address"
    kind = answer.headers.get("content-type", "no type").partition(";")[0]
    if kind != _PROBLEM:
        return f" with {kind}: not Hauberk, but something in front of it or in its place"
    problem = answer.json()
    named = "".join(f" {each['pointer']}: {each['message']}" for each in problem.get("errors", ()))
    return f": {problem['detail']}{named} (request {problem['request_id']})"


def _expect(what: str, seen: int, wanted: int) -> None:
    if seen != wanted:
        raise BrokenFlowError(f"{seen} {what} instead of {wanted}")


def _report(name: str) -> dict[str, Any]:
    """SARIF with one result of each level."""
    results = [
        {
            "ruleId": f"{name}.{level}",
            "level": level,
            "message": {"text": f"A made-up {level}, for a test of the core flow"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "src/probe.py"},
                        "region": {"startLine": line, "snippet": {"text": f"probe({line})"}},
                    }
                }
            ],
        }
        for line, level in enumerate(_SEVERITIES, start=10)
    ]
    driver = {"name": "Hauberk probe", "version": "1.0.0", "rules": []}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
