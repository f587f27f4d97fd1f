"""Whatever happens in whatever order: what is shown of a finding is what all of its occurrences come to.

Reports of three scanners for two refs, scans undone and read again, findings decided, joined and split, by chance. After each act
the product's own invariants hold, computing every finding anew changes none, each is due when its policy says, and the past
of this moment is the present.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from factories import reports
from factories.packages import MONDAY
from faults.reference import violations
from hauberk.db.as_of import looking_back
from hauberk.db.last_seen import seen_at
from hauberk.db.models.finding import Finding
from hauberk.db.session import transaction
from hauberk.domain.finding import Triage
from hauberk.domain.severity import Severity
from hauberk.ingest import changes, due_dates, history_statements
from hauberk.jobs.job import JobError
from hauberk.kit.errors import Refusal
from ingest.acting import Acts, InProcess, Regroup

# Of what only undone scans had claimed nothing is left to compute from.
_STANDING = """f.joined_into_id is null and exists (
    select from occurrence o where o.finding_id = f.id and o.close_reason is distinct from 'undone')"""
_TOUCHED = f"""
create temporary table touched on commit drop as
select f.id as finding_id, f.is_active, f.severity, f.triage, f.kind, false as has_new_place from finding f where {_STANDING}
"""
# A scan lists as unchanged no more than it counted; later moves and changes leave the list as it is.
_LISTED = f"""
select n.id, (n.counts ->> 'unchanged')::int as counted, u.listed from scan n
cross join lateral (select count(*) as listed from ({changes.UNCHANGED.replace(":organization", "n.organization_id").replace(":scan", "n.id")}) u) u
where n.applied_at is not null and not n.is_partial and n.undone_at is null
    and u.listed > (n.counts ->> 'unchanged')::int
"""
_DERIVED = f"""
select f.id, f.open_occurrences, f.severity_reported, f.severity, f.priority, f.rule_text_id, f.first_seen_at, f.last_seen_at,
    f.reopened_at, f.is_active, (select array_agg(each order by each) from unnest(f.scanners) each) as scanners
from finding f where {_STANDING} order by f.id
"""
_PAST = (
    "id",
    "is_active",
    "severity",
    "severity_override",
    "triage",
    "open_occurrences",
    "reopened_at",
    "rule_text_id",
    "last_seen_at",
)
# What a finding's page shows of its claims: it was not seen last before any of those that count was.
_SEEN = f"""
with seen as (
    select f.id, f.is_active, f.last_seen_at, max({seen_at("o", "s")}) as latest
    from finding f join occurrence o on o.finding_id = f.id join scope s on s.id = o.scope_id
    join asset_ref r on r.id = s.ref_id and r.is_tracked
    where {_STANDING} and coalesce(o.close_reason, '') not in ('changed', 'moved', 'undone')
    group by f.id, f.is_active, f.last_seen_at)
select id, last_seen_at, latest from seen where not is_active and last_seen_at is distinct from latest
"""
# Of what nobody joined, parted, decided or released, and no report came late to, the trend has, day by day, what the past shows.
# Decisions are of today, and the reports that are read after them of days before: counts follow the order in which things
# happened, the past follows their dates.
_IN_ORDER = """select not exists (select from regrouping) and not exists (select from decision)
    and not exists (select from scan where released_at is not null) and not exists (
    select from scan s join scan l on l.id > s.id and l.scanned_at < s.scanned_at)"""
_TREND = """
select on_day, severity, sum(opened) as opened, sum(closed) as closed, sum(case when triage <= 2 then n else 0 end) as net
from count_delta where on_day < current_date group by 1, 2 order by 1, 2
"""


class Chance:
    """Acts by chance. Each answers what it did, for whoever has to find out why it was wrong."""

    def __init__(self, imports: Any, seed: int) -> None:
        self.imports, self.chance = imports, random.Random(seed)
        self.acts, self.hand = Acts(imports), Regroup(imports)
        self.day = 0
        self.sent: dict[str, Any] = {}

    def report(self) -> dict[str, Any]:
        choice, sample = self.chance.choice, self.chance.sample
        skip = tuple(sample(range(6), choice((0, 0, 1, 2, 3, 5))))
        if self.chance.random() < 0.4:
            report = reports.code(
                6, skip=skip, shift=choice((0, 0, 5)), severity=choice(("HIGH", "HIGH", "LOW"))
            )
            folder = choice(("/src/", "/src/", "/src/", "/lib/"))
            for issue in report["Issues"]:
                issue["file"] = issue["file"].replace("/src/", folder)
            return report
        found = [
            self.flaw(number, path)
            for number in range(4)
            if number not in skip
            for path in sample(("a.json", "b.json", "c.json"), choice((1, 1, 2, 3)))
        ]
        return {"format": "hauberk", "version": 1, "scanner": choice(("one", "two")), "findings": found}

    def flaw(self, number: int, path: str) -> dict[str, Any]:
        names = [f"CVE-2024-{number}", f"GHSA-aaaa-bbbb-ccc{number}"]
        version = self.chance.choice(("1.0.0", "1.0.0", "1.0.1"))
        component = {
            "name": f"p{number}",
            "version": version,
            "purl": f"pkg:npm/p{number}@{version}",
            "path": path,
        }
        return {
            "kind": "sca", "title": "Flaw", "severity": self.chance.choice(("high", "high", "low")),
            "components": [component], "identifiers": self.chance.choice((names[:1], names[:1], names[1:], names)),
        }  # fmt: skip

    def scan(self) -> str:
        self.day += 1
        is_late = self.chance.random() < 0.1
        day = self.chance.randrange(self.day) + 0.5 if is_late else self.day
        ref = "feature" if self.day > 1 and self.chance.random() < 0.2 else None
        if not self.sent or self.chance.random() < 0.8:  # else the very file of before
            self.sent = self.report()
        scan = self.imports(
            self.sent,
            is_read=False,
            ref=ref,
            scanned_at=MONDAY + timedelta(days=day),
            is_partial=self.chance.random() < 0.15,
        )
        assert scan.state in ("done", "held"), scan.error
        return f"scan {scan.id} {scan.scanner} {ref} of day {day} {scan.state} {scan.counts}"

    def reread(self) -> str:
        scans = self.imports.rows("select id from scan where undone_at is null order by id")
        if not scans:
            return "every scan is undone"
        scan = self.chance.choice(scans)
        keeps = self.chance.random() < 0.6
        try:
            effect = self.acts.undo(scan, keeps=keeps)
        except JobError as error:
            return error.message
        assert not (keeps and effect.changes), effect.changes
        return f"{'reprocess' if keeps else 'undo'} {scan.id} {effect.counts}"

    def release(self) -> str:
        held = self.imports.rows("select id from scan where state = 'held' order by id")
        if not held:
            return "nothing is held"
        number = held[0].id
        self.imports.run(
            "update scan set closings = 'released', released_at = clock_timestamp() where id = :id", id=number
        )
        scan = self.imports.scan(number)
        newest = self.imports.value("select last_scan_at from scope where id = :id", id=scan.scope_id)
        if newest > scan.scanned_at:  # as `release_in_its_place`
            return f"release {number} in its place {self.acts.reprocess(scan).counts}"
        self.imports.run("update scan set held = null where id = :id", id=number)
        return f"release {number} {self.imports.release(number).counts}"

    def discard(self) -> str:
        held = self.imports.rows("select id from scan where state = 'held' order by id")
        if not held:
            return "nothing is held"
        self.imports.run(
            "update scan set state = 'done', closings = 'discarded', held = null where id = :id",
            id=held[0].id,
        )
        return f"discard {held[0].id}"

    def say(self) -> str:
        finding = self.chance.choice(self.findings()).id
        change: dict[str, Any] = self.chance.choice(
            (
                {"triage": Triage.FALSE_POSITIVE, "reason": "Only in tests"},
                {"triage": Triage.RISK_ACCEPTED, "reason": "Known", "covers_all_places": True},
                {"severity": Severity.LOW, "severity_reason": "Behind a wall"},
                {"severity": None},
            )
        )
        self.acts.say(finding, **change)
        return f"say {finding} {change}"

    def join(self) -> str:
        one, other = self.chance.choices(self.findings(), k=2)
        return told(lambda: self.hand.join(one.id, other.id), f"join {one.id} {other.id}")

    def split(self) -> str:
        rows = self.imports.rows(
            "select finding_id, array_agg(id order by id) as ids from occurrence where closed_at is null group by 1"
            " order by count(*) desc, 1 limit 3"
        )
        if not rows:
            return "nothing is open"
        row = self.chance.choice(rows)
        some = self.chance.sample(row.ids, max(1, len(row.ids) // 2))
        return told(lambda: self.hand.split(row.finding_id, *some), f"split {row.finding_id} {some}")

    def undo_regrouping(self) -> str:
        regroupings = self.imports.rows("select id from regrouping order by id")
        if not regroupings:
            return "nothing is regrouped"
        number = self.chance.choice(regroupings).id
        return told(lambda: self.hand.undo(number), f"undo regrouping {number}")

    def findings(self) -> list[Any]:
        return self.imports.rows("select id from finding where joined_into_id is null order by id")

    def act(self, step: int) -> str:
        names = (
            ["scan"] * 3
            + ["reread"] * 3
            + ["undo_regrouping"] * 2
            + ["release", "discard", "say", "join", "split"]
        )
        name = "scan" if step < 2 or not self.findings() else self.chance.choice(names)
        done: str = getattr(self, name)()
        return done


def told(act: Callable[[], object], what: str) -> str:
    try:
        act()
    except Refusal as refusal:
        return f"{what}: {refusal}"
    return what


def wrong(imports: Any) -> dict[str, Any]:
    """What is not as it should be."""
    organization = imports.organization
    found: dict[str, Any] = dict(violations(imports.engine, organization))
    with transaction(imports.engine, organization) as connection:
        if seen := connection.execute(text(_SEEN)).all():
            found["seen last"] = list(map(str, seen))
        if listed := connection.execute(text(_LISTED)).all():
            found["listed as unchanged"] = list(map(str, listed))
        if connection.scalar(text(_IN_ORDER)) and (trend := _untrue_trend(connection, organization)):
            found["trend"] = trend
        for row in connection.execute(text("select id from asset")).all():
            if due := due_dates.differing(connection, organization, row.id, 100):
                found["due"] = due
        if past := _past(connection, organization):
            found["as of now"] = past
        before = connection.execute(text(_DERIVED)).all()
        connection.execute(text(_TOUCHED))
        connection.execute(text(history_statements.DERIVE), {"organization": organization})
        after = connection.execute(text(_DERIVED)).all()
        connection.execute(text("rollback"))
    if before != after:
        found["derived"] = sorted({*map(str, before)} ^ {*map(str, after)})
    return found


def _past(connection: Connection, organization: int) -> list[str]:
    columns = [getattr(Finding, name) for name in _PAST]
    present = f"select {', '.join(f'f.{name}' for name in _PAST)} from finding f where {_STANDING}"
    now = connection.execute(text("select clock_timestamp()")).scalar_one()
    past = select(*columns).where(Finding.organization_id == organization, Finding.joined_into_id.is_(None))
    here = {str(row) for row in connection.execute(text(present))}
    return sorted(here ^ {str(row) for row in connection.execute(looking_back(past, organization, now))})


def _untrue_trend(connection: Connection, organization: int) -> list[str]:
    """Days at whose end the trend has something else open than the past has."""
    standing: Counter[int] = Counter()
    columns = select(Finding.severity, func.count().label("n")).where(
        Finding.organization_id == organization,
        Finding.joined_into_id.is_(None),
        Finding.is_active,
    )
    rows = connection.execute(text(_TREND)).all()
    wrong = [f"{row}" for row in rows if row.opened < 0 or row.closed < 0]
    for day in sorted({row.on_day for row in rows}):
        for row in rows:
            if row.on_day == day:
                standing[row.severity] += int(row.net)
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        past = looking_back(columns.group_by(Finding.severity), organization, end)
        there = {row.severity: row.n for row in connection.execute(past)}
        if +standing != Counter(there) or min(standing.values()) < 0:
            wrong.append(f"{day}: {dict(standing)} counted, {there} there")
    return wrong


@pytest.mark.parametrize(
    ("seed", "acts"),
    [
        *(pytest.param(seed, 8, marks=pytest.mark.long) for seed in (5, 24)),
        *(pytest.param(seed, 20, marks=pytest.mark.nightly) for seed in range(100, 160)),
    ],
)
def test_what_is_shown_is_what_all_occurrences_come_to(imports, seed, acts, monkeypatch):
    monkeypatch.setattr(
        "hauberk.ingest.jobs.SandboxedReader", lambda _run, report, _key, is_part: InProcess(report)
    )
    imports.run(
        "insert into due_policy (organization_id, name, name_key, position, asset_tags, high_days, low_days)"
        " values (:organization, 'p', 'p', 1, '{}', 10, 90)",
        organization=imports.organization,
    )
    chance = Chance(imports, seed)
    done: list[str] = []
    for step in range(acts):
        done.append(chance.act(step))
        assert wrong(imports) == {}, "\n".join(done)
