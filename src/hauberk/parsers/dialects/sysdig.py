"""What sysdig-cli-scanner says of a vulnerability in a package, whichever of its reports it stands in."""

from hauberk.parsers import sdk


def vulnerability(image: str | None, package: sdk.Json, found: sdk.Json) -> sdk.Findings:
    word = sdk.text(found.get("severity")) or sdk.text(sdk.pick(found, "severity.value"))
    score = found.get("cvssScore") or {}
    source = sdk.text(found.get("mainProvider")) or sdk.text(sdk.pick(score, "sourceName"))
    score = score.get("value", score)
    name, version = package["name"], sdk.text(package.get("version"))
    path = sdk.text(package.get("path"))
    fixed = sdk.text(found.get("fixVersion")) or sdk.text(found.get("fixedInVersion"))
    yield sdk.ReportedFinding(
        kind=sdk.CONTAINER,
        title=f"{found['name']} in {name} {version or ''}".rstrip(),
        severity=sdk.severity(word),
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
                layer=sdk.text(package.get("layerDigest")) or sdk.text(package.get("layerRef")),
            ),
        ),
        references=sdk.urls(found.get("link")),
        tags=("exploitable",) if found.get("exploitable") is True else (),
        suppression=sdk.Suppression(justification="risk accepted") if found.get("isAccepted") else None,
        target=image,
    )
