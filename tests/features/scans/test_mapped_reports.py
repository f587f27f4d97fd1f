"""Mappings over HTTP: tried, saved, used by uploads, and theirs alone who saved them."""

import threading

import pytest

from factories.forms import HEADERS, field, file, form
from fixtures.api import browser, new_member, new_organization
from hauberk.domain.permissions import Role
from hauberk.features.mappings import service

pytestmark = pytest.mark.anyio

MAPPINGS = "/api/v1/mappings"
DOCUMENT = """\
mapping: 1
id: acme-scan
scanner: Acme Scan
kind: dast
recognise: {paths: [acme.alerts]}
items: {json: acme.alerts.item}
finding:
  title: name
  severity: {path: level, map: {1: critical, 3: low}}
  rule_id: check
  cwes: weakness
locations: {url: url}
"""
REPORT = {
    "acme": {
        "alerts": [
            {
                "name": "Reflected script",
                "level": 1,
                "check": "A-17",
                "url": "https://shop.example.com/search",
            },
            {"name": "Plain cookie", "level": 3, "check": "A-03", "url": "https://shop.example.com/"},
        ]
    }
}


def code_of(answer):
    return answer.json()["type"].rpartition(":")[2]


@pytest.fixture
async def saved(api):
    answer = await api.post(MAPPINGS, json={"document": DOCUMENT})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.long
async def test_a_saved_mapping_reads_reports_named_and_recognised(api, saved, scanned):
    assert (saved["format"], saved["kinds"], saved["is_recognised"]) == ("mapping:acme-scan", ["dast"], True)
    assert saved["id"].startswith("map_")
    for number, named in enumerate((None, "mapping:acme-scan")):
        scan = await scanned(REPORT, format=named)
        assert (scan["state"], scan["format"], scan["scanner"]) == ("done", "mapping:acme-scan", "Acme Scan")
        assert (scan["counts"]["reported"], scan["counts"]["new"]) == (2, 0 if number else 2)
    listed = (await api.get("/api/v1/formats")).json()["items"]
    assert [each["id"] for each in listed if each["is_mapped"]] == ["mapping:acme-scan"]


@pytest.mark.long
async def test_a_changed_mapping_reads_reports_anew(api, saved, scanned):
    await scanned(REPORT)
    changed = {"document": DOCUMENT.replace("1: critical", "1: high"), "version": 1}
    answer = (await api.put(f"{MAPPINGS}/{saved['id']}", json=changed)).json()
    assert answer["version"] == 2
    assert (await scanned(REPORT))["counts"]["changed"] == 1
    late = await api.put(f"{MAPPINGS}/{saved['id']}", json=changed)
    assert (late.status_code, code_of(late)) == (409, "version_conflict")
    events = (await api.get("/api/v1/audit", params={"limit": 50})).json()["items"]
    assert {"mapping.created", "mapping.changed"} <= {each["action"] for each in events}


@pytest.mark.long
async def test_a_deleted_mapping_is_offered_no_more_but_its_reports_can_be_read_again(
    api, saved, scanned, work
):
    scan = await scanned(REPORT)
    assert (await api.delete(f"{MAPPINGS}/{saved['id']}")).status_code == 204
    assert (await api.get(MAPPINGS)).json()["items"] == []
    unknown = await api.post(
        "/api/v1/scans", content=form(field("asset", "shop"), file(REPORT)), headers=HEADERS
    )
    assert (unknown.status_code, code_of(unknown)) == (415, "unsupported_format")
    preview = (await api.post(f"/api/v1/scans/{scan['id']}/reprocess", json={"dry_run": True})).json()
    await work()
    assert (await api.get(f"/api/v1/scans/{preview['id']}")).json()["state"] == "done"
    await api.post(f"/api/v1/scans/{scan['id']}/reprocess", json={"dry_run": False})
    await work()
    again = (await api.get(f"/api/v1/scans/{scan['id']}")).json()
    assert (again["state"], again["undone"], again["act"]["error"]) == ("done", None, None)
    assert (await api.post(MAPPINGS, json={"document": DOCUMENT})).status_code == 201


async def test_a_mapping_that_cannot_be_used_is_refused_with_every_problem(api, saved):
    answer = await api.post(
        MAPPINGS, json={"document": DOCUMENT.replace("dast", "dsat").replace("rule_id", "ruel_id")}
    )
    assert (answer.status_code, code_of(answer)) == (422, "mapping_invalid")
    assert [each["message"][:13] for each in answer.json()["errors"]] == ["line 4, kind:", "line 10, find"]
    twice = await api.post(MAPPINGS, json={"document": DOCUMENT})
    assert (twice.status_code, code_of(twice)) == (409, "name_taken")


async def test_a_preview_shows_what_is_read_and_what_found_nothing(api):
    order = {
        "document": DOCUMENT,
        "sample": '{"acme": {"alerts": [{"name": "x", "level": 1, "check": "A"}, {"level": 3}]}}',
    }
    shown = (await api.post(f"{MAPPINGS}/preview", json=order)).json()
    assert (shown["format"], shown["is_recognised"], shown["finding_count"]) == ("mapping:acme-scan", True, 1)
    assert (shown["findings"][0]["title"], shown["findings"][0]["severity"]) == ("x", "critical")
    assert shown["sample_problems"] == [
        {"position": "acme.alerts[1]", "reason": "it has no title: nothing stands where the mapping says"}
    ]
    assert [(each["field"], each["line"]) for each in shown["mapping_problems"]] == [
        ("finding.cwes", 11), ("locations.url", 12)]  # fmt: skip
    assert (await api.get(MAPPINGS)).json()["items"] == []
    broken = (
        await api.post(f"{MAPPINGS}/preview", json=order | {"sample": '{"acme": {"alerts": [{"name"'})
    ).json()
    assert "ends in the middle" in broken["refusal"]
    wrong = (await api.post(f"{MAPPINGS}/preview", json=order | {"document": "mapping: 1"})).json()
    assert {each["field"] for each in wrong["mapping_problems"]} >= {
        "id",
        "scanner",
        "kind",
        "items",
        "finding",
    }


async def test_saving_is_for_administrators_and_others_see_nothing_of_it(app, context, saved):
    other = await new_organization(context)
    member = browser(app, **(await new_member(context, other.organization_id, Role.MEMBER)).headers)
    assert (await member.post(MAPPINGS, json={"document": DOCUMENT})).status_code == 403
    assert (
        await member.post(f"{MAPPINGS}/preview", json={"document": DOCUMENT, "sample": "[]"})
    ).status_code == 200
    assert (await member.get(MAPPINGS)).json()["items"] == []
    assert (await member.get(f"{MAPPINGS}/{saved['id']}")).status_code == 404
    named = form(field("asset", "shop"), field("format", saved["format"]), file(REPORT))
    refused = await member.post("/api/v1/scans", content=named, headers=HEADERS)
    assert (refused.status_code, "There is no format" in refused.text) == (422, True)


async def test_a_document_is_read_beside_the_requests_and_not_among_them(api, monkeypatch):
    threads = []
    whole = service._read

    def noted(document):
        threads.append(threading.current_thread())
        return whole(document)

    monkeypatch.setattr(service, "_read", noted)
    saved = (await api.post(MAPPINGS, json={"document": DOCUMENT})).json()
    changed = await api.put(f"{MAPPINGS}/{saved['id']}", json={"document": DOCUMENT})
    assert changed.status_code == 200
    assert len(threads) == 2
    assert threading.main_thread() not in threads
