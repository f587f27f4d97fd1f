"""Samples: which there are, how they are read, and the tests that are run over each of them."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, ClassVar

import msgspec
import pytest

from hauberk.domain.reported import ReportedFinding
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import left_out, parsers
from hauberk.parsers.sdk import Record, ReportError

GOLDEN = ".golden.jsonl"
ARCHIVES = (".zip", ".fpr", ".xlsx")
LINE_BY_LINE = (".csv", ".jsonl", ".txt", ".log")
"""What is cut in one of these is shorter, not broken."""


class SampleTests:
    """A test that asks for `sample` or `format_id` is run for each of them."""

    samples: ClassVar[Path]
    """The folder of samples, by format."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.cases(), ids=case_name)
        if "format_id" in metafunc.fixturenames:
            metafunc.parametrize("format_id", self.formats())

    @classmethod
    def cases(cls) -> list[Path]:
        """Every sample. Raises UsageError where there is none, or one of a format that is not installed."""
        return list(_cases(cls.samples))

    @classmethod
    def formats(cls) -> list[str]:
        """Every format of the packages that formats with samples come from."""
        packages = {package_of(case.parent.name) for case in cls.cases()}
        return [name for name in parsers() if package_of(name) in packages]


@cache
def _cases(folder: Path) -> tuple[Path, ...]:
    found = sorted(path for path in folder.glob("*/*") if not path.name.endswith(GOLDEN))
    if not found:
        raise pytest.UsageError(f"There are no samples in {folder}: put them at <format id>/<case>.<ext>.")
    unknown = {case.parent.name for case in found} - parsers().keys()
    if unknown:
        raise pytest.UsageError(
            f"There are samples of formats that are not installed: {', '.join(sorted(unknown))}. "
            + (
                " ".join(map(str, left_out()))
                or "Is the package installed, with an entry point in the group hauberk.parsers?"
            )
        )
    return tuple(found)


def package_of(format_id: str) -> str:
    return parsers()[format_id].function.__module__.partition(".")[0]


def case_name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@contextmanager
def named(case: str) -> Iterator[None]:
    """One of several cases of a test: what fails in here says so. As tests of their own, they would be ten thousand."""
    try:
        yield
    except BaseException as failure:
        failure.add_note(f"Case: {case}")
        raise


def read(data: bytes | BinaryIO, format_id: str | None = None) -> list[Record]:
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    return list(open_report(file, format=format_id).records())


def read_or_refuse(data: bytes, format_id: str | None) -> tuple[list[Record], ReportError | None]:
    """The records, or the refusal. Any other end than these two is the test's failure."""
    try:
        return read(data, format_id), None
    except ReportError as error:
        if error.code == "parser_crashed":
            raise
        return [], error


def findings_of(records: list[Record]) -> list[ReportedFinding]:
    return [record for record in records if isinstance(record, ReportedFinding)]


def as_lines(records: list[Record]) -> str:
    """Golden text: one record a line."""
    tagged = ({"record": type(record).__name__, **msgspec.to_builtins(record)} for record in records)
    return "".join(
        msgspec.json.format(msgspec.json.encode(line), indent=-1).decode() + "\n" for line in tagged
    )
