"""Hosts that are known again under another name or address, and those that may be other machines."""

import pytest

from factories.drifting import Reported, report, service


def machine(host: str, *rules: str, ids: tuple[str, ...] = ("ip:10.0.0.1",)) -> list[Reported]:
    found = [service(host, port=8000 + number, rule=rule) for number, rule in enumerate(rules)]
    for each in found:
        each["locations"][0]["host_ids"] = list(ids)
    return found


THREE = ("P1", "P2", "P3")


def test_a_host_of_many_that_has_another_name_and_the_same_address_keeps_its_findings(imports, consistent):
    stays = machine("web2", *THREE, ids=("ip:10.0.0.2",))
    imports(report(*machine("web1", *THREE), *stays))
    scan = imports(report(*machine("web1.internal", "P1", "P2"), *stays))
    assert (scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == (2, 0, 1)
    logged = imports.rows("select pass_name, detail->'identifiers' as ids from match_log")
    assert {(row.pass_name, tuple(row.ids)) for row in logged} == {("host_identified", ("ip:10.0.0.1",))}
    consistent()


def test_a_host_that_was_called_by_its_address_and_has_a_name_now_keeps_its_findings(imports):
    stays = machine("web2", *THREE, ids=("ip:10.0.0.2",))
    imports(report(*machine("10.0.0.1", *THREE, ids=()), *stays))
    assert imports(report(*machine("web1", *THREE), *stays)).counts["moved"] == 3


@pytest.mark.long
def test_a_host_that_is_called_by_its_address_keeps_its_findings_at_another_address(imports, consistent):
    """Its name tells, unless its network card says otherwise."""
    stays = machine("10.0.0.2", *THREE, ids=("name:web2.example.test",))
    imports(report(*machine("10.0.0.1", *THREE, ids=("name:web1.example.test",)), *stays))
    scan = imports(report(*machine("10.0.0.7", *THREE, ids=("name:web1.example.test",)), *stays))
    assert (scan.state, scan.counts["moved"], scan.counts["new"], scan.counts["closed"]) == ("done", 3, 0, 0)
    card, another = (("name:web3.example.test", f"mac:00:16:3e:00:00:0{number}") for number in (1, 2))
    imports(report(*machine("10.0.0.3", *THREE, ids=card), *stays), asset="another")
    scan = imports(report(*machine("10.0.0.8", *THREE, ids=another), *stays), asset="another")
    assert (scan.counts["moved"], scan.counts["new"]) == (0, 3)
    consistent()


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            [*machine("web1", "P1"), *machine("web3", "P2", "P3")], id="the old name is still reported"
        ),
        pytest.param([*machine("a", *THREE), *machine("b", *THREE)], id="two hosts have the address now"),
        pytest.param(machine("web3", *THREE, ids=("ip:10.0.0.9",)), id="another address"),
        pytest.param(
            [*machine("web2", *THREE, "P4", ids=("ip:10.0.0.1",))], id="the new name was known before"
        ),
    ],
)
def test_a_host_that_may_be_another_machine_is_one(imports, consistent, after):
    stays = machine("web2", *THREE, ids=("ip:10.0.0.2",))
    imports(report(*machine("web1", *THREE), *stays))
    imports(report(*after, *(stays if all(each["locations"][0]["host"] != "web2" for each in after) else [])))
    assert imports.value("select count(*) from match_log where pass_name = 'host_identified'") == 0
    consistent()


def test_a_leased_address_that_another_machine_has_now_is_no_new_name(imports):
    """Its network card tells."""
    stays = machine("web2", *THREE, ids=("ip:10.0.0.2",))
    imports(report(*machine("web1", *THREE, ids=("ip:10.0.0.1", "mac:00:16:3e:00:00:01")), *stays))
    imports(report(*machine("web3", *THREE, ids=("ip:10.0.0.1", "mac:00:16:3e:00:00:02")), *stays))
    assert imports.value("select count(*) from match_log where pass_name = 'host_identified'") == 0


def test_another_address_is_no_change_of_a_result(imports):
    imports(report(*machine("web1", *THREE)))
    assert imports(report(*machine("web1", *THREE, ids=("ip:10.9.9.9",)))).counts["unchanged"] == 3
