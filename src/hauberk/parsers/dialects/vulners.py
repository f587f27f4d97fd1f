"""What Nmap's script `vulners` says of a product's version."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe


def finding(product: str, name: str, said: list[str], place: sdk.Location) -> sdk.ReportedFinding:
    """`said` is the score, a link and, where there is one, `*EXPLOIT*`."""
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=name,
        severity=sdk.severity_of_score(said[0]),
        severity_reported=sdk.text(said[0]),
        rule_id=name,
        identifiers=sdk.identifiers(name),
        cvss=sdk.assessments((None, said[0], "Vulners")),
        locations=(place,),
        components=tuple(cpe.software(product)),
        references=sdk.urls(said),
        tags=("exploit",) if "*EXPLOIT*" in said else (),
        target=place.host,
    )
