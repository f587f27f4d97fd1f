"""The demonstration: believable reports of a made-up company, taken in like any other."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from fixtures.api import new_organization, serving, unlimited
from hauberk.db.models.scan import Scan
from hauberk.domain.reported import ItemProblem, ReportedFinding
from hauberk.features.scans.demo.history import history
from hauberk.features.scans.demo.loading import load
from hauberk.parsers.reading import open_report

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.long
def test_every_report_is_read_whole():
    formats, findings = set(), 0
    for report in history(NOW):
        opened = open_report(io.BytesIO(report.content))
        formats.add(opened.format.id)
        for record in opened.records():
            assert not isinstance(record, ItemProblem)
            findings += isinstance(record, ReportedFinding)
    assert formats == {"trivy-json", "semgrep-json", "zap-xml"}
    assert findings > 500


def test_it_is_the_same_story_every_time_and_never_of_the_future():
    first, again = list(history(NOW)), list(history(NOW))
    assert [report.content for report in first] == [report.content for report in again]
    assert all(report.scanned_at < NOW for report in first)


@pytest.mark.long
@pytest.mark.anyio
async def test_it_is_taken_in_once(fresh_settings):
    async with serving(unlimited(fresh_settings)) as started:
        context = started.state.context
        member = await new_organization(context)
        accepted = await load(context, NOW)
        assert accepted == len(list(history(NOW)))
        assert await load(context, NOW) == 0
        async with context.sessions.transaction(member.organization_id) as session:
            assert await session.scalar(select(func.count()).select_from(Scan)) == accepted
