"""What Trivy says of one target: its vulnerabilities, misconfigurations, secrets and licences.

Its operator in a cluster says the same in other words: `in_words_of_trivy`.
"""

from collections.abc import Callable, Iterator

from hauberk.parsers import sdk

_WORDS = {"resource": "PkgName", "packagePath": "PkgPath", "primaryLink": "PrimaryURL", "links": "References"}


class TargetResult:
    """Reads what was found in one target; `head` is its Target, Class and Type, `series` what its scans are known by."""

    LISTS = ("Vulnerabilities", "Misconfigurations", "Secrets", "Licenses", "ExperimentalModifiedFindings")

    def __init__(
        self,
        head: sdk.Json,
        *,
        workload: str | None = None,
        is_image: bool = False,
        series: str | None = None,
        tags: tuple[str, ...] = (),
    ) -> None:
        self._target = sdk.text(head.get("Target"))
        self._series = series or self._target
        self._tags = tags
        self._type = sdk.text(head.get("Type"))
        self._is_os = (
            head.get("Class") == "os-pkgs" or sdk.purl_type(self._type) in sdk.OPERATING_SYSTEM_TYPES
        )
        self._kind = sdk.CONTAINER if is_image or workload or self._is_os else sdk.SCA
        self._workload = workload

    def reader(self, name: str) -> Callable[[sdk.Json], sdk.Findings]:
        """The function for the items of one of LISTS."""
        readers = (
            self._vulnerability,
            self._misconfiguration,
            self._secret,
            self._license,
            self._modified,
        )
        return readers[self.LISTS.index(name)]

    def _vulnerability(self, found: sdk.Json, suppression: sdk.Suppression | None = None) -> sdk.Findings:
        path = sdk.text(found.get("PkgPath"))
        if path is None and (self._workload or not self._is_os):
            path = self._target
        place = self._workload or (self._target if self._is_os else None)
        yield sdk.ReportedFinding(
            kind=self._kind,
            title=sdk.text(found.get("Title")) or f"{found['VulnerabilityID']} in {found['PkgName']}",
            severity=sdk.severity(found.get("Severity")),
            severity_reported=sdk.text(found.get("Severity")),
            rule_id=found["VulnerabilityID"],
            description=sdk.text(found.get("Description")),
            identifiers=sdk.identifiers(found["VulnerabilityID"]),
            cwes=sdk.cwes(found.get("CweIDs")),
            cvss=sdk.assessments(*assessments(found.get("CVSS") or {})),
            locations=(sdk.Location(path=path, resource=place),),
            components=(
                sdk.Component(
                    name=found["PkgName"],
                    version=sdk.text(found.get("InstalledVersion")),
                    purl=sdk.text(sdk.pick(found, "PkgIdentifier.PURL")) or self._purl(found),
                    fixed_versions=sdk.parts(found.get("FixedVersion")),
                    path=path,
                    layer=sdk.text(sdk.pick(found, "Layer.DiffID")),
                ),
            ),
            references=sdk.urls(found.get("PrimaryURL"), found.get("References")),
            tags=self._tags + sdk.texts(found.get("VendorIDs")) + sdk.texts(found.get("Status")),
            suppression=suppression,
            target=self._series,
        )

    def _purl(self, found: sdk.Json) -> str | None:
        """Reports before 0.48 carry no purl; their target's type says what the package is."""
        return sdk.purl(self._type, found["PkgName"], sdk.text(found.get("InstalledVersion")))

    def _misconfiguration(self, found: sdk.Json, suppression: sdk.Suppression | None = None) -> sdk.Findings:
        if found.get("Status") == "PASS":
            return
        cause = found.get("CauseMetadata") or {}
        yield sdk.ReportedFinding(
            kind=sdk.IAC,
            title=sdk.text(found.get("Title")) or found["ID"],
            severity=sdk.severity(found.get("Severity")),
            severity_reported=sdk.text(found.get("Severity")),
            rule_id=found["ID"],
            rule_name=sdk.text(found.get("Type")),
            description=sdk.paragraphs(found.get("Message"), found.get("Description")),
            remediation=sdk.text(found.get("Resolution")),
            identifiers=sdk.identifiers(found.get("AVDID"), found["ID"]),
            locations=(self._place(cause, sdk.pick(cause, "Code.Lines"), cause.get("Resource")),),
            references=sdk.urls(found.get("PrimaryURL"), found.get("References")),
            tags=sdk.texts([cause.get("Provider"), cause.get("Service")]),
            suppression=sdk.Suppression() if found.get("Status") == "EXCEPTION" else suppression,
            target=self._series,
        )

    def _secret(self, found: sdk.Json, suppression: sdk.Suppression | None = None) -> sdk.Findings:
        yield sdk.ReportedFinding(
            kind=sdk.SECRET,
            title=sdk.text(found.get("Title")) or found["RuleID"],
            severity=sdk.severity(found.get("Severity")),
            severity_reported=sdk.text(found.get("Severity")),
            rule_id=found["RuleID"],
            rule_name=sdk.text(found.get("Category")),
            locations=(self._place(found, sdk.pick(found, "Code.Lines")),),
            suppression=suppression,
            target=self._series,
        )

    def _license(self, found: sdk.Json, suppression: sdk.Suppression | None = None) -> sdk.Findings:
        package, path = sdk.text(found.get("PkgName")), sdk.text(found.get("FilePath"))
        yield sdk.ReportedFinding(
            kind=self._kind,
            title=f"License {found['Name']} of {package or path or self._target}",
            severity=sdk.severity(found.get("Severity")),
            severity_reported=sdk.text(found.get("Severity")),
            rule_id=f"license:{found['Name']}",
            rule_name=sdk.text(found.get("Category")),
            locations=(sdk.Location(path=path, resource=self._workload),) if path or self._workload else (),
            components=(sdk.Component(name=package, path=path),) if package else (),
            references=sdk.urls(found.get("Link")),
            confidence=sdk.text(found.get("Confidence")),
            suppression=suppression,
            target=self._series,
        )

    def _modified(self, modified: sdk.Json) -> sdk.Findings:
        """What was ignored on purpose (`--show-suppressed`)."""
        reader = {
            "vulnerability": self._vulnerability,
            "misconfiguration": self._misconfiguration,
            "secret": self._secret,
            "license": self._license,
        }[modified["Type"]]
        yield from reader(
            modified["Finding"], sdk.Suppression(justification=sdk.text(modified.get("Statement")))
        )

    def _place(self, lines: sdk.Json, code: sdk.Json, resource: sdk.Json = None) -> sdk.Location:
        causes = [str(line.get("Content")) for line in code or () if line.get("IsCause")]
        return sdk.Location(
            path=self._target,
            line=sdk.line(lines.get("StartLine")),
            end_line=sdk.line(lines.get("EndLine")),
            snippet="\n".join(causes) or None,
            resource=self._workload or sdk.text(resource),
        )


def in_words_of_trivy(found: sdk.Json) -> dict[str, sdk.Json]:
    """What the operator says, under the names of the command line: `installedVersion` is `InstalledVersion`."""
    said = {_WORDS.get(name, f"{name[:1].upper()}{name[1:]}"): value for name, value in found.items()}
    rated, source = found.get("cvss") or {}, sdk.text(found.get("cvsssource")) or "Trivy"
    return said | {
        "PkgIdentifier": {"PURL": found.get("packagePURL")},
        "CVSS": rated | {source: rated.get(source) or {"V3Score": found.get("score")}},
    }


def assessments(by_source: sdk.Json) -> Iterator[sdk.Rating]:
    """Trivy's map from who assessed to vectors and scores."""
    for source, given in by_source.items():
        for version in ("V40", "V3", "V2"):
            yield given.get(f"{version}Vector"), given.get(f"{version}Score"), source
