"""GET /findings by where they are, of more findings than are counted and more places than are looked at first."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from factories.asset import SCANNED_AT, make_asset
from factories.finding import make_finding
from hauberk.db.query import FIRST_PLACES
from hauberk.db.query.sources import MAX_IDS
from hauberk.domain.severity import Severity
from hauberk.kit.page import MAX_TOTAL

pytestmark = [pytest.mark.anyio, pytest.mark.long]

DAY = timedelta(days=1)
MORE = MAX_TOTAL + 50
CLAIMS = FIRST_PLACES // MORE + 1

# As many again as a finding says, in its place: the priorities differ, so that their order is no other's.
_COPIED = text("""
with made as (
    insert into finding (organization_id, asset_id, rule_text_id, first_seen_at, priority, open_occurrences, kind, severity,
        severity_reported, triage, scanners)
    select f.organization_id, f.asset_id, f.rule_text_id, f.first_seen_at, f.priority + n % 100, :claims, f.kind, f.severity,
        f.severity_reported, f.triage, f.scanners
    from finding f, generate_series(1, :n) n where f.id = :id
    returning id)
insert into occurrence (organization_id, scope_id, finding_id, rule_text_id, fingerprint, place_hash, content_hash,
    opened_scan_id, first_seen_at, opened_at, severity, location)
select o.organization_id, o.scope_id, m.id, o.rule_text_id, gen_random_uuid(), m.id * 100 + claim, 1, 0, o.first_seen_at,
    o.opened_at, o.severity, o.location
from made m, generate_series(1, :claims) claim, occurrence o where o.finding_id = :id
""")
_IN_ORDER = text("""
select f.id from finding f where f.organization_id = :organization and f.severity = any(:severities)
    and f.id = any(array(select o.finding_id from occurrence o where o.location ->> 'path' like :path))
order by f.priority desc, f.id desc
""")


def several(connection, asset, path, n, *, claims=1, severity=Severity.MEDIUM):
    one = make_finding(connection, asset, severity=severity, location={"path": path})
    connection.execute(_COPIED, {"id": one, "n": n - 1, "claims": claims})


@pytest.fixture
def by_priority(rows, organization, public):
    def ids(path, *severities):
        ranks = [each.rank for each in severities or Severity]
        parameters = {"organization": organization.organization_id, "path": path, "severities": ranks}
        with rows() as connection:
            return [public("fnd", each) for each in connection.scalars(_IN_ORDER, parameters)]

    return ids


_CLOSED = (
    "update occurrence set closed_at = :at, close_reason = 'gone' where organization_id = :organization",
    "update finding set last_seen_at = :at, open_occurrences = 0 where organization_id = :organization",
)


async def walked(api, query, pages, **parameters):
    """The ids of so many pages, and what the last of them says."""
    ids, cursor = [], None
    for _ in range(pages):
        at = {"cursor": cursor} if cursor else {}
        answer = await api.get("/api/v1/findings", params={"q": query, **parameters, **at})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        ids += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return ids, page


async def test_of_a_folder_with_most_findings_each_page_has_the_next_ones_in_order(
    api, rows, organization, by_priority
):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        several(connection, asset, "src/app.py", MORE, claims=CLAIMS)
        several(connection, asset, "lib/app.py", 20, severity=Severity.CRITICAL)
    ids, page = await walked(api, "path:src/", 3)
    assert ids == by_priority("src/%")[:150]
    assert (page["total"], page["total_is_exact"]) == (MAX_TOTAL, False)
    last, page = await walked(api, "path:src/", 1, offset=MORE - 60)
    assert last == by_priority("src/%")[MORE - 60 : MORE - 10]
    every, page = await walked(api, "path:src/", 60, limit=200)
    assert every == by_priority("src/%")
    assert page["next_cursor"] is None


async def test_findings_of_a_folder_that_stand_behind_very_many_others_are_found_as_well(
    api, rows, organization, by_priority
):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        several(connection, asset, "lib/app.py", MORE, severity=Severity.CRITICAL)
        several(connection, asset, "src/app.py", MORE, claims=CLAIMS)
        several(connection, asset, "src/first.py", 3, severity=Severity.CRITICAL)
    ids, page = await walked(api, "path:src/", 2)
    assert ids == by_priority("src/%")[:100]
    assert (page["total"], page["total_is_exact"]) == (MAX_TOTAL, False)
    ids, page = await walked(api, "path:lib/", 2)
    assert ids == by_priority("lib/%")[:100]
    assert (page["total"], page["total_is_exact"]) == (MAX_TOTAL, False)


async def test_few_in_a_large_folder_that_are_something_else_too_are_counted_exactly(
    api, rows, organization, by_priority
):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        several(connection, asset, "src/app.py", MORE, claims=CLAIMS)
        several(connection, asset, "src/app.py", 7, severity=Severity.INFO)
        several(connection, asset, "lib/app.py", 7, severity=Severity.INFO)
    ids, page = await walked(api, "path:src/ severity:info", 1)
    assert ids == by_priority("src/%", Severity.INFO)
    assert (page["total"], page["total_is_exact"]) == (7, True)
    ids, page = await walked(api, "path:src/*.py -severity:medium", 1)
    assert ids == by_priority("src/%", Severity.INFO)
    assert page["total"] == 7


async def test_facets_of_a_large_folder_count_every_finding_in_it(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        several(connection, asset, "src/app.py", MORE, claims=2)
        several(connection, asset, "src/app.py", 7, severity=Severity.INFO)
        several(connection, asset, "lib/app.py", 9, severity=Severity.INFO)
    for query, medium, info in (
        ("path:src/", MORE, 7),
        ("-path:src/", 0, 9),
        ("path:src/*.py is:open", MORE, 7),
    ):
        answer = await api.get("/api/v1/findings/facets", params={"q": query})
        counted = {each["label"]: each["count"] for each in answer.json()["severity"]}
        assert (counted.get("medium", 0), counted["info"]) == (medium, info), query


async def test_what_stood_in_a_large_folder_is_found_at_an_instant_before_it_went(api, rows, organization):
    with rows() as connection:
        asset = make_asset(connection, organization.organization_id, "shop")
        several(connection, asset, "src/app.py", MAX_IDS + 1)
        for statement in _CLOSED:
            connection.execute(
                text(statement), {"at": SCANNED_AT + 2 * DAY, "organization": organization.organization_id}
            )
    then = {"as_of": (SCANNED_AT + DAY).isoformat()}
    _, page = await walked(api, "path:src/ presence:active", 1, **then)
    assert (page["total"], page["total_is_exact"]) == (MAX_IDS + 1, True)
    _, page = await walked(api, "path:src/ presence:active", 1)
    assert page["total"] == 0
    _, page = await walked(api, "path:src/ presence:inactive", 1)
    assert page["total"] == MAX_IDS + 1
