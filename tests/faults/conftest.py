"""What the fault tests share."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from faults.reference import Sent, State
from faults.site import expected, fresh_site
from faults.whole import chance, client, load, product

__all__ = ["chance", "client", "load", "product"]


@pytest.fixture
def site(servers, tmp_path):
    with fresh_site(servers, tmp_path) as opened:
        yield opened


@pytest.fixture
def reference(servers, tmp_path):
    """The state that these reports leave when nothing goes wrong."""

    def state(*sent: Sent) -> State:
        return expected(servers, tmp_path, sent)

    return state


@pytest.fixture
def small_disk():
    """`with small_disk(folder, size)`: the folder is a file system of so many bytes."""

    @contextmanager
    def mounted(folder: Path, size: int) -> Iterator[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            pytest.skip("only an administrator of this machine can mount a small disk")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)

    return mounted


def pytest_collection_modifyitems(items):
    """What is quick enough for the normal suite can also be asked for alone: `-m smoke`."""
    here = (Path(__file__).parent, Path(__file__).parents[1] / "hostile")
    for item in items:
        if item.path.parent in here and not item.get_closest_marker("faults"):
            item.add_marker("smoke")
