"""Reading a SARIF report into spools (parse, normalise, compare) against a bare decode of the same bytes."""

import io
import json
import resource
import tempfile
import time
from collections.abc import Iterator

import msgspec

from hauberk.ingest import reading

NAME = "sarif-reading"
UNIT = "CPU microseconds a finding"
SIZE = 50_000
ROUNDS = 3
SPOOLS = ("results", "keys", "rules", "seen", "secrets", "stated", "suppressed")


def report(size: int) -> bytes:
    rules = [{"id": f"rule-{n}", "shortDescription": {"text": f"Rule {n}"}} for n in range(100)]
    results = [
        {
            "ruleId": f"rule-{n % 100}",
            "level": ("error", "warning", "note")[n % 3],
            "message": {"text": f"Input reaches the sink of rule {n % 100}."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/module{n % 500}/file{n}.py"},
                        "region": {"startLine": n % 900 + 1, "snippet": {"text": f"sink(source_{n})"}},
                    }
                }
            ],
        }
        for n in range(size)
    ]
    tool = {"driver": {"name": "Bench", "rules": rules}}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": tool, "results": results}]}).encode()


def pairs(size: int) -> Iterator[tuple[float, float, dict[str, object]]]:
    content = report(size)
    for _ in range(ROUNDS):
        began = time.process_time()
        msgspec.json.decode(content)
        baseline = time.process_time() - began
        began = time.process_time()
        tally = read(content)
        ours = time.process_time() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield (
            ours / size * 1e6,
            baseline / size * 1e6,
            {"findings": tally.reported, "bytes": len(content), "peak_kib": peak},
        )


def read(content: bytes) -> reading.Tally:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: open(f"{folder}/{name}", "w+b") for name in SPOOLS}  # noqa: PTH123, SIM115 — closed below
        known = tempfile.TemporaryFile()  # noqa: SIM115 — ends with the benchmark
        spools = reading.ReadingFiles(report=io.BytesIO(content), known=known, **files)
        outcome = reading.read(
            spools,
            reading.WhatToRead(format="sarif"),
            "Bench",
            lambda _count, _bytes: None,
            reading.Matching(element_key=bytes(32)),
        )
        for file in files.values():
            file.close()
    assert outcome.tally is not None
    return outcome.tally
