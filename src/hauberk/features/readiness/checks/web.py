"""What a browser or a client meets, by real requests to the running site: headers, origins, errors, health, pages."""

from typing import Any
from urllib.parse import urlsplit

import httpx2

from hauberk.features.readiness import probe_key
from hauberk.infra.readiness import Answer, Probe, failed, passed, readiness, warned

FOREIGN = "https://foreign.example"
INSIDE = ("Traceback", "site-packages", "sqlalchemy", "psycopg", "SELECT ", '.py"')
OPTIONS = "/api/v1/auth/options"
_FAULT = "Report this; it is a fault of the product."


@readiness("SEC-4", from_outside=True)
async def origins(probe: Probe) -> Answer:
    """Preflights: one from a foreign page, one from each origin that is allowed."""
    foreign = await _preflight(probe, FOREIGN)
    if foreign in (FOREIGN, "*"):
        return failed(f"A page of {FOREIGN} may call the API.", "List exact origins in HAUBERK_CORS_ORIGINS.")
    if probe.installation is None:
        return passed("A foreign origin was refused (partial: the allowed ones are not known from outside).")
    settings = probe.inside.settings
    for origin in settings.cors.origins:
        if await _preflight(probe, origin) != origin:
            return failed(f"{origin} is listed and refused.", "Restart the API with the settings you meant.")
    return passed(
        f"A foreign origin was refused, {len(settings.cors.origins)} listed one(s) allowed by exact name."
    )


async def _preflight(probe: Probe, origin: str) -> str | None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answer = await probe.site.http.options(OPTIONS, headers=headers)
    found: str | None = answer.headers.get("access-control-allow-origin")
    return found


@readiness("SEC-5", timeout=20)
async def rate_limits(probe: Probe) -> Answer:
    """A burst with an invented token: it has a count of its own, so nobody else's is used up."""
    headers = {"Authorization": f"Bearer probe-{probe_key.make(probe.inside.settings.key_ring)}"}
    first = await probe.site.http.get(OPTIONS, headers=headers)
    limit = int(first.headers.get("ratelimit-limit", 0))
    if not limit:
        return failed("No RateLimit headers.", _FAULT)
    if limit > 500:
        return warned(
            f"The limit is {limit}: too many to try.", "Set HAUBERK_RATE_LIMIT_DEFAULT to 100/minute."
        )
    for number in range(limit + 5):
        forged = {**headers, "X-Forwarded-For": f"192.0.2.{number % 250}"}
        answer = await probe.site.http.get(OPTIONS, headers=forged)
        if answer.status_code == 429:
            break
    else:
        return failed(
            f"{limit + 6} requests were all answered.", "Look whether the cache server is reachable."
        )
    if "retry-after" not in answer.headers:
        return failed("The refusal does not say when to come back.", _FAULT)
    return passed(
        f"Refused after {number + 1} of {limit} a window, with Retry-After; forged X-Forwarded-For changed nothing."
    )


@readiness("SEC-8", from_outside=True)
async def security_headers(probe: Probe) -> Answer:
    """Graded as Mozilla's HTTP Observatory does."""
    page = await probe.site.http.get("/")
    call = await probe.site.http.get(OPTIONS)
    is_https = urlsplit(probe.site.url).scheme == "https"
    score, lost = min(
        (_grade(page, is_https=is_https), _grade(call, is_https=is_https)), key=lambda each: each[0]
    )
    seen = f"{score} points (A+ is 100), page and API call" + ("" if is_https else ", HTTPS's own left out")
    if score < 100:
        return failed(
            f"{seen}; missing: {', '.join(lost)}.", "Look whether the proxy in front drops headers."
        )
    return passed(f"{seen}.")


def _grade(answer: httpx2.Response, *, is_https: bool) -> tuple[int, list[str]]:
    """Penalties always count, bonuses only from 90 points on."""
    headers = answer.headers
    policy = headers.get("content-security-policy", "")
    age = _max_age(headers.get("strict-transport-security", ""))
    penalties = {
        "Content-Security-Policy": 25 * (not policy),
        "a policy without unsafe-inline": 20 * ("unsafe-inline" in policy),
        "Strict-Transport-Security": (20 if not age else 10 * (age < 15_552_000)) if is_https else 0,
        "X-Frame-Options": 20 * ("frame-ancestors" not in policy and "x-frame-options" not in headers),
        "X-Content-Type-Options": 5 * (headers.get("x-content-type-options") != "nosniff"),
    }
    bonuses = (
        10 * policy.startswith("default-src 'none'")
        + 5 * (headers.get("referrer-policy") in ("no-referrer", "same-origin"))
        + 5 * ("frame-ancestors 'none'" in policy)
        + 10 * (headers.get("cross-origin-resource-policy") in ("same-origin", "same-site"))
        + 10 * (headers.get("cross-origin-embedder-policy") in ("require-corp", "credentialless"))
        + 10 * (headers.get("cross-origin-opener-policy") == "same-origin")
    )
    score = 100 - sum(penalties.values())
    return score + (bonuses if score >= 90 else 0), [name for name, lost in penalties.items() if lost]


def _max_age(value: str) -> int:
    digits = value.partition("max-age=")[2].partition(";")[0]
    return int(digits) if digits.isdecimal() else 0


@readiness("PERF-3", timeout=15)
async def lists_are_bounded(probe: Probe) -> Answer:
    """Every answer that is a list takes limit (with a maximum), cursor and offset; too much is refused for real."""
    document = (await probe.site.http.get("/api/v1/openapi.json")).json()
    schemas = document["components"]["schemas"]
    lists, unbounded = [], []
    for path, operations in document["paths"].items():
        operation = operations.get("get", {})
        if not _is_list(operation, schemas) or "x-fixed-list" in operation:
            continue
        parameters = {each["name"]: each["schema"] for each in operation.get("parameters", [])}
        if "maximum" in parameters.get("limit", {}) and {"cursor", "offset"} <= set(parameters):
            lists.append(path)
        else:
            unbounded.append(path)
    if unbounded or not lists:
        return failed(f"Without bound: {', '.join(unbounded) or 'no list was found'}.", _FAULT)
    headers = (await probe.tenant()).headers
    plain = [path for path in lists if "{" not in path]
    for path in plain:
        answer = await probe.site.http.get(path, params={"limit": 201}, headers=headers)
        if answer.status_code not in (404, 422):  # the operator's own lists are not there for a tenant
            return failed(f"{path} answered {answer.status_code} to a limit of 201.", _FAULT)
    return passed(f"All {len(lists)} lists take limit, cursor and offset; {len(plain)} refused 201 items.")


def _is_list(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    answers = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = answers.get("application/json", {}).get("schema", {})
    shown = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    items = shown.get("properties", {}).get("items", {})
    return "array" in (shown.get("type"), items.get("type")) or "next_cursor" in shown.get("properties", {})


@readiness("PERF-4", from_outside=True)
async def compression(probe: Probe) -> Answer:
    sizes = {}
    for encoding in ("identity", "gzip", "br", "zstd"):
        answer = await probe.site.http.get("/api/v1/openapi.json", headers={"Accept-Encoding": encoding})
        found = answer.headers.get("content-encoding", "identity")
        if found == encoding:
            sizes[encoding] = int(answer.headers.get("content-length", 0)) or answer.num_bytes_downloaded
    if "gzip" not in sizes or not {"br", "zstd"} & set(sizes):
        return failed(f"Only {', '.join(sizes) or 'nothing'} is offered.", "Look at the proxy in front.")
    shown = ", ".join(f"{name} {size:,}" for name, size in sizes.items() if size)
    return passed(f"The OpenAPI document in bytes: {shown}.")


@readiness("ERR-1")
async def problem_documents(probe: Probe) -> Answer:
    answers = await _refusals(probe)
    for expected, answer in answers.items():
        kind = answer.headers.get("content-type", "")
        if answer.status_code != expected or kind != "application/problem+json":
            return failed(f"Instead of a {expected} problem: {answer.status_code} {kind}.", _FAULT)
        missing = {"type", "title", "status", "detail", "instance", "request_id"} - set(answer.json())
        if missing:
            return failed(f"The {expected} problem has no {', '.join(sorted(missing))}.", _FAULT)
    return passed(f"{', '.join(map(str, answers))}: each a problem document with its request id.")


@readiness("WEB-5")
async def errors_are_for_people(probe: Probe) -> Answer:
    for code, answer in (await _refusals(probe)).items():
        if found := [word for word in INSIDE if word in answer.text]:
            return failed(f"A {code} shows {', '.join(found)}.", _FAULT)
        if not answer.json().get("detail"):
            return failed(f"A {code} says nothing to the person.", _FAULT)
    return passed("404, 405, 422 and 500: a sentence and a request id, no traceback, path or SQL.")


async def _refusals(probe: Probe) -> dict[int, httpx2.Response]:
    return await probe.once("refusals", lambda: _refuse(probe))


async def _refuse(probe: Probe) -> dict[int, httpx2.Response]:
    """One of each, the last from a route that fails on purpose and that only who has the secret keys can call."""
    http = probe.site.http
    key = {probe_key.HEADER: probe_key.make(probe.inside.settings.key_ring)}
    return {
        404: await http.get("/api/v1/no-such-place"),
        405: await http.delete(OPTIONS, headers={"Authorization": "none"}),
        422: await http.get(f"{probe_key.PATH}/number?value=many", headers=key),
        500: await http.get(f"{probe_key.PATH}/failure", headers=key),
    }


@readiness("ERR-6")
async def wrong_values_are_named(probe: Probe) -> Answer:
    answer = (await _refusals(probe))[422]
    named = [each["pointer"] for each in answer.json().get("errors", [])]
    if named != ["/value"]:
        return failed(f"A wrong value was told as {named}.", _FAULT)
    return passed("A wrong value is 422 and names its field.")


@readiness("ERR-2")
async def refusals_are_documented(probe: Probe) -> Answer:
    document = (await probe.site.http.get("/api/v1/openapi.json")).json()
    routes, silent = 0, []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            routes += 1
            codes = set(operation["responses"])
            needed = {"500"} | ({"401", "403"} if "security" in operation else set())
            needed |= {"404"} if "{" in path else set()
            if not needed <= codes:
                silent.append(f"{method.upper()} {path}")
    if silent:
        return failed(f"Not documented: {', '.join(silent[:5])}.", _FAULT)
    return passed(f"All {routes} routes document what they refuse with.")


@readiness("PERF-10", timeout=40)
async def slow_requests_end(probe: Probe) -> Answer:
    """Half a minute of doing nothing, for which only the command line has the time."""
    key = {probe_key.HEADER: probe_key.make(probe.inside.settings.key_ring)}
    try:
        answer = await probe.site.http.get(f"{probe_key.PATH}/slow", headers=key, timeout=36)
    except httpx2.TimeoutException:
        return failed("A request that never ends was not cut in 36 s.", _FAULT)
    seconds = answer.elapsed.total_seconds()
    if answer.status_code != 504 or not 29 <= seconds <= 32:
        return failed(
            f"It ended with {answer.status_code} after {seconds:.1f} s.", "Compare the limits of the proxy."
        )
    return warned(
        f"A slow request was cut with 504 after {seconds:.1f} s. A slow upload was not tried.",
        "Run 'hauberk drill slow-upload'.",
    )
