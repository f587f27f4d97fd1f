"""`.env.example` says exactly what the settings model says."""

import subprocess
import sys
from pathlib import Path

from hauberk.infra.settings.loading import variable_names

ROOT = Path(__file__).parents[2]


def test_the_example_is_what_the_model_generates():
    tool = ROOT / "tools" / "generate_env_example.py"
    told = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_variable_is_in_the_example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = {line.removeprefix("#").partition("=")[0] for line in lines if line.startswith("#HAUBERK_")}
    assert listed == set(variable_names())
