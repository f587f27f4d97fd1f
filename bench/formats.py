"""Every format on its own sample, enlarged, against a bare parse of the same container.

Two ratios, and 2 is half the floor's speed. `ratio`: reading to findings, against a bare parse by the standard library alone
(`json.loads`, `ElementTree.iterparse` with each element freed, `csv.reader`; for pages the tree that any reader needs).
`wire.ratio`: the way to rows ready for COPY, against what no reader can leave out: that bare parse, then the same findings
made from values that lie ready, normalised, fingerprinted and encoded (ADR 39). `growth` is what four times the size costs:
4 is linear.
"""

import csv
import gc
import io
import json
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
from bench.enlarging.reports import enlarged, findings_in
from lxml import html

from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.ingest import encode
from hauberk.ingest.normalise import Normaliser
from hauberk.parsers.reading import open_report
from hauberk.parsers.registry import parsers

NAME = "formats"
UNIT = "CPU milliseconds a MB"
SIZE = 8_000_000
SAMPLES = Path(__file__).parents[1] / "tests" / "parsers" / "samples"
Measured = tuple[float, float, dict[str, object]]


def parts(size: int) -> Iterator[tuple[str, Iterator[Measured]]]:
    """Each format at a quarter of the size, and at the size."""
    for format_id in parsers():
        made = next(
            (
                found
                for sample in samples_of(format_id)
                if (found := enlarged(sample, format_id, size // 4, size))
            ),
            None,
        )
        if made is not None:
            yield format_id, iter([measured(format_id, *made)])


def samples_of(format_id: str) -> list[bytes]:
    """Its samples, the one that says most in few bytes first."""
    paths = [path for path in (SAMPLES / format_id).glob("*") if ".golden." not in path.name]
    return sorted((path.read_bytes() for path in paths), key=lambda data: -findings_in(data, format_id))


def measured(format_id: str, small: bytes, large: bytes) -> Measured:
    at_small = min(_seconds(lambda: findings_in(small, format_id)) for _ in range(2))
    at_large = _seconds(lambda: findings_in(large, format_id))
    floor = min(_seconds(lambda: bare(large)) for _ in range(2))
    mb = len(unpacked(large)) / 1e6
    in_small = findings_in(small, format_id)
    count = in_small * len(large) / len(small)
    ready = [_values(finding) for finding in findings_of(small, format_id)]
    wired = min(_seconds(lambda: on_the_wire(findings_of(small, format_id))) for _ in range(2))
    least = min(_seconds(lambda: on_the_wire(map(_made, ready))) for _ in range(2))
    least += min(_seconds(lambda: bare(small)) for _ in range(2))
    detail: dict[str, object] = {
        "bytes": len(large),
        "mb_per_second": round(mb / at_large, 1),
        "findings_per_second": round(count / at_large),
        "growth": round(at_large / at_small * 4 * len(small) / len(large), 2),
        "wire": {
            "ratio": round(wired / least, 2),
            "ours": round(wired / in_small * 1e6, 1),
            "baseline": round(least / in_small * 1e6, 1),
            "unit": "CPU microseconds a finding",
        },
    }
    return at_large / mb * 1e3, floor / mb * 1e3, detail


def findings_of(data: bytes, format_id: str) -> Iterator[ReportedFinding]:
    records = open_report(io.BytesIO(data), format=format_id).records()
    return (record for record in records if isinstance(record, ReportedFinding))


def on_the_wire(findings: Iterable[ReportedFinding]) -> None:
    """Normalised, fingerprinted and encoded as an import does it."""
    normaliser = Normaliser("bench")
    for seq, finding in enumerate(findings):
        for result, _ in normaliser.results(finding):
            for key in result.keys[:1]:  # a leaked secret has none yet
                encode.result_row(result, seq=seq, action=encode.Action.NEW, occurrence_id=0, group=key)


Values = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


def _values(finding: ReportedFinding) -> Values:
    """What a finding is made from: its own fields, those of its locations and of its components."""
    own = _given(finding)
    return (
        own,
        [_given(each) for each in own.pop("locations", ())],
        [_given(each) for each in own.pop("components", ())],
    )


def _given(struct: Any) -> dict[str, Any]:
    fields = {field.name: field for field in msgspec.structs.fields(type(struct))}
    values = ((name, getattr(struct, name)) for name in fields)
    return {name: value for name, value in values if value != fields[name].default}


def _made(values: Values) -> ReportedFinding:
    own, locations, components = values
    return ReportedFinding(
        **own,
        locations=tuple([Location(**each) for each in locations]),
        components=tuple([Component(**each) for each in components]),
    )


def _seconds(act) -> float:  # noqa: ANN001
    gc.collect()
    began = time.process_time()
    act()
    return max(time.process_time() - began, 1e-6)


def unpacked(data: bytes) -> bytes:
    """The largest member of an archive."""
    if data[:2] != b"PK":
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(max(archive.infolist(), key=lambda member: member.file_size))


def bare(data: bytes) -> None:
    """The container parsed, and nothing done with it."""
    data = unpacked(data)
    head = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:2000]
    if head[:1] in (b"{", b"["):
        _bare_json(data)
    elif head[:1] == b"<" and b"<html" not in head.lower():
        for _, element in ET.iterparse(io.BytesIO(data)):
            element.clear()
    elif head[:1] == b"<":
        html.document_fromstring(data)
    else:
        _bare_lines(data)


def _bare_json(data: bytes) -> None:
    """One document, or one a line; what only begins like it (`[+] …`) is lines."""
    try:
        json.loads(data)
    except ValueError:
        try:
            for line in data.splitlines():
                json.loads(line)
        except ValueError:
            _bare_lines(data)


def _bare_lines(data: bytes) -> None:
    for _ in csv.reader(io.StringIO(data.decode("utf-8", "replace"))):
        pass
