"""Identifiers are found wherever they stand, also by the ways round the search that texts without any take."""

import pytest

from hauberk.domain.identifiers import identifiers_in, weaknesses_in

ONE_OF_EACH = [
    "CVE-2021-44228",
    "GHSA-jfh8-c2jp-5v3q",
    "GO-2022-0001",
    "PYSEC-2021-1",
    "RUSTSEC-2021-0001",
    "GMS-2022-1",
    "GSD-2022-1",
    "SNYK-JS-LODASH-1018905",
    "RHSA-2021:5093",
    "openSUSE-SU-2021:3999-1",
    "SUSE-SU-2022:1-1",
    "DSA-123-1",
    "DLA-2842-1",
    "TEMP-0000000-ABC123",
    "USN-5192-1",
    "ALAS-2021-1",
    "ALAS2-2021-1732",
    "ALAS2LIVEPATCH-2021-1",
    "GLSA-202107-39",
    "FEDORA-2021-f0f501d01f",
    "CWA-2021-1",
    "XRAY-191882",
    "SONATYPE-2021-4517",
    "NSWG-ECO-516",
    "BDSA-2021-1",
    "VULNDB-1",
    "EUVD-2025-1",
    "AVD-AWS-0086",
    "ZDI-21-1",
    "PRISMA-2021-0153",
    "WS-2020-0042",
    "ELSA-2021-1234",
    "CESA-2021:1234",
    "ASB-A-2021-1",
]


@pytest.mark.parametrize("identifier", ONE_OF_EACH)
def test_every_scheme_is_found_alone_and_in_prose(identifier: str) -> None:
    prose = f"A text that goes on for more than sixty-four characters and names ({identifier.lower()}), well-known, in it."
    assert identifiers_in([identifier]) == identifiers_in([prose]) == (identifier,)


def test_words_with_hyphens_and_dates_are_no_identifiers() -> None:
    assert (
        identifiers_in(["log4j-core-2.14 of 2021-12-10, X-CVE-2021-44228, CVE-2021-44228x", "sub-1.2"]) == ()
    )


def test_identifiers_and_weaknesses_come_once_in_the_order_of_mention() -> None:
    assert identifiers_in(["CVE-2021-2000, cve-2021-1000", "CVE-2021-2000"]) == (
        "CVE-2021-2000",
        "CVE-2021-1000",
    )
    assert weaknesses_in(["cwe-79: XSS", "Cwe 89 and CWE-79", "CWE-0"]) == (79, 89)
