"""Package URLs, taken apart."""

import pytest

from hauberk.domain.purl import package_of


@pytest.mark.parametrize(
    ("purl", "package"),
    [
        ("pkg:maven/org.yaml/snakeyaml@2.0", ("org.yaml:snakeyaml", "2.0")),
        ("pkg:npm/%40babel/core@7.8.3", ("@babel/core", "7.8.3")),
        ("pkg:golang/github.com/gin-gonic/gin@v1.9.0", ("github.com/gin-gonic/gin", "v1.9.0")),
        ("pkg:deb/ubuntu/libstdc%2B%2B6@12?arch=amd64", ("libstdc++6", "12")),
        ("pkg:pypi/jinja2", ("jinja2", None)),
    ],
)
def test_a_purl_names_its_package_as_its_ecosystem_does(purl: str, package: tuple[str, str | None]) -> None:
    assert package_of(purl) == package


@pytest.mark.parametrize("text", [None, "", "jinja2", "pkg:", "cpe:/a:openssl:openssl"])
def test_what_is_no_purl_names_no_package(text: str | None) -> None:
    assert package_of(text) is None
