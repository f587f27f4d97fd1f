"""Rate limits: who shares a count, what is told, and that they hold without the cache."""

import secrets

import pytest
import redis.asyncio
from limits import parse

from fixtures.api import PASSWORD, browser, serving
from hauberk.api.middleware.counting import Allowance, Counting

pytestmark = pytest.mark.anyio

OPTIONS = "/api/v1/auth/options"


def limited(settings, **rates):
    return settings.model_copy(update={"rate_limit": settings.rate_limit.model_copy(update=rates)})


async def _until_refused(client, path, most=20):
    for n in range(most):
        answer = await client.get(path)
        if answer.status_code == 429:
            return n, answer
    return most, answer


async def test_an_address_is_refused_beyond_its_limit_and_told_when_to_come_back(settings):
    async with serving(limited(settings, default="5/minute")) as app:
        async with browser(app, address="198.51.100.1") as client:
            first = await client.get(OPTIONS)
            assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("5", "4")
            allowed, refused = await _until_refused(client, OPTIONS)
            assert allowed == 4
            assert refused.headers["content-type"] == "application/problem+json"
            assert 0 < int(refused.headers["retry-after"]) <= 60
            assert (await client.get("/health")).status_code == 200
            assert (await client.get("/")).status_code != 429
        async with browser(app, address="198.51.100.2") as other:
            assert (await other.get(OPTIONS)).status_code == 200


async def test_a_forged_address_changes_nothing_and_two_processes_share_a_count(settings):
    rates = limited(settings, default="6/minute")
    async with (
        serving(rates) as one,
        serving(rates) as two,
        browser(one, address="198.51.100.3", **{"X-Forwarded-For": "1.1.1.1"}) as first,
        browser(two, address="198.51.100.3", **{"X-Forwarded-For": "2.2.2.2"}) as second,
    ):
        answers = [(await client.get(OPTIONS)).status_code for client in (first, second) * 4]
    assert answers.count(200) == 6


async def test_invented_tokens_are_counted_together(settings):
    async with (
        serving(limited(settings, default="5/minute")) as app,
        browser(app, address="198.51.100.4") as client,
    ):
        codes = [
            (
                await client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer hbk_{n:012d}_x"})
            ).status_code
            for n in range(8)
        ]
    assert codes == [401] * 5 + [429] * 3


async def test_signing_in_has_a_narrower_limit(settings):
    rates = limited(settings, default="1000/minute", sign_in="3/minute")
    async with serving(rates) as app, browser(app, address="198.51.100.5") as client:
        body = {"email": "nobody@example.org", "password": PASSWORD}
        codes = [(await client.post("/api/v1/auth/login", json=body)).status_code for _ in range(4)]
    assert codes == [401, 401, 401, 429]


async def test_limits_hold_while_the_cache_is_down(settings):
    gone = limited(settings, default="3/minute")
    gone = gone.model_copy(update={"cache": gone.cache.model_copy(update={"url": "redis://127.0.0.1:1/0"})})
    async with serving(gone) as app, browser(app, address="198.51.100.6") as client:
        codes = [(await client.get(OPTIONS)).status_code for _ in range(4)]
        health = await client.get("/health/ready")
    assert codes == [200, 200, 200, 429]
    assert health.status_code == 200
    assert health.json()["degraded"] == ["cache"]


async def test_invented_sessions_are_counted_together_also_where_nobody_need_be_signed_in(settings):
    async with (
        serving(limited(settings, default="5/minute")) as app,
        browser(app, address="198.51.100.7") as client,
    ):
        codes = [
            (await client.get(OPTIONS, headers={"Cookie": f"hauberk=invented-{n}"})).status_code
            for n in range(8)
        ]
    assert codes == [200] * 5 + [429] * 3


async def test_all_tokens_of_one_person_share_a_limit_and_somebody_else_has_another(
    settings, api, organization
):
    made = [
        (await api.post("/api/v1/tokens", json={"name": f"t{n}", "scopes": ["*"]})).json()["token"]
        for n in range(3)
    ]
    rates = limited(settings, default="6/minute", user="7/minute")
    async with serving(rates) as app, browser(app, address="198.51.100.19") as client:

        async def ask(token):
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.get("/api/v1/auth/me", headers=headers)).status_code

        for token in made:  # until each is known to be this person's
            assert await ask(token) == 200
        codes = [await ask(made[n % 3]) for n in range(9)]
    assert codes.count(200) == 5, "two of the three requests that made the tokens were his, too"


async def test_a_browser_session_has_a_class_of_its_own(settings, context, organization):
    rates = limited(settings, default="3/minute", browser="9/minute")
    async with serving(rates) as app, browser(app, address="198.51.100.8") as client:
        body = {"email": organization.email, "password": PASSWORD}
        assert (await client.post("/api/v1/auth/login", json=body)).status_code == 200
        answers = [await client.get("/api/v1/auth/me") for _ in range(10)]
    assert [each.status_code for each in answers] == [200] * 9 + [429]
    assert answers[1].headers["ratelimit-policy"] == "9;w=60"


async def test_one_ipv6_network_is_one_address(settings):
    async with serving(limited(settings, default="3/minute")) as app:
        codes = []
        for n in range(5):
            async with browser(app, address=f"2001:db8:7:7::{n + 1}") as client:
                codes.append((await client.get(OPTIONS)).status_code)
        async with browser(app, address="2001:db8:7:8::1") as client:
            assert (await client.get(OPTIONS)).status_code == 200
    assert codes == [200, 200, 200, 429, 429]


async def test_signing_in_stays_as_narrow_while_each_process_counts_for_itself(settings):
    gone = limited(settings, default="1000/minute", sign_in="4/minute")
    gone = gone.model_copy(
        update={"workers": 4, "cache": gone.cache.model_copy(update={"url": "redis://127.0.0.1:1/0"})}
    )
    async with serving(gone) as app, browser(app, address="198.51.100.9") as client:
        body = {"email": "nobody@example.org", "password": PASSWORD}
        codes = [(await client.post("/api/v1/auth/login", json=body)).status_code for _ in range(2)]
    assert codes == [401, 429]


async def test_two_limits_are_counted_in_one_message_also_after_the_server_forgot_how(cache_url):
    cache = redis.asyncio.Redis.from_url(cache_url)
    counting = Counting()
    whose = secrets.token_hex(8)
    allowances = [Allowance(each, parse("9/minute"), f"{each}:{whose}") for each in ("token", "user")]
    try:
        first = await counting.hit(cache, allowances)
        await cache.script_flush()
        second = await counting.hit(cache, allowances)
    finally:
        await cache.aclose()
    assert (first.remaining, second.remaining) == (8, 7)


async def test_credentials_that_were_refused_once_still_share_a_limit(settings):
    """Else whoever repeats invented ones has a count for each, and the address no limit at all."""
    async with (
        serving(limited(settings, default="5/minute", browser="50/minute")) as app,
        browser(app, address="198.51.100.20") as client,
    ):
        codes = [
            (await client.get("/api/v1/auth/me", headers={"Cookie": f"hauberk=invented-{n % 4}"})).status_code
            for n in range(16)
        ]
    assert codes.count(401) <= 10


async def test_all_tokens_that_a_service_account_exchanged_share_a_limit(settings, api):
    body = {"name": "ci", "role": "member", "scopes": ["*"]}
    made = (await api.post("/api/v1/service-accounts", json=body)).json()
    names = ("client_id", "client_secret")
    grant = {"grant_type": "client_credentials"} | {name: made[name] for name in names}
    tokens = [(await api.post("/api/v1/auth/token", data=grant)).json()["access_token"] for _ in range(3)]
    rates = limited(settings, default="6/minute", user="7/minute")
    async with serving(rates) as app, browser(app, address="198.51.100.80") as client:

        async def ask(token):
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.get("/api/v1/findings", headers=headers)).status_code

        for token in tokens:  # until each is known to be the account's
            assert await ask(token) == 200
        codes = [await ask(tokens[n % 3]) for n in range(10)]
    assert codes.count(200) == 7


@pytest.mark.parametrize("spelling", ["bearer {}", "Bearer  {}"])
async def test_a_token_spelled_otherwise_is_the_same_token(settings, organization, spelling):
    rates = limited(settings, default="5/minute", user="1000/minute")
    async with serving(rates) as app, browser(app, address=f"203.0.113.{20 + len(spelling)}") as client:

        async def ask(written):
            headers = {"Authorization": written.format(organization.token)}
            return (await client.get("/api/v1/auth/me", headers=headers)).status_code

        plain = [await ask("Bearer {}") for _ in range(5)]
        assert await ask(spelling) == 429
    assert plain == [200] * 5


@pytest.mark.long
@pytest.mark.parametrize("written", ["hauberk=x; hauberk={}", "__Host-hauberk=x; hauberk={}", "hauberk={} "])
async def test_a_cookie_beside_the_session_s_makes_it_no_other_session(settings, organization, written):
    rates = limited(settings, default="100/minute", browser="5/minute")
    async with serving(rates) as app, browser(app, address=f"203.0.113.{40 + len(written)}") as client:
        body = {"email": organization.email, "password": PASSWORD}
        assert (await client.post("/api/v1/auth/login", json=body)).status_code == 200
        cookie = client.cookies["hauberk"]
        client.cookies.clear()

        async def ask(text):
            return (await client.get("/api/v1/auth/me", headers={"Cookie": text.format(cookie)})).status_code

        plain = [await ask("hauberk={}") for _ in range(5)]
        assert await ask(written) == 429
    assert plain == [200] * 5
