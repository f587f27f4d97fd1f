"""The report as a PDF. What checks saw is given to the typesetter as data, never as part of its program."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from hauberk.features.readiness.service import Report, attested, by_level, summary

TEMPLATE = Path(__file__).with_name("document.typ")


def make(reports: list[Report], url: str) -> bytes:
    data = {
        "url": url,
        "build": reports[0].build,
        "observed_at": f"{reports[0].observed_at:%Y-%m-%d %H:%M} UTC",
        "summary": [[name, n] for name, n in summary(reports).items()],
        "attested": attested(reports),
        "levels": [[level, passed, total] for level, (passed, total) in by_level(reports).items()],
        "groups": [
            {"name": name, "rows": [_row(each) for each in members]}
            for name, members in groupby(reports, key=lambda each: each.row.group)
        ],
    }
    made: bytes = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(data)},
    )
    return made


def _row(report: Report) -> dict[str, Any]:
    answer = report.answer
    return {
        "id": report.row.id,
        "title": report.row.title,
        "result": answer.result.value,
        "kind": answer.kind.value,
        "evidence": answer.evidence,
        "advice": "" if answer.result.value == "PASS" else answer.advice or "",
        "owner": report.owner or "",
        "due_on": report.due_on.isoformat() if report.due_on else "",
    }
