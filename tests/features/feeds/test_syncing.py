"""Feeds from a publisher that answers as the real ones do, and as somebody would who means harm."""

import gzip
import os

import pytest

from fixtures.publishers import EPSS_PATH, KEV_PATH
from hauberk.kit.errors import Conflict, NotFound

LOG4J, LEFT, RIGHT = "CVE-2021-44228", "CVE-2024-1001", "CVE-2024-1002"


def test_what_was_fetched_once_is_asked_for_by_its_tag_and_not_written_again(world, publisher):
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.00043})
    assert world.sync("epss").changed == 2
    before = world.entries("epss")

    again = world.sync("epss")

    assert (again.is_unchanged, again.failure) == (True, None)
    assert [code for _, code in publisher.answers] == [200, 304]
    assert world.entries("epss") == before
    standing = world.standing("epss")
    assert (standing.row_count, standing.version, standing.failure) == (2, 1, None)
    assert standing.published_at.isoformat() == "2026-11-25T12:55:00+00:00"


@pytest.mark.long
def test_only_rows_that_are_different_are_written(world, publisher):
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.00043})
    world.sync("epss")
    before = world.entries("epss")
    publisher.publish_epss({LOG4J: 0.94358, LEFT: 0.5, RIGHT: 0.1}, at="2026-11-26T12:55:00Z")

    assert world.sync("epss").changed == 2

    after = world.entries("epss")
    assert after[LOG4J] == before[LOG4J]
    assert after[LEFT] != before[LEFT]
    assert set(after) == {LOG4J, LEFT, RIGHT}


def test_what_left_the_catalogue_is_gone(world, publisher):
    publisher.publish_kev(LOG4J, LEFT, RIGHT)
    world.sync("kev")
    publisher.publish_kev(LOG4J, RIGHT, at="2026-11-25T17:00:00Z")
    assert world.sync("kev").changed == 1
    assert set(world.entries("kev")) == {LOG4J, RIGHT}


@pytest.mark.long
def test_a_feed_that_is_suddenly_much_shorter_is_not_believed_until_somebody_says_so(world, publisher):
    many = {f"CVE-2024-{number}": 0.1 for number in range(10_000, 10_100)}
    publisher.publish_epss(many)
    world.sync("epss")
    publisher.publish_epss({LOG4J: 0.9}, at="2026-11-26T12:55:00Z")

    refused = world.sync("epss")

    assert refused.failure is not None
    assert "It has 1 entries, 100 are loaded" in refused.failure
    assert len(world.entries("epss")) == 100
    assert world.standing("epss").failing_since is not None
    assert world.sync("epss", accept_shrunk=True).failure is None
    assert set(world.entries("epss")) == {LOG4J}
    assert world.standing("epss").failing_since is None


HOSTILE_SCORES = {
    "It is empty": gzip.compress(b"cve,epss,percentile\n"),
    "A line is longer": gzip.compress(b"cve,epss,percentile\n" + b"\0" * 1024**2),
    "cannot be unpacked": gzip.compress(b"cve,epss,percentile\nCVE-2024-1001,0.1,0.1\n")[:-9],
    "is damaged": b"\x1f\x8b not gzip at all",
    "This is no EPSS file": b"<html>Sign in to the proxy</html>",
    "Entry 1 is not a CVE": b"cve,epss,percentile\n' or 1=1; --,0.1,0.5\n",
    "with a probability": b"cve,epss,percentile\nCVE-2024-1001,NaN,0.5\n",
    "between 0 and 1": b"cve,epss,percentile\nCVE-2024-1001,7,0.5\n",
    "still to come": b"#score_date:2099-01-01\ncve,epss,percentile\nCVE-2024-1001,0.1,0.5\n",
}
HOSTILE_CATALOGUES = {
    "not the catalogue": b"[" * 100_000,
    "Entry 1 has no CVE": b'{"vulnerabilities": [{"cveID": "x", "dateAdded": "2024-01-01"}]}',
    "dateAdded": b'{"vulnerabilities": [{"cveID": "CVE-2024-1001", "dateAdded": "yesterday"}]}',
    "It is empty": b'{"vulnerabilities": []}',
    "larger than the limit of 16,777,216 bytes": b" " * 17 * 1024**2,
    "larger than the limit of": gzip.compress(b" " * 17 * 1024**2),  # 17 kB that hold 17 MB
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "path", "hostile"), [("epss", EPSS_PATH, HOSTILE_SCORES), ("kev", KEV_PATH, HOSTILE_CATALOGUES)]
)
def test_a_hostile_file_is_refused_with_the_reason_and_what_was_loaded_stays(
    world, publisher, name, path, hostile
):
    publisher.publish_epss({LOG4J: 0.94358})
    publisher.publish_kev(LOG4J)
    world.sync(name)
    for why, content in hostile.items():
        publisher.files[path] = content
        refused = world.sync(name)
        assert why in (refused.failure or "")
        assert set(world.entries(name)) == {LOG4J}
        assert world.standing(name).failure == refused.failure


@pytest.mark.long
def test_a_mirror_that_is_behind_does_not_turn_back_the_clock(world, publisher):
    publisher.publish_epss({LOG4J: 0.9}, at="2026-11-25T12:55:00Z")
    world.sync("epss")
    publisher.publish_epss({LOG4J: 0.1}, at="2026-11-20T12:55:00Z")
    refused = world.sync("epss")
    assert refused.failure is not None
    assert "older than what is loaded" in refused.failure


@pytest.mark.long
def test_a_publisher_that_is_gone_is_a_failure_until_it_is_back(world, publisher):
    publisher.publish_kev(LOG4J)
    world.sync("kev")
    publisher.is_down = True
    assert "answered 503" in (world.sync("kev").failure or "")
    since = world.standing("kev").failing_since
    world.sync("kev")
    assert world.standing("kev").failing_since == since, "it fails since the first time"
    publisher.is_down = False
    assert world.sync("kev").failure is None
    assert world.standing("kev").failing_since is None
    assert set(world.entries("kev")) == {LOG4J}


@pytest.mark.long
def test_an_air_gapped_site_reads_files_from_a_folder_and_their_age_is_when_they_were_put_there(
    world, publisher, tmp_path
):
    publisher.publish_epss({LOG4J: 0.9})
    file = tmp_path / "epss_scores-current.csv.gz"
    file.write_bytes(publisher.files[EPSS_PATH])
    os.utime(file, (1_790_000_000, 1_790_000_000))
    world.configure(source=str(tmp_path))
    assert world.sync("epss").changed == 1
    assert world.standing("epss").synced_at.timestamp() == 1_790_000_000
    assert publisher.answers == []
    missing = world.sync("kev")
    assert missing.failure is not None
    assert "known_exploited_vulnerabilities.json cannot be read" in missing.failure


@pytest.mark.long
def test_by_hand_a_feed_takes_any_file(world, publisher, tmp_path):
    publisher.publish_kev(LOG4J)
    file = tmp_path / "brought-on-a-stick.json"
    file.write_bytes(publisher.files[KEV_PATH])
    world.configure(source="manual")
    assert world.sync("kev", file=file).changed == 1
    with pytest.raises(Conflict, match="give it a file with --file"):
        world.sync("kev")


def test_an_unknown_feed_is_told_with_those_that_there_are(world):
    with pytest.raises(NotFound, match=r"nvd \(there are: epss, kev\)"):
        world.sync("nvd")
