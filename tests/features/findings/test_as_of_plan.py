"""A page of the past reads what it shows, and not all findings there are."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from factories.asset import make_asset
from factories.finding import make_rule
from hauberk.db.as_of import looking_back
from hauberk.db.query import Asker, FindingQuery
from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import Actor
from hauberk.domain.query import parse
from hauberk.features.findings import cutting
from hauberk.features.findings.selection import visible_to
from hauberk.kit import clock

pytestmark = pytest.mark.anyio

COUNT = 20_000
FINDINGS = """
insert into finding (organization_id, id, asset_id, rule_text_id, first_seen_at, priority, open_occurrences, kind, severity,
    severity_reported, scanners)
select :organization, :first + n, :asset, :rule, now() - n * interval '1 hour', n % 5 * 1000000 + n, 1, 2, n % 5, n % 5, '{gosec}'
from generate_series(1, :count) n
"""
OCCURRENCES = """
insert into occurrence (organization_id, id, scope_id, finding_id, rule_text_id, fingerprint, place_hash, content_hash,
    opened_scan_id, first_seen_at, opened_at, severity)
select organization_id, id, :scope, id, rule_text_id, gen_random_uuid(), id, 1, 0, first_seen_at, first_seen_at, severity
from finding where organization_id = :organization
"""


def scanned_whole(plan):
    found = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    return found + [each for part in plan.get("Plans", ()) for each in scanned_whole(part)]


@pytest.mark.long
@pytest.mark.parametrize("query", ["", "is:open", "severity:critical is:open"])
@pytest.mark.parametrize("sort", ["-priority", "-first_seen_at"])
async def test_a_page_of_the_past_is_found_by_indexes(rows, organization, context, query, sort):
    number = organization.organization_id
    with rows() as connection:
        asset = make_asset(connection, number, "shop")
        rule = make_rule(connection, number)
        first = connection.scalar(text("select nextval('finding_id_seq')")) + 10_000_000
        parameters = {
            "organization": number,
            "asset": asset.id,
            "scope": asset.scope_id,
            "rule": rule,
            "first": first,
            "count": COUNT,
        }
        connection.execute(text(FINDINGS), parameters)
        connection.execute(text(OCCURRENCES), parameters)
    async with context.sessions.transaction() as session:
        await session.execute(text("reset role"))
        await session.execute(text("analyze finding, occurrence"))
    actor = Actor.system(number)
    asker = Asker(number, None, context.public_ids, clock.now(), is_unordered=True)
    matching = visible_to(actor).where(FindingQuery(parse(query), asker).condition(()))
    page = cutting.cut([cutting.Way(matching, matching)], sort, 50, cutting.position(PageRequest(sort=sort)))
    compiled = looking_back(page, number, clock.now()).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    async with context.sessions.transaction(number) as session:
        plan = (await session.execute(text(f"explain (format json) {compiled}"))).scalar_one()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    assert not {"finding", "occurrence", "event", "decision"} & set(scanned_whole(plan[0]["Plan"]))
