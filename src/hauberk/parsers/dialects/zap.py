"""An alert of ZAP by the names of its JSON report, whichever of its reports it stands in. Its instances are its places."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

_RISKS: sdk.Scale = {  # https://www.zaproxy.org/docs/constants/, as are the confidences
    "3": sdk.Severity.HIGH,
    "2": sdk.Severity.MEDIUM,
    "1": sdk.Severity.LOW,
    "0": sdk.Severity.INFO,
}
_CONFIDENCES = {"0": "false positive", "1": "low", "2": "medium", "3": "high", "4": "confirmed"}
_RISK_CODES = {"high": "3", "medium": "2", "low": "1", "informational": "0", "false positive": "0"}
_CONFIDENCE_CODES = {
    "false positive": "0",
    "low": "1",
    "medium": "2",
    "high": "3",
    "confirmed": "4",
    "user confirmed": "4",
}
OF_INSTANCE = {
    "method": "method",
    "parameter": "param",
    "param": "param",
    "attack": "attack",
    "evidence": "evidence",
    "other info": "otherinfo",
    "other information": "otherinfo",
}
"""What reports for people call what an instance says, and what the JSON report calls it."""
_PARAGRAPH = re.compile(r"</p>\s*<p>|<br\s*/?>")
_TAG = re.compile(r"</?p>")


def alert(site: str | None, said: sdk.Json) -> sdk.Findings:
    title = sdk.text(said.get("name")) or sdk.text(said["alert"])
    confidence = sdk.text(said.get("confidence"))
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=title or "",
        severity=sdk.severity(said.get("riskcode"), _RISKS),
        severity_reported=sdk.first(said.get("riskdesc"), said.get("riskcode")),
        rule_id=sdk.text(said.get("alertRef")) or sdk.text(said["pluginid"]),
        description=_plain(said.get("desc")),
        remediation=_plain(said.get("solution")),
        cwes=sdk.cwes(said.get("cweid")),
        identifiers=sdk.identifiers(*(tag.get("tag") for tag in sdk.listed(said.get("tags")))),
        locations=tuple(_places(said, site)),
        references=sdk.urls((_plain(said.get("reference")) or "").split()),
        tags=sdk.texts([tag.get("tag") for tag in sdk.listed(said.get("tags"))]),
        confidence=_CONFIDENCES.get(confidence or "", confidence),
        suppression=sdk.suppression(confidence == "0", justification="marked as a false positive in ZAP"),
        target=sdk.text(site),
    )


def rated(words: str) -> dict[str, sdk.Json]:
    """`High (Medium)`: the risk, and how sure ZAP is; older versions tell that in the place of the risk."""
    word, _, sure = words.partition(" (")
    unsaid = "0" if word.lower() == "false positive" else None
    return {
        "riskcode": _RISK_CODES.get(word.lower()),
        "riskdesc": words,
        "confidence": _CONFIDENCE_CODES.get(sure.rstrip(")").lower(), unsaid),
    }


def _places(said: sdk.Json, site: str | None) -> Iterator[sdk.Location]:
    for instance in sdk.listed(said.get("instances")) or ({"uri": said.get("uri") or site},):
        attack = sdk.text(instance.get("attack"))
        proof = (
            f"Attack: {attack}" if attack else None,
            instance.get("evidence"),
            _plain(instance.get("otherinfo")),
        )
        yield sdk.at_url(
            sdk.text(instance.get("uri")) or site,
            method=sdk.text(instance.get("method")),
            parameter=sdk.text(instance.get("param")),
            evidence="\n".join(sdk.texts(proof)),
        )


def _plain(value: sdk.Json) -> str | None:
    """ZAP wraps its texts in paragraphs; nothing else of HTML is in them."""
    return sdk.text(_TAG.sub("", _PARAGRAPH.sub("\n", value))) if isinstance(value, str) else None
