"""A report is shown to the virus scanner before it is read, where there is one: what it finds is told, or refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from hauberk.infra import clamav
from hauberk.infra.clamav import Looked
from hauberk.jobs.job import JobError
from hauberk.jobs.run import JobRun
from hauberk.kit.errors import Unavailable

MALWARE: Final = "malware_found"
_log = structlog.get_logger(__name__)


@contextmanager
def inspected(run: JobRun, report: Path) -> Iterator[tuple[str, ...]]:
    """Around the reading. Gives the notes that belong on the scan.

    A signature inside a recognised report is text, and a note; what no format recognises is refused for it. Strictly,
    a report is refused in either case, and not read while the scanner is away.
    """
    found = clamav.look(run.settings, report)
    is_strict = run.settings.clamav.strict
    if found.signature is not None:
        _log.warning("malware_found", signature=found.signature, job_id=run.job_id)
    if is_strict and found.signature is not None:
        raise _malware(found)
    if is_strict and found.unseen is not None:
        raise Unavailable(f"The report was not read: {found.unseen}.", retry_after=60)
    try:
        yield _notes(found)
    except JobError as error:
        if found.signature is not None:
            raise _malware(found) from error
        raise


def _malware(found: Looked) -> JobError:
    return JobError(MALWARE, f"ClamAV found {found.signature} in the file.")


def _notes(found: Looked) -> tuple[str, ...]:
    if found.signature is not None:
        return (f"ClamAV found {found.signature} in this report; it was read as text.",)
    return () if found.unseen is None else (f"Not seen by ClamAV: {found.unseen}.",)
