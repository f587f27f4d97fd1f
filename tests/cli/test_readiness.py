"""`hauberk readiness` where nothing can be looked at: the row that says why fails."""

import json
import subprocess

import pytest

from fixtures.nodes import environment_on
from fixtures.typed import typed


@pytest.mark.parametrize(("wrong", "row"), [("not migrated", "DEL-6"), ("another environment's", "INF-4")])
def test_a_database_that_cannot_be_used_fails_the_row_that_it_is_about(settings, empty_database, wrong, row):
    environment = environment_on(settings)
    if wrong == "not migrated":
        environment["HAUBERK_DATABASE_URL"] = empty_database.url
    else:
        environment |= {"HAUBERK_ENVIRONMENT": "staging", "HAUBERK_PUBLIC_URL": "https://hauberk.example"}
    ended = subprocess.run(
        typed("readiness", "--json"), env=environment, capture_output=True, text=True, check=False
    )
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(told) == 87, ended.stderr
    unmet = [each["id"] for each in told if each["result"] in ("FAIL", "WARN")]
    assert (unmet, ended.returncode) == ([row], 0 if wrong == "not migrated" else 1)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--only", "SEC-4,INF4"], "There is no row or group INF4."),
        (["--only", "NOPE"], "There is no row or group NOPE."),
        (["--only", "SEC-4,", "--level", "nice"], "It is must, should or all."),
        (["--only", "PERF-1", "--level", "must"], "No row of PERF-1 is of level must."),
        (["--url", "hauberk.example.org"], "An address begins with http:// or https://."),
        (["--url", "ftp://hauberk.example.org"], "An address begins with http:// or https://."),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage_and_not_a_pass(asked, told):
    ended = subprocess.run(typed("readiness", *asked), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in ended.stderr


@pytest.mark.long
def test_a_site_that_is_not_there_is_said_to_be_that_and_nothing_else():
    ended = subprocess.run(
        typed("readiness", "--url", "https://127.0.0.1:9", "--only", "SEC-3,SEC-4,INF-6", "--json"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr == ""
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {each["result"] for each in told} <= {"SKIP", "FAIL"}
    cors = next(each for each in told if each["id"] == "SEC-4")
    assert cors["evidence"].startswith("https://127.0.0.1:9 was not reached: ")
