"""What a CycloneDX document says, in the shape of its JSON: components, vulnerabilities, who made it."""

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from hauberk.parsers import sdk
from hauberk.parsers.dialects import vex

_STATES = {
    **dict.fromkeys(("not_affected", "false_positive"), sdk.VexStatus.NOT_AFFECTED),
    **dict.fromkeys(("resolved", "resolved_with_pedigree"), sdk.VexStatus.FIXED),
    "in_triage": sdk.VexStatus.UNDER_INVESTIGATION,
    "exploitable": sdk.VexStatus.AFFECTED,
}
_AUTHORS = ("supplier.name", "manufacturer.name", "manufacture.name", "authors.0.name", "authors.author.name")
_METHODS = {"CVSSv2": "2.0", "CVSSv3": "3.0", "CVSSv31": "3.1", "CVSSv4": "4.0"}
_PATHS = ("aquasecurity:trivy:FilePath", "syft:location:0:path")
_LAYERS = ("aquasecurity:trivy:LayerDiffID", "syft:location:0:layerID")


class Bom:
    """What is known of the document while its vulnerabilities are read; `wanted` are the affected components."""

    def __init__(self, wanted: set[str]) -> None:
        self._wanted = wanted
        self._components: dict[str, sdk.Component] = {}
        self._kind = sdk.SCA
        self._target: str | None = None
        self._root: str | None = None

    def header(self, metadata: sdk.Json) -> sdk.ReportHeader:
        about = sdk.pick(metadata, "component")
        tool = sdk.pick(metadata, "tools.components.0") or sdk.pick(metadata, "tools.0")
        is_image = sdk.pick(about, "type") == "container"
        self._kind = sdk.CONTAINER if is_image else sdk.SCA
        name = sdk.text(sdk.pick(about, "name")) or ""
        self._target = name if name.strip("./") else None  # a scan of the folder it ran in names nothing
        self._root = sdk.text(sdk.pick(about, "bom-ref"))
        self.add(about)
        scanner = sdk.text(sdk.pick(tool, "name"))
        authors = sdk.texts([sdk.pick(metadata, path) for path in _AUTHORS])
        return sdk.ReportHeader(
            scanner=scanner,
            author=sdk.first(authors) or scanner,
            tool_version=sdk.text(sdk.pick(tool, "version")),
            scanned_at=sdk.timestamp(sdk.pick(metadata, "timestamp")),
            asset=self._target,
            asset_kind="image" if is_image else None,
            targets=sdk.texts(self._target),
            identifiers=_identifiers(about, name) if is_image else _repository(about),
        )

    def add(self, component: sdk.Json) -> None:
        """Remembers a component, and those it contains, where a vulnerability points to it."""
        pending = [component]
        while pending:
            each = pending.pop()
            if sdk.pick(each, "bom-ref") in self._wanted:
                self._components[each["bom-ref"]] = component_of(each)
            pending.extend(sdk.listed(sdk.pick(each, "components")))

    def own_findings(self, component: sdk.Json) -> sdk.Findings:
        """Remembers the component; the older extension of XML lists vulnerabilities in it."""
        self.add(component)
        for own in sdk.listed(component.get("vulnerabilities")):
            yield self.finding(own, component_of(component), [])

    def findings(self, vulnerability: sdk.Json) -> sdk.Findings:
        """One for each component that the vulnerability affects."""
        affects = sdk.listed(vulnerability.get("affects")) or [{"ref": vulnerability.get("ref")}]
        for affected in affects:
            ref = sdk.text(affected.get("ref"))
            yield self.finding(
                vulnerability, self._component_at(ref), sdk.listed(affected.get("versions")), ref
            )

    def finding(
        self,
        said: sdk.Json,
        component: sdk.Component | None,
        versions: Sequence[sdk.Json],
        ref: str | None = None,
    ) -> sdk.ReportedFinding:
        name = sdk.first(said.get("id"), said.get("bom-ref")) or said["id"]
        cvss = sdk.assessments(*_assessments(sdk.listed(said.get("ratings"))))
        word, severity = _severity(said, cvss)
        advice = (
            said.get("recommendation"),
            *sdk.listed(said.get("recommendations")),
            said.get("workaround"),
        )
        return sdk.ReportedFinding(
            kind=self._kind,
            title=f"{name} in {component.name}" if component else name,
            severity=severity,
            severity_reported=word,
            rule_id=name,
            description=sdk.first(said.get("description"), said.get("detail")),
            remediation=sdk.paragraphs(*advice),
            identifiers=sdk.identifiers(
                name, *(each.get("id") for each in sdk.listed(said.get("references")))
            ),
            cwes=sdk.cwes(sdk.listed(said.get("cwes"))),
            cvss=cvss,
            components=(_with_versions(component, versions),) if component else (),
            references=sdk.urls(
                sdk.pick(said, "source.url"),
                [sdk.pick(each, "url") or each for each in sdk.listed(said.get("advisories"))],
            ),
            suppression=_suppression(said.get("analysis")),
            vex=self._statement(said.get("analysis"), versions, ref),
            target=self._target,
        )

    def _statement(
        self, analysis: sdk.Json, versions: Sequence[sdk.Json], ref: str | None
    ) -> sdk.VexStatement | None:
        """Somebody judged it. What is still to be mended in a component of this very document was also found here."""
        named = str(sdk.pick(analysis, "state"))
        state = _STATES.get(named)
        if state is None:
            return None
        is_of_product = ref is None or ref == self._root
        mistaken = named if named == "false_positive" else None
        responses = sdk.pick(analysis, "response") or sdk.pick(analysis, "responses.response")
        return sdk.VexStatement(
            vex_status=state,
            justification=sdk.first(sdk.pick(analysis, "justification"), mistaken),
            impact=sdk.text(sdk.pick(analysis, "detail")),
            action=", ".join(sdk.texts(responses)) or None,
            stated_at=vex.newest(
                *(sdk.timestamp(sdk.pick(analysis, key)) for key in ("firstIssued", "lastUpdated"))
            ),
            is_of_product=is_of_product,
            versions=_affected(versions),
            is_result=not state.is_settled and not is_of_product and ref in self._components,
        )

    def _component_at(self, ref: str | None) -> sdk.Component | None:
        """A reference into another document (VEX) still names its package when it ends in a purl."""
        if ref is None or ref in self._components:
            return self._components.get(ref or "")
        purl = unquote(ref.partition("#")[2]) or ref
        package = sdk.package_of(purl)
        return sdk.Component(name=package[0], version=package[1], purl=purl) if package else None


def refs_of(vulnerability: sdk.Json) -> tuple[str, ...]:
    affects = sdk.listed(sdk.pick(vulnerability, "affects"))
    return sdk.texts([sdk.pick(vulnerability, "ref"), *(sdk.pick(each, "ref") for each in affects)])


def component_of(component: sdk.Json) -> sdk.Component:
    purl = sdk.text(component.get("purl"))
    name = sdk.text(component.get("name")) or component["bom-ref"]
    group, separator = sdk.text(component.get("group")), ":" if (purl or "").startswith("pkg:maven/") else "/"
    properties = {sdk.pick(p, "name"): sdk.pick(p, "value") for p in sdk.listed(component.get("properties"))}
    at = sdk.pick(component, "evidence.occurrences.0.location")
    package = sdk.package_of(purl)
    return sdk.Component(
        name=f"{group}{separator}{name}" if group else name,
        version=sdk.text(component.get("version")) or (package[1] if package else None),
        purl=purl,
        path=sdk.first(*(properties.get(key) for key in _PATHS), at),
        layer=sdk.first(*(properties.get(key) for key in _LAYERS)),
    )


def _affected(versions: Sequence[sdk.Json]) -> tuple[str, ...]:
    affected = [each for each in versions if each.get("status") in (None, "affected")]
    return sdk.texts([each.get("version") or each.get("range") for each in affected])


def _with_versions(component: sdk.Component, versions: Sequence[sdk.Json]) -> sdk.Component:
    """The same with the fixed versions, and the affected one where the component has none."""
    by_status: dict[str, list[str]] = {"affected": [], "unaffected": []}
    for each in versions:
        by_status.setdefault(each.get("status") or "affected", []).extend(sdk.texts(each.get("version")))
    return sdk.Component(
        name=component.name,
        version=component.version or sdk.first(by_status["affected"]),
        purl=component.purl,
        fixed_versions=tuple(by_status["unaffected"]),
        path=component.path,
        layer=component.layer,
    )


def _severity(said: sdk.Json, cvss: Sequence[sdk.Cvss]) -> tuple[str | None, sdk.Severity]:
    """The rating of the source that the vulnerability is from, else the first that has a word, else a score."""
    ratings, source = sdk.listed(said.get("ratings")), sdk.pick(said, "source.name")
    own = [each for each in ratings if source and sdk.pick(each, "source.name") == source]
    for rating in (*own, *ratings):
        word = sdk.text(sdk.pick(rating, "severity"))
        if word and word.lower() != "unknown":
            return word, sdk.severity(word)
    score = next((each.score for each in cvss if each.score is not None), None)
    return sdk.text(score), sdk.severity_of_score(score)


def _assessments(ratings: Sequence[sdk.Json]) -> Iterator[sdk.Rating]:
    for rating in ratings:
        version, vector = _METHODS.get(sdk.pick(rating, "method") or ""), sdk.text(sdk.pick(rating, "vector"))
        if vector and version in ("3.0", "3.1", "4.0") and not vector.startswith("CVSS:"):
            vector = f"CVSS:{version}/{vector}"
        if version or (vector or "").startswith("CVSS:"):
            yield vector, _score(rating), sdk.text(sdk.pick(rating, "source.name")), version


def _score(rating: sdk.Json) -> sdk.Json:
    score = sdk.pick(rating, "score")
    return sdk.pick(score, "base") if isinstance(score, dict) else score


def _suppression(analysis: sdk.Json) -> sdk.Suppression | None:
    named = str(sdk.pick(analysis, "state"))
    state = _STATES.get(named)
    if state is None or not state.is_settled:
        return None
    said = sdk.texts([named, sdk.pick(analysis, "justification"), sdk.pick(analysis, "detail")])
    return sdk.Suppression(justification=": ".join(said))


def _identifiers(image: sdk.Json, name: str) -> tuple[str, ...]:
    """Trivy writes the name whole; Syft puts tag or digest into the version."""
    version = sdk.text(sdk.pick(image, "version"))
    is_tag = version is not None and not version.startswith("sha256:") and ":" not in name.rpartition("/")[2]
    said = [sdk.text(sdk.pick(each, "value")) for each in sdk.listed(sdk.pick(image, "properties"))]
    whole = f"{name}:{version}" if is_tag else name
    return sdk.image(whole if ":" in whole else (), [version, *said])


def _repository(about: sdk.Json) -> tuple[str, ...]:
    """The first address of its version control."""
    links = sdk.listed(sdk.pick(about, "externalReferences"))
    said = (sdk.repository(sdk.pick(each, "url")) for each in links if sdk.pick(each, "type") == "vcs")
    return next((each for each in said if each), ())
