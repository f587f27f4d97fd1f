"""Nosey Parker: secrets in files and in git history."""

from collections.abc import Iterator
from datetime import datetime

from hauberk.parsers import sdk
from hauberk.parsers.dialects import secrets


@sdk.parser(
    id="noseyparker-json",
    scanner="Nosey Parker",
    docs="https://github.com/praetorian-inc/noseyparker#report-findings-in-json-or-jsonl-format",
    kinds=[sdk.SECRET],
    sniff=sdk.JsonLineKeys("rule_name", "num_matches", "matches.item.provenance"),
    items=sdk.JsonLines(),
    versions="0.10 and later, JSON and JSON Lines",
    may_be_blank=True,
)
def noseyparker(group: sdk.Json) -> sdk.Findings:
    """`noseyparker report --datastore np --format jsonl --output noseyparker.jsonl`"""
    verdicts = sdk.texts(group.get("statuses")) or sdk.texts(group.get("status"))
    for match in group["matches"]:
        places = tuple(_places(match))
        path = places[0].path if places else "an unnamed place"
        yield sdk.ReportedFinding(
            kind=sdk.SECRET,
            title=f"{group['rule_name']} in {path}",
            severity=secrets.severity(),
            rule_id=sdk.text(group.get("rule_text_id")) or group["rule_name"],
            rule_name=group["rule_name"],
            cwes=secrets.CWES,
            locations=places,
            confidence=sdk.text(group.get("mean_score")),
            stable_id=sdk.first(match.get("structural_id"), match.get("blob_id")),
            suppression=_suppression(group) if "reject" in verdicts else None,
            found_at=_committed_at(match),
            secret=_secret(group, match),
        )


def _places(match: sdk.Json) -> Iterator[sdk.Location]:
    """The blob, wherever it lies: as a file, and in the commit that brought it. What git says comes first."""
    span = sdk.pick(match, "location.source_span") or {}
    known = match["provenance"]
    for each in sorted(known, key=lambda provenance: provenance.get("kind") != "git_repo"):
        commit = _commit(each)
        yield sdk.Location(
            path=sdk.first(commit.get("blob_path"), each.get("path"), each.get("repo_path")),
            line=sdk.line(sdk.pick(span, "start.line")),
            end_line=sdk.line(sdk.pick(span, "end.line")),
            column=sdk.line(sdk.pick(span, "start.column")),
            commit=sdk.text(sdk.pick(commit, "commit_metadata.commit_id")),
        )


def _secret(group: sdk.Json, match: sdk.Json) -> str | None:
    """What the rule's groups caught; earlier versions caught one and named it `match_content`."""
    groups = sdk.texts(match.get("groups")) or sdk.texts(group.get("groups"))
    said = "\n".join(groups) or match.get("match_content") or group.get("match_content")
    return secrets.value_of(said or sdk.pick(match, "snippet.matching"))


def _suppression(group: sdk.Json) -> sdk.Suppression:
    return sdk.Suppression(justification=sdk.text(group.get("comment")) or "rejected in the datastore")


def _committed_at(match: sdk.Json) -> datetime | None:
    """`1674000000 +0100`: the seconds are UTC's, whatever the zone."""
    commits = map(_commit, match["provenance"])
    said = sdk.first(*(sdk.pick(each, "commit_metadata.committer_timestamp") for each in commits))
    return sdk.timestamp((said or "").partition(" ")[0])


def _commit(provenance: sdk.Json) -> sdk.Json:
    return provenance.get("commit_provenance") or provenance.get("first_commit") or {}
