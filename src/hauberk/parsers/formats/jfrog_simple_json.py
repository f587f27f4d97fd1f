"""JFrog CLI's simple JSON: what Xray knows of a build, an image or a project, with secrets and code beside it."""

from functools import partial

from msgspec.structs import replace

from hauberk.parsers import sdk
from hauberk.parsers.dialects import jfrog, packages, secrets

_FOUND_IN_FILES = {
    f"{name}{what}": kind
    for name, kind in (("secrets", sdk.SECRET), ("iac", sdk.IAC), ("sast", sdk.SAST))
    for what in ("", "Violations")
}
# Their names tell the release: `debian:12:curl`.
_SCHEMES = {"debian": "deb", "rpm": "rpm", "alpine": "alpine"}
_LISTS = ("vulnerabilities", "securityViolations", *_FOUND_IN_FILES)


@sdk.parser(
    id="jfrog-simple-json",
    scanner="JFrog Xray",
    title="JFrog CLI simple JSON",
    docs="https://docs.jfrog-applications.jfrog.io/jfrog-applications/jfrog-cli/cli-for-jfrog-security",
    kinds=[sdk.SCA, sdk.CONTAINER, sdk.SECRET, sdk.IAC, sdk.SAST],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(f"{name}.item.impactedPackageName", f"{name}.item.issueId")
            for name in ("vulnerabilities", "securityViolations")
        ),
        sdk.JsonKeys("vulnerabilities", "securityViolations", "licensesViolations"),
    ),
)
def jfrog_simple_json(report: sdk.Report) -> sdk.Findings:
    """`jf audit --format=simple-json > xray.json`, also `jf scan`, `jf docker scan` and `jf build-scan`"""
    for node in report.json(*(f"{name}.item" for name in _LISTS)):
        kind = _FOUND_IN_FILES.get(node.container)
        function = partial(_in_file, kind) if kind else _in_package
        yield from report.read_one(node, function)


def _in_package(said: sdk.Json) -> sdk.Findings:
    name, version = said["impactedPackageName"], sdk.text(said.get("impactedPackageVersion"))
    ecosystem = (sdk.text(said.get("impactedPackageType")) or "").lower()
    identifiers, word = jfrog.identifiers(said), sdk.text(said.get("severity"))
    paths = [_chain(steps) for steps in sdk.listed(said.get("impactPaths"))]
    files = [sdk.pick(each, "location.file") for each in sdk.listed(said.get("components"))]
    is_image = sdk.purl_type(ecosystem) in sdk.OPERATING_SYSTEM_TYPES
    fixed, purl = said.get("fixedVersions"), sdk.purl(ecosystem, name, version)
    package = sdk.Component(
        name=name, version=version, purl=purl, fixed_versions=(*jfrog.fixed_versions(fixed),)
    )
    if ecosystem in _SCHEMES and ":" in name:
        package = jfrog.component(f"{_SCHEMES[ecosystem]}://{name}:{version or ''}", fixed)
    summary = sdk.text(said.get("summary")) or sdk.first(identifiers) or said["issueId"]
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER if is_image else sdk.SCA,
        title=packages.title(summary.splitlines()[0], package.name, package.version),
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=said["issueId"],
        description=sdk.text(sdk.pick(said, "jfrogResearchInformation.details")) or summary,
        remediation=sdk.text(sdk.pick(said, "jfrogResearchInformation.remediation")),
        identifiers=identifiers,
        cwes=jfrog.cwes(said),
        cvss=jfrog.assessments(said),
        locations=tuple(sdk.Location(path=file) for file in sdk.texts(files)),
        components=tuple(replace(package, path=path) for path in sdk.texts(paths) or (None,)),
        references=sdk.urls(said.get("references")),
        tags=sdk.texts([said.get("applicable"), said.get("watch")]),
    )


def _chain(steps: sdk.Json) -> str:
    named = ("@".join(sdk.texts([step.get("name"), step.get("version")])) for step in steps)
    return " > ".join(named)


def _in_file(kind: sdk.FindingKind, said: sdk.Json) -> sdk.Findings:
    """A secret's snippet is the secret, or what is left of it."""
    path, word, quoted = said["file"], sdk.text(said.get("severity")), said.get("snippet")
    is_secret = kind is sdk.SECRET
    rule = sdk.first(said.get("ruleId"), said.get("finding"))
    yield sdk.ReportedFinding(
        kind=kind,
        title=f"{rule or 'Result'} in {path}",
        severity=sdk.severity(word),
        severity_reported=word,
        rule_id=rule,
        description=sdk.text(said.get("scannerDescription")),
        cwes=sdk.cwes(said.get("cwe")) or (secrets.CWES if is_secret else ()),
        locations=(
            sdk.Location(
                path=path,
                line=sdk.line(said.get("startLine")) or sdk.line(said.get("lineColumn")),
                end_line=sdk.line(said.get("endLine")),
                column=sdk.line(said.get("startColumn")),
                snippet=secrets.masked(quoted) if is_secret else sdk.text(quoted),
            ),
        ),
        secret=secrets.value_of(quoted) if is_secret else None,
    )
