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
