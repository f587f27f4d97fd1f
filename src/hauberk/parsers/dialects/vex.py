"""What a supplier decided about a vulnerability in a product: OpenVEX, CSAF and SPDX 3 say the same four things.

A decision is no new problem: where a product is not affected or fixed, the result comes along as suppressed, with the
supplier's reason, and is information; where it is affected or not yet known, nobody said how bad it is unless a score did.
"""

from hauberk.parsers import sdk

AFFECTED, NOT_AFFECTED = "affected", "not_affected"
FIXED, UNDER_INVESTIGATION = "fixed", "under_investigation"
_SETTLED = (NOT_AFFECTED, FIXED)


def suppression(state: str, *reasons: str | None) -> sdk.Suppression | None:
    if state not in _SETTLED:
        return None
    return sdk.Suppression(justification=": ".join(sdk.texts([state, *reasons])))


def severity(state: str, rated: sdk.Severity = sdk.Severity.UNKNOWN) -> sdk.Severity:
    return sdk.Severity.INFO if state in _SETTLED and rated is sdk.Severity.UNKNOWN else rated
