"""The graph of an SPDX 3 document: elements that point to each other by identifier, in any order."""

from dataclasses import dataclass, field

from hauberk.parsers import sdk

STATES = {
    "security_VexAffectedVulnAssessmentRelationship": sdk.VexStatus.AFFECTED,
    "security_VexNotAffectedVulnAssessmentRelationship": sdk.VexStatus.NOT_AFFECTED,
    "security_VexFixedVulnAssessmentRelationship": sdk.VexStatus.FIXED,
    "security_VexUnderInvestigationVulnAssessmentRelationship": sdk.VexStatus.UNDER_INVESTIGATION,
}
_AGENTS = ("Agent", "Organization", "Person", "SoftwareAgent")


@dataclass
class Graph:
    """What was read of the document so far."""

    packages: dict[str, sdk.Component] = field(default_factory=dict)
    vulnerabilities: dict[str, sdk.Json] = field(default_factory=dict)
    statements: dict[tuple[str, str], sdk.Json] = field(default_factory=dict)
    scores: dict[str, list[sdk.Json]] = field(default_factory=dict)
    found: set[tuple[str, str]] = field(default_factory=set)
    """Vulnerability and package where the document says itself that the one is in the other."""
    agents: dict[str, str] = field(default_factory=dict)
    creation: sdk.Json = None
    document: str | None = None

    def header(self) -> sdk.ReportHeader:
        makers = sdk.texts(sdk.pick(self.creation, "createdBy"))
        return sdk.ReportHeader(
            scanned_at=sdk.timestamp(sdk.pick(self.creation, "created")),
            author=next((self.agents[each] for each in makers if each in self.agents), None),
            document_id=self.document,
        )

    def take(self, said: sdk.Json) -> sdk.Findings:
        """One element; yields nothing, for all that follows from it may still come."""
        kind, identifier = str(said.get("type")), str(said.get("spdxId") or said.get("@id"))
        if kind == "software_Package":
            self.packages[identifier] = _package(said)
        elif kind == "security_Vulnerability":
            self.vulnerabilities[identifier] = said
        elif kind in _AGENTS:
            self.agents[identifier] = str(said.get("name") or identifier)
        elif kind == "CreationInfo":
            self.creation = said
        elif kind == "SpdxDocument":
            self.document = identifier
        else:
            self._relate(kind, said)
        yield from ()

    def _relate(self, kind: str, said: sdk.Json) -> None:
        if kind in STATES:
            for element in sdk.texts(said.get("to")) if said.get("security_withdrawnTime") is None else ():
                self.statements[str(said["from"]), element] = said
        elif said.get("relationshipType") == "hasAssociatedVulnerability":
            for vulnerability in sdk.texts(said.get("to")):
                self.found.add((vulnerability, str(said["from"])))
                self.statements.setdefault((vulnerability, str(said["from"])), said)
        elif kind.startswith("security_") and kind.endswith("VulnAssessmentRelationship"):
            self.scores.setdefault(str(said["from"]), []).append(said)


def _package(said: sdk.Json) -> sdk.Component:
    named = said.get("externalIdentifier") or ()
    purls = [each.get("identifier") for each in named if each.get("externalIdentifierType") == "packageUrl"]
    return sdk.Component(
        name=said["name"],
        version=sdk.text(said.get("software_packageVersion")),
        purl=sdk.first(said.get("software_packageUrl"), *purls),
    )
