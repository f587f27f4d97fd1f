"""WhiteHat Sentinel: vulnerabilities of web sites with the requests that prove them, from its API."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_SEVERITIES: sdk.Scale = {  # https://apidocs.whitehatsec.com/: risk
    "5": sdk.Severity.CRITICAL,
    "4": sdk.Severity.HIGH,
    "3": sdk.Severity.MEDIUM,
    "2": sdk.Severity.LOW,
    "1": sdk.Severity.INFO,
    "0": sdk.Severity.INFO,
}


@sdk.parser(
    id="whitehat-sentinel-json",
    scanner="WhiteHat Sentinel",
    docs="https://apidocs.whitehatsec.com/",
    kinds=[sdk.DAST],
    sniff=sdk.AnyOf(
        sdk.JsonKeys("collection.item.class", "collection.item.attack_vectors"),
        sdk.JsonKeys("collection.item.class", "collection.item.site_name"),
        sdk.JsonKeys(empty=("collection",)),
    ),
    items=sdk.JsonItems("collection.item"),
)
def whitehat_sentinel(found: sdk.Json) -> sdk.Findings:
    """`GET /api/vuln?format=json&display_attack_vectors=all&display_description=1&display_solution=1`"""
    vectors = found.get("attack_vectors") or []
    tags = [tag for vector in vectors for tag in sdk.texts(vector.get("scanner_tags"))]
    word = sdk.first(found.get("custom_risk"), found.get("risk"))
    about, help_ = found.get("description") or {}, found.get("solution") or {}
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=found["class"],
        severity=sdk.severity(word, _SEVERITIES),
        severity_reported=word,
        rule_id=found["class"],
        description=_words(about, "description"),
        remediation=_words(help_, "solution"),
        cwes=sdk.cwes(tags),
        locations=tuple(_places(vectors)) or (sdk.at_url(found["url"]),),
        references=sdk.links(about.get("description"), help_.get("solution")),
        tags=sdk.texts(tags),
        stable_id=sdk.text(found["id"]),
        target=sdk.text(found.get("site_name")),
        found_at=sdk.timestamp(found.get("opened") or found.get("found")),
        suppression=_suppression(found),
    )


def _words(said: sdk.Json, name: str) -> str | None:
    return sdk.paragraphs(sdk.plain(said.get(f"{name}_prepend")), sdk.plain(said.get(name)))


def _suppression(found: sdk.Json) -> sdk.Suppression | None:
    """The answer holds a site's whole history; what is closed is told apart by its state only."""
    if found.get("status") not in ("closed", "accepted", "out_of_scope", "mitigated", "invalid"):
        return None
    return sdk.Suppression(justification=sdk.text(found.get("reason")) or found["status"].replace("_", " "))


def _places(vectors: list[sdk.Json]) -> Iterator[sdk.Location]:
    for vector in vectors:
        request = vector.get("request") or {}
        if request.get("url"):
            yield sdk.at_url(
                request["url"],
                method=sdk.text(request.get("method")),
                parameter=sdk.text(request.get("param_name")),
                evidence=sdk.plain(sdk.pick(vector, "response.body_match.content")),
            )
