"""Every format is read in the sandbox as it is read outside: nothing it needs is out of reach there."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from hauberk.infra.settings import Settings
from hauberk.ingest import reading
from hauberk.ingest.sandbox.sandbox import shared

SAMPLES = Path(__file__).parent.parent / "parsers" / "samples"
CASES = sorted(path for path in SAMPLES.glob("*/*") if not path.name.endswith(".golden.jsonl"))
OUT = ("known", "results", "keys", "rules", "seen", "secrets", "stated", "suppressed")


@pytest.fixture(scope="module")
def sandbox(settings: Settings):
    settings.home.mkdir(parents=True, exist_ok=True)
    return shared(settings)


def test_there_are_samples():
    assert len(CASES) > 20


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_is_read_alike_inside_and_outside(case: Path, sandbox):
    matching = msgspec.to_builtins(reading.Matching(element_key=bytes(32)))
    what = {"format": case.parent.name}
    arguments = {"step": "read", "what": what, "scanner": "Test", "matching": matching}

    def opened(stack: ExitStack) -> dict[str, int]:
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in OUT}  # noqa: SIM115
        files["report"] = stack.enter_context(case.open("rb"))
        return {name: file.fileno() for name, file in files.items()}

    with ExitStack() as stack:
        inside = sandbox.run("hauberk.ingest.reading:run", files=opened(stack), arguments=arguments)
    with ExitStack() as stack:
        copies = {name: os.dup(number) for name, number in opened(stack).items()}
        outside = reading.run(copies, arguments, lambda _values: None)
    assert inside == _plain(outside)


def _plain(outcome: dict) -> dict:
    """As it comes back through the pipe."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(outcome))
