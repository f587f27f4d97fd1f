"""`.env.example` says what the settings model says; that it is generated anew is a check of `make check`."""

from pathlib import Path

from hauberk.infra.settings.loading import variable_names

ROOT = Path(__file__).parents[2]


def test_every_variable_is_in_the_example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {line.removeprefix("#").partition("=")[0] for line in lines if line.startswith("#HAUBERK_")}
    assert listed == set(variable_names())
