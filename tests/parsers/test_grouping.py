"""A problem that a report repeats for every host is shown once, with all its places."""

from hauberk.domain.finding import FindingKind
from hauberk.domain.reported import Location, ReportedFinding
from hauberk.domain.severity import Severity
from hauberk.parsers.grouping import grouped


def at(host: str, port: int, *, title: str = "Weak cipher", cve: str = "CVE-2016-2183") -> ReportedFinding:
    return ReportedFinding(
        kind=FindingKind.INFRASTRUCTURE,
        title=title,
        severity=Severity.HIGH,
        identifiers=(cve,),
        locations=(Location(host=host, port=port),),
        target=host,
    )


def test_over_hosts_and_ports_all_places_come_together():
    (one,) = grouped([at("a", 443), at("b", 443), at("a", 8443)], over="hosts and ports")
    assert [(place.host, place.port) for place in one.locations] == [("a", 443), ("b", 443), ("a", 8443)]
    assert one.identifiers == ("CVE-2016-2183",)
    assert one.target is None


def test_over_hosts_ports_stay_apart():
    found = list(grouped([at("a", 443), at("b", 443), at("a", 8443)], over="hosts"))
    assert [len(each.locations) for each in found] == [2, 1]


def test_identifiers_add_up_and_other_titles_stay_apart():
    found = list(
        grouped(
            [at("a", 1), at("b", 1, cve="CVE-2020-1"), at("a", 1, title="Another")], over="hosts and ports"
        )
    )
    assert [each.identifiers for each in found] == [("CVE-2016-2183", "CVE-2020-1"), ("CVE-2016-2183",)]


def test_what_is_there_once_is_left_as_it_is():
    alone = at("a", 443)
    assert list(grouped([alone], over="hosts")) == [alone]
