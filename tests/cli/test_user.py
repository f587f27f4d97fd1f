"""`hauberk user` and `hauberk token`: as they are typed, on a database of their own."""

import subprocess

import httpx2
import pytest

from fixtures.api import browser, serving
from fixtures.nodes import environment_on
from fixtures.typed import typed


@pytest.fixture
def hauberk(fresh_settings):
    """Runs a command on the test's own database; answers with what it printed."""
    environment = environment_on(fresh_settings)

    def run(*arguments: str, stdin: str = "", ok: bool = True) -> str:
        ended = subprocess.run(
            typed(*arguments), env=environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert (ended.returncode == 0) is ok, ended.stderr
        return ended.stdout if ok else ended.stderr

    return run


@pytest.mark.anyio
async def test_the_first_start_makes_an_administrator_and_a_link_that_signs_him_in(hauberk, fresh_settings):
    link = hauberk("user", "sign-in-link", "--first-start").strip()
    assert link.startswith("http://127.0.0.1:8000/sign-in/link#token=")
    async with serving(fresh_settings) as app, browser(app) as page:
        token = link.partition("#token=")[2]
        assert (await page.post("/api/v1/auth/link", json={"token": token})).status_code == 200
        me = (await page.get("/api/v1/auth/me")).json()
    assert (me["user"]["email"], me["role"]) == ("admin@localhost", "admin")
    assert me["organization"]["name"] == "My organization"


@pytest.mark.long
def test_a_link_without_an_address_makes_the_first_administrator_and_nobody_after_him(hauberk):
    link = hauberk("user", "sign-in-link")
    assert "/sign-in/link#token=" in link
    assert "admin@localhost" in hauberk("user", "list")
    assert "nobody@example.org" in hauberk("user", "sign-in-link", "nobody@example.org", ok=False)
    assert hauberk("user", "list").count("@") == 1


@pytest.mark.long
def test_no_link_is_printed_once_the_administrator_has_a_password(hauberk):
    assert hauberk("user", "sign-in-link", "--first-start")
    assert "made" not in hauberk("user", "ensure-admin")
    hauberk("user", "password", "admin@localhost", stdin="quiet harbour lantern\n")
    assert hauberk("user", "sign-in-link", "--first-start") == ""


@pytest.mark.long
@pytest.mark.anyio
async def test_a_token_of_the_command_line_works_until_its_owner_is_disabled(hauberk, fresh_settings):
    hauberk("user", "ensure-admin")
    assert "is a member now" in hauberk("user", "add", "ada@example.org")
    assert "is an admin now" in hauberk("user", "add", "grace@example.org", "--role", "admin")
    token = hauberk("token", "create", "ci", "--user", "ada@example.org", "--scope", "scans:write").strip()
    assert "ada@example.org" in hauberk("user", "list")
    async with serving(fresh_settings) as app, browser(app, Authorization=f"Bearer {token}") as client:
        assert await _permissions(client) == ["scans:write"]
        hauberk("user", "disable", "ada@example.org")
        assert (await client.get("/api/v1/auth/me")).status_code == 401
        hauberk("user", "disable", "ada@example.org", "--undo")
        assert await _permissions(client) == ["scans:write"]


async def _permissions(client: httpx2.AsyncClient) -> list[str]:
    found: list[str] = (await client.get("/api/v1/auth/me")).json()["permissions"]
    return found


@pytest.mark.long
def test_what_does_not_exist_is_told_in_one_sentence(hauberk):
    hauberk("user", "ensure-admin")
    assert hauberk("user", "disable", "nobody@example.org", ok=False).startswith(
        "hauberk: There is no person"
    )
    assert "no scope" in hauberk("token", "create", "x", "--scope", "findings:all", ok=False)
