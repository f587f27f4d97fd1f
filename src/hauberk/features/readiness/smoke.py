"""Smoke test: the core flow through a running site, and the record of it where this is its installation."""

from pathlib import Path
from typing import Final

import httpx2

from hauberk.features.identity.context import Context
from hauberk.features.readiness import probing, records, tenant
from hauberk.features.readiness.core_flow import BrokenFlowError, Flow, Step
from hauberk.infra.readiness import Outcome, RecordKind
from hauberk.kit import clock

SECONDS: Final = 30.0
RECORD: Final = "smoke"


async def go(url: str, email: str, password: str, *, authority: Path | None = None) -> list[Step]:
    """With an account of that site. Raises BrokenFlowError at the first step that does not do what it must."""
    headers = {"User-Agent": "hauberk-smoke"}
    trusted = probing.trusting(authority)
    async with httpx2.AsyncClient(base_url=url, verify=trusted, timeout=SECONDS, headers=headers) as http:
        return await Flow(http, url).go(email, password)


async def go_here(context: Context, url: str = "") -> list[Step]:
    """In the probe tenant of this installation, with a record. Raises BrokenFlowError, after that was kept too."""
    site = url or context.settings.base_url
    began = clock.now()
    try:
        async with (
            tenant.alone(context.sessions.engine),
            tenant.account(context, "smoke") as (email, password),
        ):
            steps = await go(site, email, password, authority=context.settings.tls.ca)
    except BrokenFlowError as error:
        outcome = Outcome(has_passed=False, evidence=f"{site}: {error}")
        await records.keep(context, RecordKind.TEST, RECORD, outcome, began)
        raise
    figures = {step.name: step.milliseconds for step in steps}
    seen = f"{site}: {len(steps)} steps in {sum(figures.values())} ms"
    outcome = Outcome(has_passed=True, evidence=seen, figures=figures)
    await records.keep(context, RecordKind.TEST, RECORD, outcome, began)
    return steps
