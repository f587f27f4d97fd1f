"""What sysdig-cli-scanner says of a vulnerability in a package, whichever of its reports it stands in."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

SEVERITIES: sdk.Scale = {"other": sdk.Severity.INFO}  # what nobody rated; the other steps are common words


def vulnerability(image: str | None, package: sdk.Json, found: sdk.Json) -> sdk.Findings:
    word = sdk.first(found.get("severity"), sdk.pick(found, "severity.value"))
    score = found.get("cvssScore") or {}
    source = sdk.first(found.get("mainProvider"), sdk.pick(score, "sourceName"))
    score = score.get("value", score)
    name, version = package["name"], sdk.text(package.get("version"))
    path = sdk.text(package.get("path"))
    fixed = sdk.first(found.get("fixVersion"), found.get("fixedInVersion"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=packages.title(found["name"], name, version),
        severity=sdk.severity(word, SEVERITIES),
        severity_reported=word,
        rule_id=found["name"],
        identifiers=sdk.identifiers(found["name"]),
        cvss=sdk.assessments(
            (score.get("vector"), score.get("score"), source, sdk.text(score.get("version")))
        ),
        epss=sdk.number(found.get("epss")),
        locations=(sdk.Location(path=path),) if path else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl(sdk.text(package.get("type")), name, version),
                fixed_versions=sdk.texts([fixed]),
                path=path,
                layer=sdk.first(package.get("layerDigest"), package.get("layerRef")),
            ),
        ),
        references=sdk.urls(found.get("link")),
        tags=("exploitable",) if found.get("exploitable") is True else (),
        suppression=sdk.suppression(found.get("isAccepted"), justification="risk accepted"),
        target=image,
    )
