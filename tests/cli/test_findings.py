"""`hauberk findings` against a real server, as it is typed."""

import asyncio
import json
import os

import pytest
import uvicorn

from factories.asset import make_asset
from factories.finding import make_finding, make_rule
from factories.writing import writing
from fixtures.typed import typed
from hauberk.domain.severity import Severity

pytestmark = pytest.mark.anyio


@pytest.fixture
async def url(app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="critical", ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 — uvicorn says so by a flag only
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
def hauberk(url, organization, tmp_path):
    async def run(*arguments, token=organization.token, command="findings"):
        environment = os.environ | {
            "HAUBERK_URL": url,
            "HAUBERK_TOKEN": token,
            "XDG_CONFIG_HOME": str(tmp_path),
            "COLUMNS": "200",
        }
        process = await asyncio.create_subprocess_exec(
            *typed(command, *arguments),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, error = await process.communicate()
        return process.returncode, out.decode(), error.decode()

    return run


@pytest.fixture
def three(database_url, organization):
    with writing(database_url, organization.organization_id) as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        rule = make_rule(connection, organization.organization_id, "Bell \x07 and \x1b[31mred")
        make_finding(connection, asset, rule=rule, severity=Severity.CRITICAL)
        make_finding(
            connection,
            asset,
            severity=Severity.HIGH,
            location={},
            component={"name": "lodash", "version": "4.1"},
        )
        make_finding(connection, asset, severity=Severity.LOW, is_active=False)


@pytest.mark.long
async def test_lines_for_other_programs_worst_first(hauberk, three):
    code, out, error = await hauberk("is:open")
    assert code == 0, error
    first, second = [line.split("\t") for line in out.splitlines()]
    assert first[:5] == ["critical", "shop", "Bell � and �[31mred", "src/app.py:7", "open"]
    assert second[3] == "lodash 4.1"


@pytest.mark.long
async def test_json_lines_are_whole_findings_and_the_limit_holds(hauberk, three):
    code, out, _ = await hauberk("--json", "--limit", "2")
    assert code == 0
    assert [json.loads(line)["severity"] for line in out.splitlines()] == ["critical", "high"]
    _, _, error = await hauberk("--limit", "2")
    assert error.strip() == "2 of 3; --limit shows more."


@pytest.mark.long
async def test_nothing_found_is_no_failure(hauberk):
    assert await hauberk("severity:critical") == (0, "", "No findings.\n")


@pytest.mark.long
async def test_a_wrong_query_is_wrong_usage_and_a_wrong_token_a_failure(hauberk):
    code, _, error = await hauberk("severity:hihg")
    assert (code, "at character 10" in error) == (2, True)
    code, _, error = await hauberk("is:open", token="hbk_nonsense")
    assert (code, "token" in error) == (1, True)


@pytest.mark.long
async def test_the_formats_of_the_server_include_the_organization_s_mappings(hauberk, api):
    document = "mapping: 1\nid: acme\nscanner: Acme\nkind: sast\nitems: {json: item}\nfinding: {title: t, severity: s}\n"
    assert (await api.post("/api/v1/mappings", json={"document": document})).status_code == 201
    code, out, _ = await hauberk("--server", "--json", command="formats")
    assert code == 0
    assert {"mapping:acme", "gosec-json"} <= {json.loads(line)["id"] for line in out.splitlines()}
