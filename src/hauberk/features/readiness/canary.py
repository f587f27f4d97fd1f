"""The canary: every five minutes a small report goes all the way that customers' reports go, so that a break is news at once.

Through the running site, in the probe tenant: uploaded, read by a worker, its findings looked at, all of it deleted.
"""

from typing import Any, Final

from hauberk.features.identity.context import Context
from hauberk.features.readiness import tenant
from hauberk.features.readiness.core_flow import Flow
from hauberk.infra.readiness import Site
from hauberk.infra.settings import Settings

KIND: Final = "readiness.upload_canary"


def is_on(settings: Settings) -> bool:
    wanted = settings.readiness.canary
    return settings.environment.is_exposed if wanted is None else wanted


async def go(context: Context, site: Site) -> dict[str, Any]:
    """How long it took, step by step. Raises BrokenFlowError at the first step that does not do what it must."""
    async with (
        tenant.alone(context.sessions.engine),
        tenant.offered(context) as open_tenant,
        site.stranger() as http,
    ):
        http.headers.update({"User-Agent": "hauberk-canary", **(await open_tenant()).headers})
        steps = await Flow(http, site.url).upload_and_see()
    took = {step.name: step.milliseconds for step in steps}
    return {"milliseconds": sum(took.values()), "steps": took}
