"""Terms about what happened to findings: which scan claimed them first, here and anywhere, and what has comments."""

from sqlalchemy import update

from factories.finding import make_occurrence
from factories.scan import make_scan
from hauberk.db.models.finding import Comment, Occurrence
from hauberk.db.models.scan import Scan


def test_what_a_scan_opened_and_what_has_comments(world):
    asset = world.asset()
    scan = make_scan(world.connection, asset)
    opened = world.finding(asset, scan=scan)
    world.finding(asset)
    world.connection.execute(
        Comment.__table__.insert().values(
            organization_id=world.organization_id, finding_id=opened, author_id=1, body="Looks real."
        )
    )
    assert world.ask(f"scan:{world.public_ids.encode('scn', scan)}") == {opened}
    assert world.ask("has:comment") == {opened}


def test_a_scan_introduced_what_no_other_scan_claimed_before(world):
    asset = world.asset()
    rule = world.rule()
    first, second = make_scan(world.connection, asset), make_scan(world.connection, asset)
    known = world.finding(asset, rule=rule, scan=first)
    make_occurrence(world.connection, asset, known, rule=rule, scan=second)
    new = world.finding(asset, rule=rule, scan=second)
    make_occurrence(world.connection, asset, new, rule=rule, scan=second)
    ids = [world.public_ids.encode("scn", scan) for scan in (first, second)]
    assert world.ask(f"scan:{ids[1]}") == {known, new}
    assert world.ask(f"introduced:{ids[0]}") == {known}
    assert world.ask(f"introduced:{ids[1]}") == {new}
    assert world.ask(f"introduced:{ids[0]},{ids[1]}") == {known, new}
    assert world.ask(f"-introduced:{ids[1]}") == {known}


def test_what_an_undone_scan_claimed_was_never_claimed(world):
    asset = world.asset()
    rule = world.rule()
    undone, later = make_scan(world.connection, asset), make_scan(world.connection, asset)
    known = world.finding(asset, rule=rule, scan=undone, is_active=False)
    world.connection.execute(update(Occurrence).values(close_reason="undone"))
    make_occurrence(world.connection, asset, known, rule=rule, scan=later)
    ids = [world.public_ids.encode("scn", scan) for scan in (undone, later)]
    assert world.ask(f"introduced:{ids[0]}") == world.ask(f"scan:{ids[0]}") == set()
    assert world.ask(f"introduced:{ids[1]}") == world.ask(f"scan:{ids[1]}") == {known}


def test_a_report_that_was_divided_has_claimed_what_its_parts_did(world):
    asset = world.asset()
    whole, part = make_scan(world.connection, asset), make_scan(world.connection, asset)
    world.connection.execute(update(Scan).where(Scan.id == whole).values(scope_id=None, asset_id=None))
    world.connection.execute(update(Scan).where(Scan.id == part).values(part_of=whole))
    found = world.finding(asset, scan=part)
    world.finding(asset)
    for scan in (whole, part):
        public_id = world.public_ids.encode("scn", scan)
        assert world.ask(f"scan:{public_id}") == world.ask(f"introduced:{public_id}") == {found}
