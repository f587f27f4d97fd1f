"""What feeds say shows on findings: those that are there, those that come, and those that have another name for it."""

import threading

import pytest

from hauberk.features.feeds import applying
from hauberk.features.feeds.jobs import sync
from hauberk.ingest.write import Writer

LOG4J, LEFT, RIGHT, GHSA = "CVE-2021-44228", "CVE-2024-1001", "CVE-2024-1002", "GHSA-p6mc-m468-83gw"
HIGH = 4_000_000


def own(*findings, **head):
    """A report in our own format."""
    return {"format": "hauberk", "version": 1, "scanner": "gate", **head, "findings": list(findings)}


def flaw(*names, package="log4j-core", **more):
    return {
        "kind": "sca",
        "title": f"About {names[0]}",
        "severity": "high",
        "identifiers": list(names),
        "components": [{"name": package, "version": "2.14.0", "purl": f"pkg:maven/x/{package}@2.14.0"}],
        **more,
    }


@pytest.mark.long
def test_findings_that_are_there_take_what_feeds_say_and_the_trail_tells_what_is_exploited(world, publisher):
    world.report(LOG4J, LEFT)
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.00043})
    publisher.publish_kev(LOG4J)
    world.sync("epss")
    world.sync("kev")

    log4j, left = world.finding(LOG4J), world.finding(LEFT)
    assert (log4j.epss, log4j.exploited, log4j.priority) == (0.94358, True, HIGH + 100_000 + 94_000)
    assert (left.epss, left.exploited, left.priority) == (0.00043, None, HIGH)
    events = world.imports.rows(
        "select subject_id, detail from event where action = 'finding.known_exploited'"
    )
    assert [(event.subject_id, event.detail) for event in events] == [(log4j.id, {"names": [LOG4J]})]


@pytest.mark.long
def test_a_new_finding_has_them_at_once_and_the_same_report_again_writes_nothing(world, publisher):
    publisher.publish_epss({LOG4J: 0.94358})
    publisher.publish_kev(LOG4J)
    world.sync("epss")
    world.sync("kev")

    world.report(LOG4J, LEFT)
    log4j = world.finding(LOG4J)
    assert (log4j.epss, log4j.exploited, log4j.priority) == (0.94358, True, HIGH + 100_000 + 94_000)
    assert world.finding(LEFT).priority == HIGH

    world.report(LOG4J, LEFT)
    assert world.finding(LOG4J).written_by == log4j.written_by


@pytest.mark.long
def test_a_score_that_moves_unseen_writes_no_finding_and_one_that_shows_writes_only_its_own(world, publisher):
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.05100, RIGHT: 0.00100})
    world.sync("epss")
    world.report(LOG4J, LEFT, RIGHT)
    before = {name: world.finding(name) for name in (LOG4J, LEFT, RIGHT)}
    publisher.publish_epss({LOG4J: 0.94359, LEFT: 0.06100, RIGHT: 0.00140}, at="2026-11-26T12:55:00Z")

    assert world.sync("epss").changed == 3

    assert world.finding(LOG4J).written_by == before[LOG4J].written_by
    assert world.finding(RIGHT).written_by == before[RIGHT].written_by
    assert (world.finding(LEFT).epss, world.finding(LEFT).priority) == (0.061, HIGH + 6_000)


@pytest.mark.long
def test_a_feed_trumps_a_scanner_whose_word_comes_back_when_the_feed_is_switched_off(world, publisher):
    world.imports(own(flaw(LOG4J, epss=0.5, known_exploited=False)))
    assert world.finding(LOG4J).priority == HIGH + 50_000
    publisher.publish_epss({LOG4J: 0.2})
    publisher.publish_kev(LOG4J)
    world.sync("epss")
    world.sync("kev")
    found = world.finding(LOG4J)
    assert (found.epss, found.epss_reported, found.is_epss_of_feed, found.exploited) == (0.2, 0.5, True, True)
    assert found.priority == HIGH + 100_000 + 20_000

    world.configure(source="off")
    world.run_scheduled(sync)

    found = world.finding(LOG4J)
    assert (found.epss, found.is_epss_of_feed, found.exploited) == (0.5, False, False)
    assert found.priority == HIGH + 50_000


def test_a_scanner_that_knows_of_an_exploit_is_believed_where_the_catalogue_says_nothing(world, publisher):
    world.imports(own(flaw(LEFT, known_exploited=True)))
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    assert world.finding(LEFT).exploited is True
    assert world.finding(LEFT).priority == HIGH + 100_000


@pytest.mark.long
def test_a_flaw_has_what_feeds_say_of_its_other_names(world, publisher):
    publisher.publish_epss({LOG4J: 0.94358})
    publisher.publish_kev(LOG4J)
    world.sync("epss")
    world.sync("kev")
    world.imports(own(flaw(GHSA)), asset="shop")
    assert world.finding(GHSA).epss is None

    world.imports(own(flaw(GHSA, LOG4J, package="other")), asset="blog")
    world.work()
    world.work()

    found = world.imports.rows("select distinct epss, priority from finding")
    assert [tuple(row) for row in found] == [(0.94358, HIGH + 100_000 + 94_000)]


@pytest.mark.long
def test_of_several_flaws_the_worst_word_counts(world, publisher):
    publisher.publish_epss({LEFT: 0.1, RIGHT: 0.7})
    world.sync("epss")
    world.imports(own(flaw(LEFT, RIGHT)))
    assert world.finding(LEFT).epss == 0.7


@pytest.mark.long
def test_a_decided_finding_is_kept_up_to_date_too(world, publisher):
    world.report(LOG4J)
    world.imports.run("update finding set triage = 4")
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    assert world.finding(LOG4J).exploited is True
    told = world.imports.rows("select detail from event where action = 'finding.known_exploited'")
    assert [event.detail for event in told] == [{"names": [LOG4J], "is_decided": True}]


@pytest.mark.long
def test_what_was_interrupted_half_way_is_gone_on_with(world, publisher):
    """The rule was written, its findings not yet: the worker died in between."""
    world.report(LOG4J)
    world.imports.run("update rule_text set feed_known_exploited = true, is_feed_pending = true")
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    assert world.finding(LOG4J).priority == HIGH + 100_000
    assert world.imports.value("select count(*) from rule_text where is_feed_pending") == 0


def held_before_it_commits(monkeypatch, act):
    """What `act` does happens once an import has written all and committed nothing."""
    advance = Writer.advance_scope

    def act_first(self, **words):
        advance(self, **words)
        act()

    monkeypatch.setattr(Writer, "advance_scope", act_first)


@pytest.mark.long
def test_a_feed_that_comes_while_an_import_is_being_written_shows_on_what_it_writes(
    world, publisher, monkeypatch
):
    publisher.publish_epss({LEFT: 0.5})
    syncing = threading.Thread(target=world.sync, args=("epss",))

    def begin():
        syncing.start()
        syncing.join(1)

    held_before_it_commits(monkeypatch, begin)
    world.imports(own(flaw(LEFT)))
    syncing.join()
    assert (world.finding(LEFT).epss, world.finding(LEFT).priority) == (0.5, HIGH + 50_000)


@pytest.mark.long
def test_an_import_that_read_the_rule_just_before_the_feed_wrote_it_shows_the_feed_s_word(
    world, publisher, monkeypatch
):
    world.imports(own(flaw(LEFT)), asset="blog")
    publisher.publish_epss({LEFT: 0.5})
    importing = threading.Thread(target=world.imports, args=(own(flaw(LEFT)),))
    has_read, may_commit = threading.Event(), threading.Event()

    def wait():
        has_read.set()
        may_commit.wait(10)

    held_before_it_commits(monkeypatch, wait)
    write = applying._write_words

    def write_behind_it(*arguments, **words):
        importing.start()
        assert has_read.wait(10)
        threading.Timer(1, may_commit.set).start()
        return write(*arguments, **words)

    monkeypatch.setattr(applying, "_write_words", write_behind_it)
    world.sync("epss")
    importing.join()
    found = world.imports.rows("select epss, priority from finding")
    assert [tuple(row) for row in found] == [(0.5, HIGH + 50_000)] * 2
