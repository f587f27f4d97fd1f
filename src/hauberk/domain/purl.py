"""Package URLs: the name of a package across ecosystems, from what scanners call the ecosystem."""

from functools import lru_cache

from packageurl import PackageURL

_NAMES = {
    "apk": "alpine chainguard wolfi alpine-apk",
    "alpm": "arch archlinux arch-linux",
    "bitnami": "bitnami",
    "cargo": "rust rustbinary rust-binary rust-crate crates.io crates crate",
    "cocoapods": "pods pod",
    "composer": "packagist composer-vendor php php-composer",
    "conan": "c++ cpp c/c++",
    "conda": "conda-pkg",
    "cran": "r",
    "deb": "debian ubuntu echo dpkg",
    "gem": "bundler gemspec ruby rubygems",
    "github": "githubactions github-actions github-action actions",
    "golang": "go gomod go-mod gobinary go-module go-modules godep dep govendor",
    "hackage": "haskell",
    "hex": "erlang elixir mix",
    "maven": "jar pom gradle sbt java java-archive",
    "npm": "yarn pnpm node node-pkg bun javascript nodejs node.js npm-package",
    "nuget": "dotnet dotnet-core packages-props paket .net",
    "pub": "dart dart-pub",
    "pypi": "pip pipenv poetry uv python python-pkg conda-pip setuptools",
    "rpm": "alma amazon azurelinux bottlerocket cbl-mariner centos fedora opensuse opensuse-leap opensuse-tumbleweed "
    "oracle photon redhat rocky slem sles suse rhel",
    "swift": "swiftpm swifturl",
}
_TYPES = {name: kind for kind, names in _NAMES.items() for name in (kind, *names.split())}
_SHORT = 300
"""What is longer is not remembered: a hostile report would fill the memory with it."""
_SLASHED = ("npm", "golang", "composer", "github", "swift")
OPERATING_SYSTEM_TYPES = ("apk", "alpm", "deb", "rpm")


def purl_type(ecosystem: str | None) -> str | None:
    """The purl type of what a scanner calls an ecosystem, package manager or distribution."""
    return _TYPES.get(ecosystem.strip().lower()) if ecosystem else None


def package_url(
    ecosystem: str | None,
    name: str,
    version: str | None = None,
    *,
    namespace: str | None = None,
    qualifiers: dict[str, str] | None = None,
) -> str | None:
    """A purl from its parts, or None where they make none.

    `ecosystem` may be the scanner's word (`gomod`, `node-pkg`); a scoped name may come whole (`@babel/core`,
    `org.yaml:snakeyaml`). A distribution is its packages' namespace.
    """
    if purl_type(ecosystem) is None or ecosystem is None:
        return None
    make = _made_shortly if len(name) <= _SHORT else _made
    return make(ecosystem.strip().lower(), name, version, namespace, tuple((qualifiers or {}).items()))


def _made(
    word: str, name: str, version: str | None, namespace: str | None, qualifiers: tuple[tuple[str, str], ...]
) -> str | None:
    kind = _TYPES[word]
    if namespace is None and kind in OPERATING_SYSTEM_TYPES and word not in (kind, "dpkg"):
        namespace = word
    if namespace is None and kind in _SLASHED and "/" in name:
        namespace, _, name = name.rpartition("/")
    if namespace is None and kind == "maven" and ":" in name:
        namespace, _, name = name.partition(":")
    try:
        return PackageURL(kind, namespace, name, version or None, dict(qualifiers)).to_string()
    except ValueError:
        return None


def package_of(purl: str | None) -> tuple[str, str | None] | None:
    """The package's name, as its ecosystem writes it, and its version: `org.yaml:snakeyaml`, `@babel/core`."""
    return (_named_shortly if len(purl or "") <= _SHORT else _named)(purl or "")


def _named(purl: str) -> tuple[str, str | None] | None:
    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return None
    separator = ":" if parsed.type == "maven" else "/" if parsed.type in _SLASHED else None
    named = f"{parsed.namespace}{separator}{parsed.name}" if separator and parsed.namespace else parsed.name
    return named, parsed.version


def qualifiers_of(purl: str | None) -> dict[str, str]:
    """What tells the package more closely: `arch`, `distro`."""
    try:
        said = PackageURL.from_string(purl or "").qualifiers
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


# A package has many vulnerabilities, and a purl costs as much as the rest of a finding.
_made_shortly = lru_cache(maxsize=8192)(_made)
_named_shortly = lru_cache(maxsize=8192)(_named)
