"""A vulnerability as Sonatype's OSS Index tells it to the scanners that ask it, whatever letters its keys have."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages


def finding(
    purl: str | None, name: str, version: str | None, said: dict[str, sdk.Json]
) -> sdk.ReportedFinding:
    """OSS Index gives no severity of its own: its CVSS score's rating stands for it."""
    known = {key.lower(): value for key, value in said.items()}
    score, identifier = known.get("cvssscore"), sdk.text(known.get("id"))
    title = sdk.first(*(known.get(key) for key in ("title", "displayname", "cve", "id")))
    cvss = sdk.assessments((known.get("cvssvector"), score or None, "OSS Index"))
    rating = [sdk.number(score), *(each.score for each in cvss)]
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(title, name),
        severity=sdk.severity_of_score(sdk.first(rating)),
        severity_reported=sdk.text(score),
        rule_id=identifier,
        description=sdk.text(known.get("description")),
        identifiers=sdk.identifiers(known.get("cve"), identifier, known.get("displayname"), title),
        cwes=_cwes(known) or packages.CWES,
        cvss=cvss,
        locations=(sdk.Location(resource=purl),) if purl else (),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=purl,
                fixed_versions=sdk.texts(known.get("fixedversions") or known.get("versionranges")),
            ),
        ),
        references=sdk.urls(*str(known.get("reference") or "").split(", "), known.get("externalreferences")),
        suppression=sdk.suppression(known.get("excluded") is True, justification="excluded"),
    )


def _cwes(known: dict[str, sdk.Json]) -> tuple[int, ...]:
    """Its own, else the one in the title; where `cwe` is there and empty, the general one as well."""
    own, titled = sdk.cwes(known.get("cwe")), sdk.cwes(known.get("title"))
    return own or (titled + packages.CWES if titled and "cwe" in known else titled)
