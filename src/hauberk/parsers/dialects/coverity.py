"""What Coverity's command line and its server say alike: the impact of a checker, and what was decided."""

from hauberk.parsers import sdk

# The Coverity Checker Reference: https://sig-product-docs.synopsys.com/bundle/coverity-docs
IMPACTS: sdk.Scale = {
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "audit": sdk.Severity.INFO,
}
DISMISSED = ("False Positive", "Intentional")
