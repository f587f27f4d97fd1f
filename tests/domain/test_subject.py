"""Which asset a result is about, and that a report about too many is refused."""

import io

import pytest

from factories import reports
from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Component, Location, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.domain.subject import Subject, by_subject
from hauberk.ingest import divide
from hauberk.parsers.reading import open_report
from hauberk.parsers.sdk import ReportError


def finding(kind: FindingKind, **more) -> ReportedFinding:
    return ReportedFinding(kind=kind, title="A problem", severity=Severity.HIGH, **more)


def subjects(found: ReportedFinding) -> list[Subject | None]:
    return [subject for subject, _ in by_subject(found)]


def test_a_problem_on_two_hosts_is_told_of_each_with_its_own_places():
    places = (Location(host="A", port=1), Location(host="b", port=2), Location(host="a", port=3))
    told = dict(by_subject(finding(FindingKind.INFRASTRUCTURE, locations=places)))
    assert [subject.name for subject in told] == ["a", "b"]
    assert [each.port for each in told[Subject("a", "host")].locations] == [1, 3]


def test_a_page_belongs_to_its_site_without_who_signed_in():
    found = finding(FindingKind.DAST, locations=(Location(url="https://me:pw@shop.example:8443/cart"),))
    assert subjects(found) == [Subject("shop.example:8443", "site")]


@pytest.mark.parametrize(
    ("kind", "named"),
    [(FindingKind.CONTAINER, "image"), (FindingKind.CLOUD, "account"), (FindingKind.SCA, "repository")],
)
def test_a_target_is_an_asset_within_what_the_report_is_about(kind, named):
    assert subjects(finding(kind, target="payments")) == [Subject("payments", named, is_within=True)]


def test_a_target_that_is_a_file_of_what_was_scanned_is_no_asset():
    component = Component(name="left-pad", path="package-lock.json")
    assert subjects(finding(FindingKind.SCA, target="package-lock.json", components=(component,))) == [None]
    assert subjects(finding(FindingKind.IAC, target="main.tf", locations=(Location(path="main.tf"),))) == [
        None
    ]


def test_a_report_about_too_many_assets_is_refused(monkeypatch):
    monkeypatch.setattr(divide, "MAX_PARTS", 2)
    opened = open_report(io.BytesIO(reports.hosts(3)))
    with pytest.raises(ReportError, match="more than 2 assets") as refusal:
        divide.divide(opened, io.BytesIO(), lambda *_: None)
    assert refusal.value.code == "too_many_items"
