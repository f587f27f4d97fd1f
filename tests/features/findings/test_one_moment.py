"""What is read in several statements is of one moment: an answer never shows both sides of a change."""

import csv

import pytest
from sqlalchemy import text

from factories.asset import make_asset
from factories.finding import change_finding, make_finding
from hauberk.features.findings import export
from hauberk.features.findings.repository import FindingRepository
from hauberk.features.identity.repository import CredentialRepository

pytestmark = pytest.mark.anyio


@pytest.fixture
def five(rows, organization):
    """Their numbers, of falling priority."""
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        return [make_finding(connection, asset, priority=1_000 - 100 * number) for number in range(5)]


async def test_a_list_shows_each_finding_as_it_was_when_it_was_found(api, five, rows, monkeypatch):
    show = FindingRepository._shown

    async def be_overtaken(self, *arguments):
        with rows() as connection:
            change_finding(connection, five[0], triage=4)
        return await show(self, *arguments)

    monkeypatch.setattr(FindingRepository, "_shown", be_overtaken)
    asked = {"q": "triage:open"}
    answer = (await api.get("/api/v1/findings", params=asked)).json()
    assert ({each["triage"] for each in answer["items"]}, answer["total"]) == ({"open"}, 5)
    assert (await api.get("/api/v1/findings", params=asked)).json()["total"] == 4


@pytest.mark.parametrize(("number", "priority"), [(4, 5_000), (0, 1)], ids=["to the top", "to the bottom"])
async def test_an_export_has_each_finding_once_whatever_changes_meanwhile(
    api, five, public, rows, monkeypatch, number, priority
):
    monkeypatch.setattr(export, "AT_ONCE", 2)
    show, shown = FindingRepository._shown, []

    async def be_overtaken(self, actor, ids):
        shown.append(len(ids))
        if len(shown) == 3:  # of the first one is counted, with the second the export begins
            with rows() as connection:
                change_finding(connection, five[number], priority=priority)
        return await show(self, actor, ids)

    monkeypatch.setattr(FindingRepository, "_shown", be_overtaken)
    answer = await api.get("/api/v1/findings/export")
    assert shown == [1, 2, 2, 1]
    found = [row["id"] for row in csv.DictReader(answer.text.splitlines())]
    assert found == [public("fnd", each) for each in five]


async def test_two_requests_of_one_token_at_the_same_moment_are_both_answered(api, rows, monkeypatch):
    noted, tries = CredentialRepository.token_was_used, []

    async def be_overtaken(self, organization_id, token_id):
        tries.append(token_id)
        with rows() as connection:
            connection.execute(
                text("select token_was_used(:organization, :id)"),
                {"organization": organization_id, "id": token_id},
            )
        await noted(self, organization_id, token_id)

    monkeypatch.setattr(CredentialRepository, "token_was_used", be_overtaken)
    assert (await api.get("/api/v1/findings")).status_code == 200
    assert len(tries) == 1
