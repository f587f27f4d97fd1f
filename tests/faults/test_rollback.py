"""One release back, with data: the release before this one works on the schema that this one made."""

import pytest

from hauberk.infra.delivery import drills
from hauberk.infra.delivery.rollback import rehearse
from hauberk.infra.settings.loading import read_settings

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def test_the_release_before_runs_on_the_new_schema_and_keeps_what_both_took_in(tmp_path):
    settings = read_settings(
        {"HAUBERK_ENVIRONMENT": "test", "HAUBERK_HOME": str(tmp_path / "home")}, servers=False
    )
    folder = tmp_path / "rehearsal"
    folder.mkdir()
    seen = rehearse(settings, folder)
    assert seen.problems == []
    assert seen.schema_before < seen.schema_after
    assert seen.findings == 9
    assert drills.ROLLBACK == "rollback"
