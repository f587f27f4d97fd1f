"""Reports that name no asset go to the one that what they say tells; what could tell two tells none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from factories import reports
from hauberk.db.session import transaction
from hauberk.features.assets import identifiers
from hauberk.ingest import known_as

DAY = datetime(2026, 1, 1, tzinfo=UTC)
DIGEST = "sha256:" + "d" * 64


def code(*urls: str, **more: Any) -> dict[str, Any]:
    """SARIF with the repository that it was made from; a run for each where there are several."""
    whole = reports.sarif(2, **more)
    first = whole["runs"][0]
    whole["runs"] = [first | {"versionControlProvenance": [{"repositoryUri": url}]} for url in urls] or [
        first
    ]
    return whole


def trivy(name: str, **metadata: Any) -> dict[str, Any]:
    return reports.packages(2) | {
        "ArtifactName": name,
        "ArtifactType": "container_image",
        "Metadata": metadata,
    }


def grype(name: str, **target: Any) -> dict[str, Any]:
    match = {
        "vulnerability": {"id": "CVE-2024-1000", "severity": "High"},
        "artifact": {"name": "package-0", "version": "1.0.0", "purl": "pkg:npm/package-0@1.0.0"},
        "matchDetails": [],
    }
    source = {"type": "image", "target": {"userInput": name, **target}}
    return {"matches": [match], "source": source, "descriptor": {"name": "grype", "version": "0.9"}}


def host(name: str, address: str, mac: str | None = None) -> bytes:
    addresses = f'<address addr="{address}" addrtype="ipv4"/>'
    addresses += f'<address addr="{mac}" addrtype="mac"/>' if mac else ""
    return (
        f'<nmaprun scanner="nmap" version="7.94"><host><status state="up"/>{addresses}<hostnames><hostname'
        f' name="{name}" type="PTR"/></hostnames><ports><port protocol="tcp" portid="80"><state state="open"/>'
        '<service name="http"/></port></ports></host></nmaprun>'
    ).encode()


@pytest.fixture
def asset_of(imports):
    """`asset_of(report, asset=…)`: what the asset is called that the report went to, and what is said of that."""

    def run(report: Any, *, asset: str | None = None, **more: Any) -> tuple[str, list[str]]:
        scan = imports(report, asset=asset, **more)
        assert scan.state == "done", scan.error
        if scan.asset_id is None:  # divided
            (scan,) = imports.rows(
                "select asset_id, problems from scan where part_of = :whole", whole=scan.id
            )
        name = imports.value("select name from asset where id = :id", id=scan.asset_id)
        return name, [each["reason"] for each in scan.problems]

    return run


def test_a_report_that_names_no_asset_goes_to_the_one_of_its_repository(asset_of):
    assert asset_of(code("https://git.example/team/shop"), asset="Shop") == ("Shop", [])
    assert asset_of(code("git@git.example:team/shop.git", tool="Semgrep")) == ("Shop", [])
    assert asset_of(code("https://git.example/team/till")) == ("https://git.example/team/till", [])


def test_our_own_format_says_what_it_is_about_without_naming_it(asset_of):
    def own(**head: Any) -> dict[str, Any]:
        return {"format": "hauberk", "version": 1, "findings": [], **head}

    asset_of(own(repository="https://git.example/team/shop", image_digests=[DIGEST]), asset="Shop")
    assert asset_of(own(repository="ssh://git@git.example/team/shop")) == ("Shop", [])
    assert asset_of(own(image_digests=DIGEST)) == ("Shop", [])


def test_what_a_person_named_is_made_and_said_to_be_known_already(asset_of):
    asset_of(code("https://git.example/team/shop"), asset="Shop")
    name, (said,) = asset_of(code("https://git.example/team/shop"), asset="Front end")
    assert name == "Front end"
    assert said == (
        "A new asset “Front end” was made, as it was named, though the repository git.example/team/shop is known of"
        " “Shop”. If that is the same, send it there, or name no asset."
    )
    assert asset_of(code("https://git.example/team/shop"), asset="Front end") == ("Front end", []), (
        "said once"
    )


@pytest.mark.long
def test_a_repository_of_two_assets_tells_neither(asset_of):
    for name in ("Shop", "Front end"):
        asset_of(code("https://git.example/mono"), asset=name)
    name, (said,) = asset_of(code("https://git.example/mono"))
    assert name == "https://git.example/mono"
    assert "is known of several assets (“Front end”, “Shop”)" in said
    assert asset_of(code("https://git.example/mono")) == (name, []), "by its name from now on"


def test_a_report_about_several_repositories_teaches_none(asset_of, imports):
    asset_of(code("https://git.example/a", "https://git.example/b"), asset="All")
    assert imports.value("select count(*) from asset_identifier") == 0


def test_a_report_that_nothing_names_says_that_its_file_does(asset_of):
    name, (said,) = asset_of(reports.code(3), file_name="results.json")
    assert name == "results"
    assert "it counts for “results”, after its file" in said
    assert asset_of(reports.code(3), asset="Shop") == ("Shop", [])


def test_two_scanners_call_one_image_differently_and_mean_one_asset(asset_of, imports):
    name = "registry.example/team/shop:41"
    asset_of(
        trivy(name, RepoDigests=[f"registry.example/team/shop@{DIGEST}"], ImageID=DIGEST), asset="Shop image"
    )
    assert asset_of(grype("shop:41", manifestDigest=DIGEST)) == ("Shop image", [])
    assert imports.value("select count(*) from finding") == 2, "one is seen by both"
    moved = asset_of(grype("shop:latest", manifestDigest=DIGEST))
    assert moved == ("shop:latest", []), "a tag that moves goes its own way"


@pytest.mark.parametrize(
    ("later", "address", "mac", "went_to"),
    [
        pytest.param(5, "10.0.0.5", None, "old", id="the name changed"),
        pytest.param(40, "10.0.0.5", None, "new", id="the lease ran out long ago"),
        pytest.param(5, "10.0.0.5", "00:16:3e:00:00:02", "new", id="another machine has its address"),
        pytest.param(40, "10.0.0.9", "00:16:3e:00:00:01", "old", id="the same card at another address"),
    ],
)
def test_a_leased_address_is_not_a_machine(asset_of, later, address, mac, went_to):
    asset_of(host("old", "10.0.0.5", "00:16:3e:00:00:01"), asset="auto", scanned_at=DAY)
    then = DAY + timedelta(days=later)
    assert asset_of(host("new", address, mac), asset="auto", scanned_at=then) == (went_to, [])


def test_an_address_is_known_while_it_goes_on_being_seen_and_is_forgotten_after_that(asset_of, imports):
    now = datetime.now(UTC)
    for days in (80, 55):
        asset_of(host("old", "10.0.0.5"), asset="auto", scanned_at=now - timedelta(days=days))
    (row,) = imports.rows("select * from asset_identifier")
    assert (row.scanner, row.last_seen_at - row.first_seen_at) == ("Nmap", timedelta(days=25))
    with transaction(imports.engine, imports.organization) as connection:
        assert identifiers.forget(connection, imports.organization, 60) == 0
        assert identifiers.forget(connection, imports.organization, 30) == 1


def test_what_only_a_scan_said_that_is_taken_back_is_unlearned(asset_of, imports):
    asset_of(code("https://git.example/wrong"), asset="Shop", scanned_at=DAY)
    asset_of(code("https://git.example/shop"), asset="Shop", scanned_at=DAY + timedelta(days=1))
    first = imports.value("select min(id) from scan")
    with transaction(imports.engine, imports.organization) as connection:
        known_as.unlearn(connection, imports.organization, first)
    assert imports.rows("select value from asset_identifier") == [("git.example/shop",)]


def test_the_same_report_again_writes_no_identifier(asset_of, imports):
    asset_of(code("https://git.example/shop"), asset="Shop", scanned_at=DAY)
    before = imports.rows("select xmin::text, last_seen_at from asset_identifier")
    asset_of(code("https://git.example/shop"), asset="Shop", scanned_at=DAY)
    assert imports.rows("select xmin::text, last_seen_at from asset_identifier") == before
