"""Snyk for C and C++ (`--unmanaged`): known vulnerabilities of sources that no package manager knows."""

import os.path
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_ROOTS = ("", "item.")
_ABOUT = ("issuesData", "fileSignaturesDetails")


@sdk.parser(
    id="snyk-unmanaged-json",
    scanner="Snyk",
    title="Snyk for C and C++",
    docs="https://docs.snyk.io/supported-languages/supported-languages-list/c-c++",
    kinds=[sdk.SCA],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{root}issues", f"{root}issuesData", later=(f"{root}fileSignaturesDetails",))
            for root in _ROOTS
        ),
        *(sdk.JsonKeys(f"{root}issues.item.issueId", f"{root}issuesData") for root in _ROOTS),
    ),
)
def snyk_unmanaged(report: sdk.Report) -> sdk.Findings:
    """`snyk test --unmanaged --json-file-output=snyk.json`"""
    said: dict[str, dict[str, sdk.Json]] = {}  # what an issue is stands behind the list of them
    for node in report.json(*(root + name for root in _ROOTS for name in _ABOUT)):
        said.setdefault(node.container, {})[str(node.key)] = node.value or {}
    for node in report.json(*(f"{root}issues.item" for root in _ROOTS)):
        about = said.get(node.container.removesuffix("issues").rstrip("."), {})
        known, sources = (about.get(name, {}) for name in _ABOUT)
        yield from report.read_one(node, partial(_issue, known, sources))


def _issue(known: dict[str, sdk.Json], sources: dict[str, sdk.Json], issue: sdk.Json) -> sdk.Findings:
    """A source is called by its name and where it comes from: `https://curl.se|curl`, in either order."""
    identity, full, version = issue["issueId"], issue["pkgName"], sdk.text(issue.get("pkgVersion"))
    said = known[identity]
    parts = full.split("|")
    name = next((part for part in parts if "://" not in part), full)
    source = sources.get(f"{full}@{version}") or {}
    folder = _folder(sdk.texts(source.get("filePaths") or ()))
    word, named = said.get("severityWithCritical") or said.get("severity"), said.get("identifiers") or {}
    fixed = sdk.pick(issue, "fixInfo.nearestFixedInVersion") or said.get("nearestFixedInVersion")
    yield sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(said.get("title") or identity, name, version),
        severity=sdk.severity(word),
        severity_reported=sdk.text(word),
        rule_id=identity,
        description=sdk.text(said.get("description")),
        identifiers=sdk.identifiers(
            identity,
            *(ids for scheme, ids in named.items() if scheme != "CWE"),
            said.get("alternativeIds"),
        ),
        cwes=sdk.cwes(named.get("CWE")) or packages.CWES,
        cvss=sdk.assessments((said.get("CVSSv3"), said.get("cvssScore"), "Snyk")),
        epss=sdk.number(sdk.pick(said, "epssDetails.probability")),
        locations=(sdk.Location(path=folder),) if folder else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.text(source.get("purl")),
                fixed_versions=sdk.texts(said.get("fixedIn")) or sdk.texts(fixed),
                path=folder,
            ),
        ),
        references=sdk.urls(
            [each.get("url") for each in sdk.listed(said.get("references"))],
            [part for part in parts if "://" in part],
        ),
    )


def _folder(paths: tuple[str, ...]) -> str | None:
    """Where all its files lie."""
    folders = [path.replace("\\", "/").rpartition("/")[0] for path in paths]
    try:
        return os.path.commonpath(folders) or None if folders else None
    except ValueError:  # some from the root, some not
        return None
