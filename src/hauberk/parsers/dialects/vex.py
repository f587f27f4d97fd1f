"""What a supplier states about a vulnerability in a product: OpenVEX, CSAF, CycloneDX and SPDX 3 say the same four things.

A statement is no new problem. It comes along with the result that it is about, and the importer takes it for a decision about
findings that scanners report. Where a product is not affected or fixed the result itself is information; where it is
affected or not yet known, nobody said how bad it is unless a score did.
"""

from datetime import datetime

from hauberk.parsers import sdk


def suppression(state: sdk.VexStatus, *reasons: str | None) -> sdk.Suppression | None:
    if not state.is_settled:
        return None
    return sdk.Suppression(justification=": ".join(sdk.texts([state.value, *reasons])))


def severity(state: sdk.VexStatus, rated: sdk.Severity = sdk.Severity.UNKNOWN) -> sdk.Severity:
    return sdk.Severity.INFO if state.is_settled and rated is sdk.Severity.UNKNOWN else rated


def newest(*times: datetime | None) -> datetime | None:
    """When a document was last changed, from the dates that it gives."""
    return max((each for each in times if each is not None), default=None)
