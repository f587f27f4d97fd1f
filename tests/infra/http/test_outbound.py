"""The one way out: where it does not go, and when it gives up. Every server here is a real one."""

import asyncio
import gzip
import time
from ipaddress import ip_address, ip_network

import pytest

from factories.outbound import ANY_PORT, HOOK, client
from fixtures.http_servers import Listener, answering, certificate, listening
from hauberk.infra.http import (
    CallFailed,
    Destination,
    DestinationRefused,
    Limits,
    Trust,
    blocking_outbound,
)
from hauberk.infra.http.addresses import Policy, is_public, policy_of

pytestmark = pytest.mark.anyio


def resolving(**names: list[str]):
    """A resolver that knows these names and no other; each answer is used once, the last for good."""
    left = {name.replace("_", "."): list(answers) for name, answers in names.items()}
    asked: list[str] = []

    def resolve(host: str, _port: int):
        asked.append(host)
        answers = left.get(host, [host])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ip_address(each) for each in answer.split()]

    resolve.asked = asked
    return resolve


URLS = """
http://127.0.0.1:PORT/ https://127.0.0.1:PORT/ http://localhost:PORT/ http://localhost.:PORT/ http://LOCALHOST:PORT/
http://127.1:PORT/ http://127.0.1:PORT/ http://0:PORT/ http://0.0.0.0:PORT/ http://2130706433:PORT/ http://0x7f000001:PORT/
http://0x7f.1:PORT/ http://0x7f.0x0.0x0.0x1:PORT/ http://0177.0.0.1:PORT/ http://017700000001:PORT/ http://127.0.0.1.:PORT/
http://127.000.000.001:PORT/ http://127.0.0.01:PORT/ http://00000127.0.0.1:PORT/ http://127.255.255.254:PORT/
http://[::1]:PORT/ http://[::]:PORT/ http://[0:0:0:0:0:0:0:1]:PORT/ http://[::ffff:127.0.0.1]:PORT/
http://[::ffff:7f00:1]:PORT/ http://[::127.0.0.1]:PORT/ http://[64:ff9b::127.0.0.1]:PORT/ http://[64:ff9b:1::7f00:1]:PORT/
http://[2002:7f00:1::]:PORT/ http://[2001:0:7f00:1::]:PORT/ http://[fe80::1%25lo]:PORT/ http://[fc00::1]:PORT/
http://[ff02::1]:PORT/ http://[fec0::1]:PORT/ http://10.0.0.1:PORT/ http://172.16.0.1:PORT/ http://192.168.1.1:PORT/
http://169.254.169.254/latest/meta-data/ https://169.254.169.254:8443/ http://[::ffff:a9fe:a9fe]/ http://100.64.0.1:PORT/
http://198.18.0.1:PORT/ http://224.0.0.1:PORT/ http://255.255.255.255:PORT/ http://240.0.0.1:PORT/ http://192.0.0.192:PORT/
https://user@127.0.0.1:PORT/ https://public.example@127.0.0.1:PORT/ https://public.example:x@127.0.0.1:PORT/
https://127.0.0.1:PORT\\@public.example/ https://public.example\\@127.0.0.1:PORT/ https:127.0.0.1:PORT
//127.0.0.1:PORT/ ftp://127.0.0.1:PORT/ gopher://127.0.0.1:PORT/_x file:///etc/passwd dict://127.0.0.1:PORT/
unix:///run/x https:///x https://:PORT/ https://127.0.0.1:99999/ https://127.0.0.1:-1/ https://①②⑦.⓪.⓪.①:PORT/
https://127。0。0。1:PORT/ https://inside.example:PORT/ https://mapped.example:PORT/ https://nat64.example:PORT/
https://mixed.example:PORT/ https://metadata.example:PORT/ http://public.example:PORT/ https://own.example:PORT/
https://INSIDE.example:PORT/ https://inside.example.:PORT/ https://inside.example:PORT/%00 https://ins%69de.example:PORT/
""".split()  # noqa: SIM905 - read better in lines

NAMES = {
    "localhost": ["127.0.0.1"],
    "inside_example": ["127.0.0.1"],
    "mapped_example": ["::ffff:127.0.0.1"],
    "nat64_example": ["64:ff9b::7f00:1"],
    "mixed_example": ["93.184.216.34 127.0.0.1"],
    "metadata_example": ["169.254.169.254"],
    "public_example": ["93.184.216.34"],
    "own_example": ["93.184.216.34"],
}


async def test_no_way_of_writing_an_address_leads_inside():
    async with listening(answering()) as four, listening(answering(), "::1") as six:
        http = client(
            Policy(ports=ANY_PORT, own_names=frozenset({"own.example"})), resolve=resolving(**NAMES)
        )
        for port in (four.port, six.port):
            for url in URLS:
                with pytest.raises(DestinationRefused):
                    await http.send(HOOK, "GET", url.replace("PORT", str(port)))
        assert (four.connections, six.connections) == (0, 0)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("64:ff9b::5db8:d822", True),
        ("::ffff:93.184.216.34", True), ("192.88.99.1", False), ("2001:db8::1", False), ("3fff::1", False),
        ("5f00::1", False), ("::", False), ("224.1.1.1", False), ("192.0.2.1", False), ("203.0.113.9", False),
    ],
)  # fmt: skip
def test_public_is_what_everybody_can_reach(address, public):
    assert is_public(ip_address(address)) is public


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
async def test_a_name_that_changes_its_mind_is_asked_once_and_refused_the_next_time():
    policy = Policy(allowed=(ip_network("127.0.0.2/32"),), ports=ANY_PORT)
    resolve = resolving(flips_example=["127.0.0.2", "127.0.0.1"])
    async with listening(answering(Connection="close"), "127.0.0.2") as good:
        http = client(policy, resolve=resolve)
        url = f"http://flips.example:{good.port}/"
        assert (await http.send(HOOK, "GET", url)).body == b"ok"
        assert resolve.asked == ["flips.example"]
        with pytest.raises(DestinationRefused):
            await http.send(HOOK, "GET", url)
        assert good.connections == 1
        await http.aclose()


async def test_the_name_stays_in_certificate_and_host_header(tmp_path):
    server, trusted, asked = certificate(tmp_path, "hooks.example.org")
    async with listening(answering(), tls=server) as listener:
        http = client(resolve=resolving(hooks_example_org=["127.0.0.1"]), tls=trusted)
        await http.send(HOOK, "GET", f"https://hooks.example.org:{listener.port}/x?y=1")
        assert asked == ["hooks.example.org"]
        assert listener.requests[0].startswith("GET /x?y=1 HTTP/1.1\r\n")
        assert f"\r\nHost: hooks.example.org:{listener.port}\r\n" in listener.requests[0]
        await http.aclose()


async def test_a_certificate_for_another_name_is_not_accepted(tmp_path):
    server, trusted, _ = certificate(tmp_path, "hooks.example.org")
    async with listening(answering(), tls=server) as listener:
        http = client(resolve=resolving(other_example_org=["127.0.0.1"]), tls=trusted)
        with pytest.raises(CallFailed, match="certificate") as failed:
            await http.send(HOOK, "POST", f"https://other.example.org:{listener.port}/")
        assert failed.value.reason == "tls"
        assert listener.requests == []


async def test_ports_and_own_servers_are_refused_even_where_the_network_is_allowed(settings):
    own = settings.model_copy(
        update={
            "egress": settings.egress.model_copy(update={"allow": ("127.0.0.0/8",), "ports": ("1-65535",)})
        }
    )
    http = client(policy_of(own))
    for url in (
        f"http://127.0.0.1:{own.port}/",
        settings.cache.url.replace("redis://", "http://x").split("?")[0],
    ):
        with pytest.raises(DestinationRefused):
            await http.send(HOOK, "GET", url)
    with pytest.raises(DestinationRefused, match="HAUBERK_EGRESS_PORTS"):
        await client(Policy()).send(HOOK, "GET", "https://hooks.example.org:22/")


async def test_redirects_are_answers_unless_the_destination_follows_them():
    async with listening(answering()) as inner:
        onward = answering(status="302 Found", Location=f"http://inside.example:{inner.port}/")
        async with listening(onward) as outer:
            http = client(
                Policy(allowed=(ip_network("127.0.0.1/32"),), ports=ANY_PORT),
                resolve=resolving(inside_example=["10.0.0.1"]),
            )
            url = f"http://127.0.0.1:{outer.port}/"
            assert (await http.send(HOOK, "GET", url)).status == 302
            following = Destination("following", "A test", redirects=2)
            with pytest.raises(DestinationRefused):
                await http.send(following, "GET", url)
            assert inner.connections == 0
            await http.aclose()


async def test_a_followed_redirect_leaves_credentials_behind_and_has_an_end():
    async with listening(answering()) as inner:
        onward = answering(status="302 Found", Location=f"http://127.0.0.1:{inner.port}/")
        async with (
            listening(onward) as outer,
            listening(answering(status="302 Found", Location="/")) as round_,
        ):
            http = client()
            following = Destination("following", "A test", redirects=2, attempts=1)
            secret = {"Authorization": "Bearer x", "X-Key": "x", "Accept": "text/plain"}
            answer = await http.send(following, "GET", f"http://127.0.0.1:{outer.port}/", headers=secret)
            assert answer.body == b"ok"
            assert "authorization" in outer.requests[0]
            assert "accept: text/plain" in inner.requests[0]
            assert "authorization" not in inner.requests[0]
            assert "x-key" not in inner.requests[0]
            with pytest.raises(CallFailed, match="sends on"):
                await http.send(following, "GET", f"http://127.0.0.1:{round_.port}/")
            assert len(round_.requests) == 3
            await http.aclose()


async def drip(_listener: Listener, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(200):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silence(_listener: Listener, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("behave", [drip, silence])
async def test_what_never_ends_is_ended(behave):
    quick = Destination("quick", "A test", limits=Limits(connect=0.5, read=0.5, total=0.6))
    async with listening(behave) as listener:
        http = client()
        began = time.monotonic()
        with pytest.raises(CallFailed) as failed:
            await http.send(quick, "POST", f"http://127.0.0.1:{listener.port}/")
        assert failed.value.reason == "timed_out"
        assert time.monotonic() - began < 2
        await http.aclose()


@pytest.mark.long
async def test_an_answer_is_given_up_at_the_first_byte_too_many():
    bomb = gzip.compress(bytes(50_000_000))
    small = Destination("small", "A test", limits=Limits(max_bytes=100_000, max_expanded_bytes=1_000_000))
    kept: list[int] = []
    async with (
        listening(answering(bomb, Content_Encoding="gzip")) as packed,
        listening(answering(bytes(200_000))) as plain,
        listening(answering(b"x", Content_Encoding="br")) as odd,
    ):
        http = client()
        for listener in (packed, plain):
            with pytest.raises(CallFailed) as failed:
                await http.send(
                    small,
                    "GET",
                    f"http://127.0.0.1:{listener.port}/",
                    sink=lambda piece: kept.append(len(piece)),
                )
            assert failed.value.reason == "too_large"
        assert sum(kept) <= 1_000_000
        with pytest.raises(CallFailed, match="not asked for"):
            await http.send(small, "GET", f"http://127.0.0.1:{odd.port}/")
        await http.aclose()


async def test_a_packed_answer_is_unpacked():
    async with listening(answering(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")) as listener:
        http = client()
        assert (await http.send(HOOK, "GET", f"http://127.0.0.1:{listener.port}/")).json() == {"a": 1}
        await http.aclose()


async def test_proxies_of_the_environment_are_not_used(monkeypatch):
    async with listening(answering()) as proxy, listening(answering()) as listener:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        http = client()
        await http.send(HOOK, "GET", f"http://127.0.0.1:{listener.port}/")
        assert (proxy.connections, listener.connections) == (0, 1)
        await http.aclose()


async def test_other_protocols_get_a_pinned_socket_under_the_same_rules():
    async def greet(_listener: Listener, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")

    def talk(connected):
        connected.sendall(b"EHLO\r\n\r\n")
        return connected.recv(100)

    async with listening(greet) as listener:
        people = client(Policy(ports=ANY_PORT))
        with pytest.raises(DestinationRefused):
            await people.exchange(HOOK, "127.0.0.1", listener.port, talk)
        assert listener.connections == 0
        mail = Destination("mail", "A test", trust=Trust.OPERATOR)
        assert await people.exchange(mail, "127.0.0.1", listener.port, talk) == b"220 hello\r\n"

        def refuse(connected):
            raise LookupError(talk(connected))

        await people.breakers.leave(f"mail 127.0.0.1:{listener.port}", "unreachable")
        with pytest.raises(LookupError):
            await people.exchange(mail, "127.0.0.1", listener.port, refuse)
        assert await people.breakers.all() == {}, "who refuses is there"


async def test_jobs_have_the_same_client_without_an_event_loop(settings):
    egress = settings.egress.model_copy(update={"allow": ("127.0.0.1/32",), "ports": ("1-65535",)})
    async with listening(answering(b'{"ok": true}')) as listener:

        def job():
            with blocking_outbound(settings.model_copy(update={"egress": egress})) as http:
                return http.send(HOOK, "POST", f"http://127.0.0.1:{listener.port}/", json={"a": 1}).json()

        assert await asyncio.to_thread(job) == {"ok": True}
