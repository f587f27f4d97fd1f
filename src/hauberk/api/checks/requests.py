"""The requests that several checks look at, sent once."""

import httpx2

from hauberk.features.readiness import probe_key
from hauberk.infra.readiness import Probe
from hauberk.infra.security_headers import REPORTS_PATH

OPTIONS = "/api/v1/auth/options"
UPLOAD = "/api/v1/scans"
STREAM = "/api/v1/events"
FAULT = "Look whether the proxy in front drops or changes answers; if none does, report this: it is a fault of the product."


def key(probe: Probe) -> dict[str, str]:
    """What opens the probe routes."""
    return {probe_key.HEADER: probe_key.make(probe.inside.settings.key_ring)}


async def refusals(probe: Probe) -> dict[int, httpx2.Response]:
    """One of each, the last two from routes that fail on purpose and that only who has the secret keys can call."""

    async def refuse() -> dict[int, httpx2.Response]:
        http = probe.site.http
        plain = {"Content-Type": "text/plain"}
        return {
            404: await http.get("/api/v1/no-such-place"),
            405: await http.delete(OPTIONS, headers={"Authorization": "none"}),
            406: await http.get(OPTIONS, headers={"Accept": "image/png"}),
            415: await http.post(REPORTS_PATH, content=b"a report", headers=plain),
            422: await http.get(f"{probe_key.PATH}/number?value=many", headers=key(probe)),
            500: await http.get(f"{probe_key.PATH}/failure", headers=key(probe)),
        }

    return await probe.once("refusals", refuse)
