"""What secret scanners have in common: they rate nothing themselves, and what they quote is the secret."""

import re

from hauberk.parsers import sdk

CWES = (798,)
"""Use of hard-coded credentials: what every such result is, though few say it."""
_MASKED = re.compile(r"\*{3,}|\bREDACTED\b|^[xX.•*]{6,}$|^-----BEGIN [A-Z0-9 ]+-----$")


def severity(*, is_valid: bool | None = None, opens_all: bool = False) -> sdk.Severity:
    """A leaked secret is high; one that the scanner found working, or that opens a whole account, is critical."""
    return sdk.Severity.CRITICAL if is_valid or opens_all else sdk.Severity.HIGH


def value_of(quoted: sdk.Json) -> str | None:
    """The secret, unless the scanner masked it or quotes a key's first line only: such ones are all alike."""
    text = sdk.text(quoted)
    return None if text is None or _MASKED.search(text) else text


def masked(quoted: sdk.Json) -> str | None:
    """The quotation where it gives no secret away: that may be shown, and tells results in one file apart."""
    text = sdk.text(quoted)
    return text if text is not None and _MASKED.search(text) else None
