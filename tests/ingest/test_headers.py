"""What a report says of itself in several headers."""

from hauberk.domain.reported import ReportHeader
from hauberk.ingest import headers
from hauberk.ingest.headers import Headers


def together(*said: ReportHeader) -> ReportHeader:
    all_of_them = Headers()
    for each in said:
        all_of_them.add(each)
    return all_of_them.together()


def test_what_says_nothing_changes_nothing_and_what_is_said_later_counts():
    first = ReportHeader(scanner="gate", asset="shop", is_partial=True)
    assert together(first, ReportHeader(asset="till")) == ReportHeader(
        scanner="gate", asset="till", is_partial=True
    )


def test_targets_add_up_each_once_in_their_order():
    said = together(
        ReportHeader(targets=("b", "a")), ReportHeader(targets=("a", "c")), ReportHeader(targets=("b",))
    )
    assert said.targets == ("b", "a", "c")


def test_more_than_can_be_kept_is_left_out(monkeypatch):
    monkeypatch.setattr(headers, "MAX_TARGETS", 3)
    said = together(*(ReportHeader(targets=(f"host-{n}",)) for n in range(5)))
    assert said.targets == ("host-0", "host-1", "host-2")
