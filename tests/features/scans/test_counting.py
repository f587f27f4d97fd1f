"""What is counted of uploads: by scanner and by what became of them, and never by a name that a stranger chose."""

import pytest
from prometheus_client import REGISTRY

from factories import reports
from factories.forms import HEADERS, field, file, form

pytestmark = pytest.mark.anyio


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.long
async def test_an_upload_is_counted_by_its_scanner_and_so_are_its_results(scanned, work):
    await work()  # what another test left is counted before
    before = value("findings_merged_total", op="new")
    scan = await scanned(reports.code(3))
    again = await scanned(reports.code(0))
    assert (scan["state"], again["state"]) == ("done", "done")
    known = {sample.labels["scanner"] for family in REGISTRY.collect() for sample in family.samples
             if sample.name == "uploads_outcome_total" and sample.labels["outcome"] == "done"}  # fmt: skip
    assert known
    assert value("findings_merged_total", op="new") == before + 3
    timed = value(
        "job_duration_seconds_count", queue="import", kind="ingest.import_scan", format=scan["format"]
    )
    assert timed >= 1


@pytest.mark.long
async def test_the_time_until_findings_are_gone_is_added_up_by_severity(scanned):
    found = sum(value("findings_remediated_total", severity=each) for each in ("high", "medium", "low"))
    await scanned(reports.code(3), asset="mended")
    await scanned(reports.code(1), asset="mended")
    now = sum(value("findings_remediated_total", severity=each) for each in ("high", "medium", "low"))
    assert now == found + 2


async def test_a_report_that_names_its_own_scanner_makes_no_label(scanned):
    await scanned(reports.sarif(1, tool="Made up by somebody"), asset="named")
    names = {sample.labels.get("scanner") for family in REGISTRY.collect() for sample in family.samples}
    assert "Made up by somebody" not in names
    assert value("uploads_outcome_total", scanner="other", outcome="done", code="") >= 1


async def test_what_is_refused_at_the_door_and_what_cannot_be_read_is_counted(api, send, work):
    refused = value("uploads_outcome_total", scanner="unknown", outcome="refused", code="unsupported_format")
    answer = await api.post(
        "/api/v1/scans", content=form(field("asset", "shop"), file(b"no report at all")), headers=HEADERS
    )
    assert answer.status_code == 415
    now = value("uploads_outcome_total", scanner="unknown", outcome="refused", code="unsupported_format")
    assert now == refused + 1
    await send(b'{"version": "2.1.0", "runs": [', format="sarif", asset="cut")
    await work()
    failures = [sample for family in REGISTRY.collect() for sample in family.samples
                if sample.name == "parser_failures_total" and sample.labels["parser"] == "sarif"]  # fmt: skip
    assert sum(sample.value for sample in failures) >= 1
