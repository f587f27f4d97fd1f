"""Which other origins may call, tried by preflights."""

from urllib.parse import urlsplit

from hauberk.api.checks.requests import OPTIONS, STREAM, UPLOAD
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness
from hauberk.infra.readiness.in_force import agreed, running

FOREIGN = "https://foreign.example"
ELSEWHERE = ("/", UPLOAD, "/api/v1/uploads", STREAM)
"""Places that a proxy treats in a way of their own."""
LOCAL = ("localhost", "127.0.0.1", "::1")
ON_A_LAPTOP = ("http://localhost:3000", "http://localhost:5173", "http://127.0.0.1:8000")
"""Where developers' pages come from, which the settings of a running server may list other than those looked at here."""
_LIST = "List exact origins in HAUBERK_CORS_ORIGINS."


@readiness("SEC-4", from_outside=True)
async def origins(probe: Probe) -> Answer:
    """A foreign page, names that only look like ours, and each origin that is allowed."""
    serving = [] if probe.installation is None else await running(probe, "api", "HAUBERK_CORS")
    listed = () if probe.installation is None else probe.inside.settings.cors.origins
    known = dict.fromkeys((*listed, *(origin for each in serving for origin in each.settings.cors.origins)))
    url = urlsplit(probe.site.url)
    alike = {f"{each}.foreign.example" for each in (*known, f"{url.scheme}://{url.hostname}")}
    if probe.installation is None or probe.inside.settings.environment.is_exposed:
        alike |= set(ON_A_LAPTOP)
    alike.discard(probe.site.url)
    for origin in (FOREIGN, "null", *sorted(alike)):
        if await _preflight(probe, origin) in (origin, "*") or await _read(probe, origin) in (origin, "*"):
            return failed(f"A page of {origin} may call the API.", _LIST)
    for path in ELSEWHERE:
        if {await _preflight(probe, FOREIGN, path), await _read(probe, FOREIGN, path)} & {FOREIGN, "*"}:
            return failed(
                f"A page of {FOREIGN} may call {path}, though not {OPTIONS}.",
                "Look which places the proxy in front gives headers of their own.",
            )
    if probe.installation is None:
        return passed(f"{2 + len(alike)} foreign origins refused (partial: the allowed are not known here).")
    local = [origin for origin in known if urlsplit(origin).hostname in LOCAL]
    if local and probe.inside.settings.environment.is_exposed:
        return failed(f"{', '.join(local)} may call the API.", _LIST)
    taken = [origin for origin in known if await _preflight(probe, origin) == origin]
    if refused := [origin for origin in listed if origin not in taken]:
        return failed(f"{refused[0]} is listed and refused.", "Restart the API with the settings you meant.")
    allowed = ", ".join(taken) or "none is listed, so none is allowed"
    seen = passed(f"{2 + len(alike)} foreign origins, null and similar names refused; allowed: {allowed}.")
    return agreed(seen, serving)


async def _preflight(probe: Probe, origin: str, path: str = OPTIONS) -> str | None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = await probe.site.http.options(path, headers=headers)
    found: str | None = answer.headers.get("access-control-allow-origin")
    return found


async def _read(probe: Probe, origin: str, path: str = OPTIONS) -> str | None:
    answer = await probe.site.http.get(path, headers={"Origin": origin})
    found: str | None = answer.headers.get("access-control-allow-origin")
    if found is None and answer.is_server_error:
        answer.raise_for_status()  # what answers nobody has refused nobody
    return found
