"""What GitHub's alerts of every kind say alike."""

from hauberk.parsers import sdk

_CLOSED = ("dismissed", "auto_dismissed", "fixed")


def suppression(alert: sdk.Json) -> sdk.Suppression | None:
    """Alerts that people or GitHub closed stay in its lists, with who said why."""
    state = (sdk.text(alert.get("state")) or "").lower()
    if state not in _CLOSED:
        return None
    reason = alert.get("dismissed_reason") or alert.get("dismissReason")
    comment = alert.get("dismissed_comment") or alert.get("dismissComment")
    return sdk.Suppression(justification=": ".join(sdk.texts([reason, comment])) or state)
