"""Which lines and branches of the product the tests reach (ADR 46): `-p tests.measured`, each process for itself.

Slipcover's own plugin is not used: its controller reads what workers write without waiting for them.
"""

import json
import os
from pathlib import Path

import pytest
from slipcover import FileMatcher, ImportManager, Slipcover

FOLDER = Path("build/coverage")
SOURCES = ["src/hauberk"]
# The second runs in Locust's process, under gevent.
OMITTED = ["*/db/migrations/versions/*", "*/api/load/locustfile.py"]
NEVER_RUN = ["raise NotImplementedError", r"if __name__ == .__main__.:", "@overload", r"\.\.\.$"]

_watched = Slipcover(branch=True, source=SOURCES, omit=OMITTED, exclude_also=NEVER_RUN)
ImportManager(_watched, FileMatcher(sources=SOURCES, omit=OMITTED)).__enter__()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """First, because a worker that has told its end is waited for no longer."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    (FOLDER / f"{process}.json").write_text(json.dumps(_watched.get_coverage()), encoding="utf-8")
