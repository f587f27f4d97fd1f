"""SARIF's vocabulary: rules wherever a run keeps them, messages, places, severities and what kind of finding it is."""

import re
from functools import lru_cache
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from hauberk.parsers import sdk

_LEVELS: sdk.Scale = {  # the specification, 3.27.10
    "error": sdk.Severity.HIGH,
    "warning": sdk.Severity.MEDIUM,
    "note": sdk.Severity.INFO,
    "none": sdk.Severity.INFO,
}
_LEVELS_OF: dict[str | None, sdk.Scale] = {
    # https://docs.snyk.io/scan-application-code/snyk-code/cli-for-snyk-code/working-with-the-snyk-code-cli-results
    "SnykCode": {**_LEVELS, "note": sdk.Severity.LOW},
}
_KINDS = (
    (sdk.SECRET, re.compile(r"gitleaks|trufflehog|detect-secrets|ggshield|talisman|secret", re.IGNORECASE)),
    (
        sdk.IAC,
        re.compile(
            r"misconfiguration|checkov|kics|tfsec|tflint|terrascan|kube-|kubesec|cfn[-_]lint|hadolint|zizmor|poutine|\bregula\b",
            re.IGNORECASE,
        ),
    ),
    (
        sdk.CONTAINER,
        re.compile(
            r"OsPackageVulnerability|docker scout|grype|snyk container|anchore container", re.IGNORECASE
        ),
    ),
    (
        sdk.SCA,
        re.compile(
            r"PackageVulnerability|dependency-check|osv-scanner|npm-audit|cargo-deny|govulncheck|snyk open source",
            re.IGNORECASE,
        ),
    ),
)
_HELP = ("help.markdown", "help.text", "properties.solution.text")  # the last is ZAP's
_PLACEHOLDER = re.compile(r"\{(\d{1,3})\}")
_RUN_ID = re.compile(
    r"\d+|\d{4}-?\d\d-?\d\d(?:[T _.:-]?[\d.:_-]+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{40}|[0-9a-f]{64}",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    r"(?m)^Package: (?P<name>\S+)\s*\n+Installed Version: (?P<version>[^\n]*?)\s*\n(?:.*\n)*?Fixed Version: ?(?P<fixed>[^\n]*)"
)

_LEADING = re.compile(r"\(?([A-Z]+-[\w:.,-]+)")  # `(CVE-2024-1234) …`
_OF_SNYK = re.compile(r"(?:\([^)]*\) )?(?P<name>\S+)@(?P<version>[^\s@]+)")
_VULNERABLE = re.compile(r"Package '(?P<name>[^']+)@(?P<version>[^'@]*)' is vulnerable to ")


class Rule(Struct, frozen=True):
    """What a run's tool says of one of its rules, once."""

    id: str | None
    name: str | None
    title: str | None
    description: str | None
    help: str | None
    level: str
    severity: str | None
    cwes: tuple[int, ...]
    identifiers: tuple[str, ...]
    cvss: tuple[sdk.Cvss, ...]
    tags: tuple[str, ...]
    precision: str | None
    references: tuple[str, ...]
    messages: dict[str, str]
    component: sdk.Component | None


class Tool:
    """The driver and extensions of a run, with their rules by id and by place."""

    def __init__(self, tool: sdk.Json) -> None:
        driver = tool.get("driver") or {}
        self.name = sdk.text(driver.get("name"))
        self.levels = _LEVELS_OF.get(self.name, _LEVELS)
        self.version = sdk.first(driver.get("semanticVersion"), driver.get("version"))
        self._components = [
            [_known_rule(rule) for rule in sdk.listed(component.get("rules"))]
            for component in (driver, *(tool.get("extensions") or ()))
        ]
        self._by_id: dict[str | None, Rule] = {}
        for rules in self._components:
            for rule in rules:
                self._by_id.setdefault(rule.id, rule)

    def rule_of(self, result: sdk.Json) -> Rule:
        """By index where that fits the id, else by id; `CA1000/1` is a kind of `CA1000` (SARIF 3.5.4)."""
        index = result.get("ruleIndex")
        if type(index) is int and 0 <= index < len(self._components[0]):
            rule = self._components[0][index]
            if rule.id == result.get("ruleId"):
                return rule
        return self._searched(result)

    def _searched(self, result: sdk.Json) -> Rule:
        reference = result.get("rule") or {}
        rule_id = sdk.first(result.get("ruleId"), reference.get("id"))
        index = sdk.integer(result["ruleIndex"] if "ruleIndex" in result else reference.get("index"))
        component = sdk.integer(sdk.pick(reference, "toolComponent.index"))
        rules = self._components[component + 1 if component is not None else 0 :][:1]
        if index is not None and rules and index < len(rules[0]):
            rule = rules[0][index]
            if rule_id is None or rule.id is None or rule_id == rule.id or rule_id.startswith(f"{rule.id}/"):
                return rule
        known = self._by_id.get(rule_id)
        if known is None and rule_id and "/" in rule_id:
            known = self._by_id.get(rule_id.rpartition("/")[0])
        return known or self._by_id.setdefault(rule_id, _rule({"id": rule_id}))


def _known_rule(rule: sdk.Json) -> Rule:
    """One in another shape is known by its id alone: it ends no reading, for it is no result."""
    try:
        return _rule(rule)
    except (AttributeError, TypeError):
        return _rule({"id": sdk.pick(rule, "id")})


def _rule(rule: sdk.Json) -> Rule:
    properties = rule.get("properties") or {}
    tags = sdk.texts(properties.get("tags"))
    related = [
        sdk.pick(r, "target.id")
        for r in sdk.listed(rule.get("relationships"))
        if _is_cwe(sdk.pick(r, "target"))
    ]
    rule_id, name = sdk.text(rule.get("id")), sdk.text(rule.get("name"))
    title = sdk.text(sdk.pick(rule, "shortDescription.text"))
    repeats_id = bool(title and rule_id and rule_id in title)  # "Semgrep Finding: <id>"
    description = sdk.text(sdk.pick(rule, "fullDescription.text"))
    leading = [match[1] for each in (title, description) if each and (match := _LEADING.match(each))]
    messages = rule.get("messageStrings") or {}
    return Rule(
        id=rule_id,
        name=name,
        title=None if repeats_id else title,
        description=description,
        help=sdk.first(*(sdk.pick(rule, path) for path in _HELP)),
        level=sdk.text(sdk.pick(rule, "defaultConfiguration.level")) or "warning",
        severity=sdk.text(properties.get("security-severity")),
        cwes=sdk.cwes(related, *(properties.get(key) for key in ("cwe", "CWE", "cwes")))
        + sdk.cwes([tag for tag in tags if "cwe" in tag.lower()]),
        identifiers=sdk.identifiers(
            *(rule_id, name, tags, leading),
            rule.get("deprecatedIds"),  # OSV-Scanner's aliases
            *(properties.get(key) for key in ("cve", "cves", "aliases")),
        ),
        cvss=sdk.assessments((properties.get("cvssv3_vector"), properties.get("cvssv3_baseScore"))),
        tags=tags,
        precision=sdk.text(properties.get("precision")),
        references=sdk.urls(rule.get("helpUri"), properties.get("references")),
        messages={key: str(sdk.pick(value, "text")) for key, value in messages.items()},
        component=_package(description, tags),
    )


def _package(description: str | None, tags: tuple[str, ...]) -> sdk.Component | None:
    """All that Snyk's rules say at length: `(CVE-2024-1234) lodash@4.17.20`. What manages the package is their last tag."""
    match = _OF_SNYK.fullmatch(description or "")
    if match is None:
        return None
    purl = sdk.purl(tags[-1] if tags else None, match["name"], match["version"])
    return sdk.Component(name=match["name"], version=match["version"], purl=purl)


def _is_cwe(reference: sdk.Json) -> bool:
    return str(sdk.pick(reference, "toolComponent.name")).upper() == "CWE" or "CWE" in str(
        sdk.pick(reference, "id")
    )


_PLAIN = frozenset((
    "ruleId", "ruleIndex", "level", "kind", "message", "locations", "partialFingerprints", "fingerprints", "guid",
    "correlationGuid", "codeFlows", "relatedLocations", "hostedViewerUri", "baselineState", "rank", "suppressions",
    "properties", "stacks", "graphs", "workItemUris", "occurrenceCount", "provenance",
))  # fmt: skip
SAYS_MORE = frozenset(("correlationGuid", "baselineState", "suppressions"))
_TELLING = frozenset((
    "security-severity", "cve", "cwe", "CWE", "component", "componentVersion", "componentOrigin", "packageName",
    "packageVersion", "commit", "commitSha", "offender",
))  # fmt: skip


def is_plain(result: sdk.Json, message: str | None) -> bool:
    """It says nothing that its rule does not say, but where it is."""
    if not result.keys() <= _PLAIN or not _TELLING.isdisjoint(result.get("properties") or ()):
        return False
    if message and ("CWE" in message or "Package: " in message or "Package '" in message):
        return False
    locations = result.get("locations")
    uri = locations and ((locations[0].get("physicalLocation") or {}).get("artifactLocation") or {}).get(
        "uri"
    )
    return not (isinstance(uri, str) and uri.startswith("http"))


def message_of(result: sdk.Json, rule: Rule) -> str | None:
    message = result.get("message") or {}
    text = sdk.text(message.get("text")) or rule.messages.get(str(message.get("id")))
    arguments = message.get("arguments") or ()
    if text and arguments:
        text = _PLACEHOLDER.sub(
            lambda m: str(arguments[int(m[1])]) if int(m[1]) < len(arguments) else m[0], text
        )
    return text or sdk.text(message.get("markdown"))


def severity_of(tool: Tool, result: sdk.Json, rule: Rule) -> tuple[sdk.Severity, str | None]:
    """`security-severity` (a CVSS-like number, or a word) of result or rule, else the level, by what the tool means with it."""
    properties = result.get("properties")
    given = sdk.text(properties.get("security-severity")) if properties else None
    known = _of_security_severity(given or rule.severity)
    if known is not sdk.Severity.UNKNOWN:
        return known, given or rule.severity
    level = result.get("level")
    if not isinstance(level, str):
        level = rule.level if result.get("kind", "fail") == "fail" else "none"
    return sdk.severity(level, tool.levels), level


@lru_cache(maxsize=1024)
def _of_security_severity(given: str | None) -> sdk.Severity:
    return sdk.severity_of_score(given) if sdk.number(given) is not None else sdk.severity(given)


def kind_of(tool: Tool, result: sdk.Json, rule: Rule) -> sdk.FindingKind:
    known = _kind_said(tool.name, rule.name, rule.tags[:20])
    if known is not None:
        return known
    if rule.identifiers and ("vulnerability" in rule.tags or component_of(result, None)):
        return sdk.SCA
    locations = result.get("locations")
    uri = sdk.pick(locations[0], "physicalLocation.artifactLocation.uri") if locations else _target_of(result)
    return sdk.DAST if isinstance(uri, str) and uri.startswith(("http://", "https://")) else sdk.SAST


@lru_cache(maxsize=4096)
def _kind_said(*words: object) -> sdk.FindingKind | None:
    said = " ".join(map(str, words))
    return next((kind for kind, pattern in _KINDS if pattern.search(said)), None)


def secret_of(result: sdk.Json) -> str | None:
    """Secret scanners quote what they found as the offender or as the snippet."""
    region = sdk.pick(result, "locations.0.physicalLocation.region")
    return sdk.first(sdk.pick(result, "properties.offender"), sdk.pick(region, "snippet.text"))


def component_of(result: sdk.Json, message: str | None) -> sdk.Component | None:
    """Black Duck's properties, or the package that the message of Trivy or OSV-Scanner spells out."""
    properties = result.get("properties") or {}
    name = sdk.first(properties.get("component"), properties.get("packageName"))
    if name:
        version = sdk.first(properties.get("componentVersion"), properties.get("packageVersion"))
        return sdk.Component(
            name=name, version=version, purl=sdk.purl(properties.get("componentOrigin"), name, version)
        )
    if named := _VULNERABLE.match(message or ""):
        return sdk.Component(name=named["name"], version=named["version"] or None)
    match = _PACKAGE.search(message) if message and "Package: " in message else None
    if match is None:
        return None
    fixed = sdk.parts(match["fixed"])
    return sdk.Component(name=match["name"], version=match["version"] or None, fixed_versions=fixed)


def cwes_of(result: sdk.Json, rule: Rule, message: str | None) -> tuple[int, ...]:
    said: list[sdk.Json] = [taxon.get("id") for taxon in sdk.listed(result.get("taxa")) if _is_cwe(taxon)]
    properties = result.get("properties")
    if properties:
        said += [value for key in ("cwe", "CWE") if (value := properties.get(key))]
    if message and "CWE" in message:
        said.append(message)
    return tuple(dict.fromkeys(rule.cwes + sdk.cwes(*said))) if said else rule.cwes


def fix_of(result: sdk.Json) -> str | None:
    return sdk.text(sdk.pick(result, "fixes.0.description.text")) if "fixes" in result else None


def commit_of(result: sdk.Json) -> str | None:
    properties = result.get("properties")
    return sdk.first(properties.get("commit"), properties.get("commitSha")) if properties else None


def fingerprints_of(result: sdk.Json) -> dict[str, str] | None:
    """`partialFingerprints` by key, and `fingerprints` under their own prefix; nested values are flattened."""
    found: dict[str, str] = {}
    for name, prefix in (("partialFingerprints", ""), ("fingerprints", "fingerprints/")):
        for key, value in (result.get(name) or {}).items():
            text = sdk.first(value, sdk.pick(value, "value"))
            if text:
                found[prefix + key] = text
    return found or None


def category_of(automation_id: str | None) -> str | None:
    """What a series of runs has in common: `category/run` ends in what names this run alone (SARIF 2.1.0, 3.17.3).

    A last part that is no number, date or hash is taken as part of the category: tools write it without a run, too.
    """
    category, slash, last = (automation_id or "").rpartition("/")
    return f"{category}{slash}" if category and _RUN_ID.fullmatch(last) else automation_id


def suppression_of(result: sdk.Json) -> sdk.Suppression | None:
    """A result is suppressed when no suppression of it is rejected or under review (SARIF 3.27.23)."""
    given = [
        sdk.Suppression(
            where="inline" if each.get("kind") == "inSource" else "external",
            justification=sdk.text(each.get("justification")),
            is_accepted=each.get("status", each.get("state")) in (None, "accepted"),
        )
        for each in sdk.listed(result.get("suppressions"))
    ]
    return min(given, key=lambda each: each.is_accepted, default=None)


def _target_of(result: sdk.Json) -> sdk.Json:
    return sdk.pick(result, "webRequest.target") if "webRequest" in result else None


def requested(result: sdk.Json, places: list[sdk.Location | None]) -> list[sdk.Location | None]:
    """With what the request says that was made for it: the method, and the address where no place is told."""
    method = sdk.text(sdk.pick(result, "webRequest.method"))
    if places == [None] and (target := _target_of(result)):
        return [sdk.at_url(target, method=method)]
    return [replace(each, method=method) if each and each.url else each for each in places]


def location_of(
    physical: sdk.Json, uri: str | None, symbol: str | None, commit: str | None, message: str | None
) -> sdk.Location:
    """One place. Percent-encoding is undone in relative references, addresses stay as they are."""
    region = physical.get("region") or {}
    quoted = region.get("snippet") or (physical.get("contextRegion") or {}).get("snippet") or {}
    snippet = sdk.text(quoted.get("text"))
    if uri and uri.startswith(("http://", "https://")):
        return replace(sdk.at_url(uri, evidence=snippet), message=message)
    return sdk.Location(
        path=unquote(uri) if uri and "%" in uri and "://" not in uri else uri,
        line=sdk.line(region.get("startLine")),
        end_line=sdk.line(region.get("endLine")),
        column=sdk.line(region.get("startColumn")),
        symbol=symbol,
        snippet=quoted["text"] if snippet else None,
        commit=commit,
        message=message,
    )
