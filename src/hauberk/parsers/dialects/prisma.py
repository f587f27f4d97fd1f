"""How Prisma Cloud Compute (Twistlock) tells a vulnerability and a compliance issue: its API, twistcli and its tables alike."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

_VERSION = re.compile(r"\d[\w.:+~-]*")


def vulnerability(
    found: sdk.Json,
    *,
    known: str,
    kind: str | None,
    system: str | None,
    place: sdk.Location,
    target: str | None,
    vector: sdk.Json,
    seen: sdk.Json,
) -> sdk.ReportedFinding:
    """`status` is `fixed in 1.2, 1.3`, `affected`, `needed`, `will not fix`. Archives of Java are called `group_artifact`."""
    name, version = found["packageName"], sdk.text(found.get("packageVersion"))
    status = sdk.text(found.get("status")) or ""
    coordinates = name.replace("_", ":", 1) if kind in ("jar", "java") else name
    ecosystem = system if kind in ("os", "package") else kind
    is_fixed = status.startswith("fixed in")
    return sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(known, name, version),
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=known,
        description=sdk.text(found.get("description")),
        remediation=status if is_fixed else None,
        identifiers=sdk.identifiers(known),
        cvss=sdk.assessments((vector, found.get("cvss"), "Prisma Cloud")),
        locations=(place,) if place != sdk.Location() else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.text(found.get("purl")) or sdk.purl(ecosystem, coordinates, version),
                fixed_versions=tuple(_VERSION.findall(status)) if is_fixed else (),
                path=place.path,
            ),
        ),
        references=sdk.urls(found.get("link"), found.get("fixLink")),
        tags=sdk.texts(list(found.get("riskFactors") or ())),
        target=target,
        found_at=sdk.timestamp(seen),
    )


def compliance(target: str | None, found: sdk.Json) -> sdk.Findings:
    yield sdk.ReportedFinding(
        kind=sdk.IAC,
        title=found["title"],
        severity=sdk.severity(found.get("severity")),
        severity_reported=sdk.text(found.get("severity")),
        rule_id=sdk.text(found.get("id")) or found["title"],  # twistcli may leave it out
        description=sdk.text(found.get("description")),
        locations=(sdk.Location(resource=target, evidence=sdk.text(found.get("cause"))),),
        tags=sdk.texts([found.get("category"), found.get("type"), *sdk.texts(found.get("templates") or ())]),
        target=target,
    )
