"""OCSF: findings as events, from Security Lake, Security Hub v2, Falcon, Defender and whoever else writes them."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ocsf

_FINDING = r"200\d"  # class_uid of the category Findings
_OTHERS = r"(?!Prowler$).*"


@sdk.parser(
    id="ocsf-json",
    scanner="OCSF",
    title="OCSF findings",
    docs="https://schema.ocsf.io/1.4.0/categories/findings",
    kinds=[sdk.CLOUD, sdk.SCA, sdk.CONTAINER, sdk.SAST, sdk.INFRASTRUCTURE],
    sniff=sdk.JsonLineKeys(
        "severity_id", values={"class_uid": _FINDING, "metadata.product.name": _OTHERS}, later=("metadata",)
    ),
    items=sdk.JsonLines(),
    versions="OCSF 1.0 to 1.5; classes 2001 to 2007; an array or one event a line",
)
def ocsf_json(event: sdk.Json) -> sdk.Findings:
    """Export findings as OCSF: a Security Lake subscription, `aws securityhub get-findings-v2`, a SIEM's forwarder."""
    yield from ocsf.findings(event)
