"""GitHub secret scanning: the alerts of a repository, organization or enterprise."""

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets

# What people answered: with these there is nothing left that leaks; `wont_fix` leaves the risk as it is.
_HARMLESS = ("false_positive", "used_in_tests", "revoked", "pattern_deleted", "pattern_edited")


@sdk.parser(
    id="github-secret-scanning-json",
    scanner="GitHub Secret Scanning",
    docs="https://docs.github.com/en/rest/secret-scanning/secret-scanning",
    kinds=[sdk.SECRET],
    sniff=sdk.AnyOf(
        sdk.JsonLineKeys("number", "state", "secret_type", "locations_url"),
        sdk.JsonLineKeys("number", "state", "secret_type", "secret_type_display_name"),
    ),
    items=sdk.JsonLines(),
    versions="REST API 2022-11-28, one page or several",
)
def github_secret_scanning(alert: sdk.Json) -> sdk.Findings:
    """`gh api --paginate repos/OWNER/REPO/secret-scanning/alerts > secrets.json`"""
    kind = sdk.text(alert.get("secret_type_display_name")) or alert["secret_type"]
    answer, validity = sdk.text(alert.get("resolution")), sdk.text(alert.get("validity"))
    place, severity = _place(alert), secrets.severity(is_valid=validity == "active")
    repository = sdk.text(sdk.pick(alert, "repository.full_name"))
    yield sdk.ReportedFinding(
        kind=sdk.SECRET,
        title=f"{kind} in {place.path or repository or 'the repository'}",
        severity=sdk.Severity.INFO if answer in _HARMLESS else severity,
        rule_id=alert["secret_type"],
        rule_name=kind,
        cwes=secrets.CWES,
        locations=(place,),
        references=sdk.urls(alert.get("html_url")),
        tags=sdk.texts(
            [key for key in ("publicly_leaked", "multi_repo", "push_protection_bypassed") if alert.get(key)]
        ),
        confidence=validity,
        stable_id=sdk.text(alert.get("url")) or sdk.text(alert["number"]),
        suppression=_suppression(alert, answer),
        target=repository,
        found_at=sdk.timestamp(alert.get("created_at")),
        secret=secrets.value_of(alert.get("secret")),
    )


def _place(alert: sdk.Json) -> sdk.Location:
    """Newer answers name the first place; its address where that is an issue or a pull request."""
    said: sdk.Json = alert.get("first_location_detected") or {}
    url = sdk.first(sdk.urls(*(value for key, value in said.items() if key.endswith("html_url"))))
    return sdk.Location(
        path=sdk.text(said.get("path")) or url,
        line=sdk.line(said.get("start_line")),
        end_line=sdk.line(said.get("end_line")),
        column=sdk.line(said.get("start_column")),
        commit=sdk.text(said.get("commit_sha")),
        url=url,
    )


def _suppression(alert: sdk.Json, answer: str | None) -> sdk.Suppression | None:
    if alert["state"] != "resolved":
        return None
    return sdk.Suppression(
        justification=": ".join(sdk.texts([answer, alert.get("resolution_comment")])) or None
    )
