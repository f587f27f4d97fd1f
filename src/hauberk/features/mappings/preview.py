"""A mapping tried on a sample: read in the same sandboxed child as every report, and nothing is kept."""

import os
import time
from typing import Any, Final

from hauberk.features.mappings.schemas import MappingProblem, PreviewSchema, SampleProblem
from hauberk.infra.settings import Settings
from hauberk.ingest.sandbox.errors import SandboxError
from hauberk.ingest.sandbox.sandbox import shared
from hauberk.parsers.mapping import formats, text
from hauberk.parsers.mapping.checking import InvalidMapping

ENTRY: Final = "hauberk.ingest.trial:run"
MAX_SECONDS: Final = 10.0
_NOTHING: Final[dict[str, Any]] = {
    "format": None,
    "is_recognised": False,
    "findings": [],
    "finding_count": 0,
    "header": {},
    "mapping_problems": [],
    "sample_problems": [],
    "refusal": None,
}


class _TooSlow(Exception):
    """The sample takes longer than anybody waits for a preview."""


def preview(settings: Settings, document: str, sample: str) -> PreviewSchema:
    """From a thread."""
    try:
        fields, _ = formats.read(document)
    except InvalidMapping as error:
        return PreviewSchema.model_validate(
            _NOTHING
            | {
                "mapping_problems": [
                    MappingProblem(field=each.field, line=each.line, message=each.message)
                    for each in error.problems
                ]
            }
        )
    try:
        tried = _tried(settings, fields, sample)
    except SandboxError as error:
        where = getattr(error, "position", None)
        return PreviewSchema.model_validate(
            _NOTHING | {"refusal": error.message + (f" ({where})" if where else "")}
        )
    except _TooSlow:
        return PreviewSchema.model_validate(
            _NOTHING
            | {"refusal": f"Reading took longer than {MAX_SECONDS:.0f} seconds: try a smaller sample."}
        )
    lines = {".".join(map(str, path)): line for path, line in text.load(document)[1].items()}
    remarks = [
        MappingProblem(field=name, line=lines.get(name, 1), message=message)
        for name, message in tried.pop("remarks")
    ]
    problems = [SampleProblem(**each) for each in tried.pop("problems")]
    return PreviewSchema.model_validate(
        _NOTHING | tried | {"mapping_problems": remarks, "sample_problems": problems}
    )


def _tried(settings: Settings, fields: Any, sample: str) -> dict[str, Any]:
    deadline = time.monotonic() + MAX_SECONDS

    def check() -> None:
        if time.monotonic() > deadline:
            raise _TooSlow

    descriptor = os.memfd_create("sample") if hasattr(os, "memfd_create") else _temporary()
    with os.fdopen(descriptor, "w+b") as file:
        file.write(sample.encode("utf-8", "replace"))
        file.flush()
        return shared(settings).run(
            ENTRY, files={"report": file.fileno()}, arguments={"mapping": fields}, check=check
        )


def _temporary() -> int:
    """Where the system has no files in memory."""
    import tempfile  # noqa: PLC0415

    descriptor, name = tempfile.mkstemp()
    os.unlink(name)  # noqa: PTH108
    return descriptor
