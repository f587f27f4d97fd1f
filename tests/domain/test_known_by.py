"""What assets are known by: one spelling each, and which asset that tells."""

from datetime import UTC, datetime, timedelta

import pytest

from hauberk.domain.known_by import Known, assets_told, image, of_one, repository, spelled

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
DIGEST = "digest:sha256:" + "a" * 64


@pytest.mark.parametrize(
    "said",
    [
        "https://git.example/Team/shop",
        "https://me:secret@Git.Example:443/Team/shop.git/",
        "git@git.example:Team/shop.git",
        "ssh://git@git.example:7999/Team/shop.git",
        "git+https://git.example/Team/shop.git#main",
        "git.example/Team/shop",
    ],
)
def test_a_repository_has_one_spelling(said):
    assert repository(said) == "git.example/Team/shop"


@pytest.mark.parametrize(
    "said", ["", None, "shop", "/srv/shop", "file:///srv/shop", "https://git.example/", "http://[", "C:\\x"]
)
def test_what_names_no_repository_is_none(said):
    assert repository(said) is None


def test_another_web_port_is_another_server():
    assert repository("https://git.example:8443/shop") == "git.example:8443/shop"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("alpine", "docker.io/library/alpine:latest"),
        ("docker.io/team/shop:1.4", "docker.io/team/shop:1.4"),
        ("Registry.Example:5000/team/shop:1.4@sha256:" + "a" * 64, "registry.example:5000/team/shop:1.4"),
        ("registry.example/shop@sha256:" + "a" * 64, None),
        ("sha256:" + "a" * 64, None),
        ("/tmp/image.tar", None),
        ("image.tar", None),
        ("a b", None),
    ],
)
def test_an_image_is_called_as_docker_means_it(said, kept):
    assert image(said) == kept


def test_what_people_type_is_spelled_alike_or_refused():
    assert spelled("mac", "00-16-3E-5E-6C-00") == "00:16:3e:5e:6c:00"
    assert spelled("digest", "shop@sha256:" + "b" * 64) == "sha256:" + "b" * 64
    assert spelled("ip", "2001:DB8::1") == "2001:db8::1"
    assert (spelled("ip", "web1"), spelled("digest", "sha256:12"), spelled("uuid", "7")) == (None, None, None)


def test_a_report_about_several_repositories_is_about_none_of_them():
    assert of_one(["repository:a.example/x", "ip:192.0.2.1", "repository:a.example/y"]) == ("ip:192.0.2.1",)


def known(asset: int, *identifiers: str, is_by_person: bool = False, asset_kind: str = "host") -> list[Known]:
    return [
        Known(asset, asset_kind, *each.split(":", 1), is_by_person, NOON, NOON)  # type: ignore[call-arg]
        for each in identifiers
    ]


def told(those: list[Known], *said: str, at: datetime = NOON) -> set[int]:
    return assets_told(those, set(said), asset_kind="host", at=at, stays=MONTH)


def test_what_stays_with_a_machine_counts_before_its_address():
    both = [*known(1, "mac:m1", "ip:192.0.2.1"), *known(2, "mac:m2", "ip:192.0.2.2")]
    assert told(both, "mac:m1", "ip:192.0.2.2") == {1}


def test_an_address_alone_tells_a_machine_while_it_was_seen_lately():
    one = known(1, "ip:192.0.2.1")
    assert told(one, "ip:192.0.2.1", at=NOON + timedelta(days=29)) == {1}
    assert told(one, "ip:192.0.2.1", at=NOON + timedelta(days=31)) == set()
    assert told(one, "ip:192.0.2.1", at=NOON - timedelta(days=31)) == set()


def test_an_address_tells_no_machine_that_has_another_card():
    one = known(1, "mac:m1", "ip:192.0.2.1")
    assert told(one, "mac:m9", "ip:192.0.2.1") == set()
    assert told(one, "ip:192.0.2.1") == {1}


def test_a_digest_tells_no_image_that_is_tagged_otherwise():
    one = known(1, "image:docker.io/team/shop:41", DIGEST, asset_kind="image")
    assert told(one, "image:docker.io/team/shop:latest", DIGEST) == set()
    assert told(one, "image:mirror.example/shop:41", DIGEST) == {1}


def test_what_a_person_said_counts_before_what_reports_say():
    both = [*known(1, "repository:a.example/x"), *known(2, "repository:a.example/x", is_by_person=True)]
    assert told(both, "repository:a.example/x") == {2}
    assert told(both[:1] + known(3, "repository:a.example/x"), "repository:a.example/x") == {1, 3}


def test_an_address_tells_only_assets_of_its_kind():
    assert told(known(1, "ip:192.0.2.1", asset_kind="site"), "ip:192.0.2.1") == set()


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("mac", "001A.2B3C.4D5E", "00:1a:2b:3c:4d:5e"),
        ("mac", "001A2B3C4D5E", "00:1a:2b:3c:4d:5e"),
        ("mac", "00:00:00:00:00:00", None),
        ("mac", "001A2B3C4D", None),
        ("ip", "2001:0db8:0:0::1", "2001:db8::1"),
        ("ip", "10.0.0.300", None),
        ("ip", "host-7", None),
        ("ip", "127.0.0.1", None),
        ("ip", "fe80::1", None),
        ("ip", "172.17.0.1", None),
    ],
)
def test_a_machine_has_one_spelling_and_what_every_machine_has_tells_none(kind, said, kept):
    assert spelled(kind, said) == kept
