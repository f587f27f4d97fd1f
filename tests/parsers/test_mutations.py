"""Every format against mutilated samples: a report is read, read with problems or refused, and nothing else happens."""

import copy
import io
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError

SAMPLES = sorted(p for p in (Path(__file__).parent / "samples").glob("*/*") if ".golden." not in p.name)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    "x",
    "CVE-2021-44228",
    "http://[",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
)
ROUNDS = 150


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with a key or index in it."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def mutilated(document: Any, chance: random.Random) -> Any:
    document = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        found = list(places(document))
        if not found:
            return document
        container, key = chance.choice(found)
        if chance.random() < 0.3:
            del container[key]
        else:
            container[key] = copy.deepcopy(chance.choice(OTHERS))
    return document


def check(data: bytes, format_id: str) -> None:
    try:
        records = list(open_report(io.BytesIO(data), format=format_id).records())
    except ReportError as error:
        if error.code == "parser_crashed":
            raise
        return
    for record in records:
        assert isinstance(record, ReportedFinding | ReportHeader | ItemProblem)
        msgspec.convert(msgspec.to_builtins(record), type(record))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_mutilated_report_is_read_or_refused(sample: Path) -> None:
    chance = random.Random(sample.name)
    data = sample.read_bytes()
    try:
        document = json.loads(data)
    except ValueError:
        for _ in range(ROUNDS):
            spoiled = bytearray(data)
            for _ in range(chance.randint(1, 4)):
                start = chance.randrange(len(spoiled))
                spoiled[start : start + chance.randint(0, 20)] = chance.randbytes(chance.randint(0, 3))
            check(bytes(spoiled), sample.parent.name)
    else:
        for _ in range(ROUNDS):
            check(json.dumps(mutilated(document, chance)).encode(), sample.parent.name)
