"""SARIF before 2.1 in the words of 2.1: version 1.0 (compilers of .NET still write it) and the drafts of 2.0."""

from collections.abc import Iterator

from hauberk.parsers import sdk

# Where a run keeps its rules, by their ids: 1.0, and the drafts.
RULES = ("runs.item.rules", "runs.item.resources.rules")


def is_older(tool: sdk.Json) -> bool:
    return "driver" not in tool and bool(tool.get("name"))


def tool_of(tool: sdk.Json, rules: sdk.Json) -> sdk.Json:
    """With the rules, which stood beside the tool."""
    listed = rules.items() if isinstance(rules, dict) else ((None, rule) for rule in rules or ())
    return {"driver": {**tool, "rules": [_rule(key, rule) for key, rule in listed]}}


def _rule(key: str | None, rule: sdk.Json) -> sdk.Json:
    texts = {name: _message(rule.get(name)) for name in ("shortDescription", "fullDescription", "help")}
    formats = rule.get("messageFormats") or rule.get("messageStrings") or {}
    level = rule.get("defaultLevel") or sdk.pick(rule, "configuration.defaultLevel")
    return {
        **rule,
        **texts,
        "id": key or rule.get("id"),
        "name": sdk.first(rule.get("name"), sdk.pick(rule, "name.text")),
        "messageStrings": {name: _message(said) for name, said in formats.items()},
        "defaultConfiguration": {"level": _level(level)},
        "helpUri": rule.get("helpUri") or rule.get("helpLocation"),
    }


def result_of(result: sdk.Json) -> sdk.Json:
    formatted = result.get("formattedRuleMessage") or {}
    number = formatted.get("formatId") or result.get("ruleMessageId")
    message = _message(result.get("message")) or {"id": number, "arguments": formatted.get("arguments")}
    states = result.get("suppressionStates") or ()
    return {
        **result,
        "message": message,
        "ruleId": result.get("ruleKey") or result.get("ruleId"),
        "level": _level(result.get("level")),
        "kind": "pass" if result.get("level") in ("pass", "notApplicable") else result.get("kind", "fail"),
        "locations": [_location(each) for each in sdk.listed(result.get("locations"))],
        "suppressions": [*_suppressions(states), *(result.get("suppressions") or ())],
    }


def _message(said: sdk.Json) -> sdk.Json:
    return {"text": said} if isinstance(said, str) else said


def _level(word: sdk.Json) -> str | None:
    return "note" if word == "open" else sdk.text(word)


def _location(place: sdk.Json) -> sdk.Json:
    """1.0 names the file that was analysed and the one where the problem is; that is the physical location since."""
    physical = place.get("physicalLocation") or {}
    given = place.get("resultFile") or place.get("analysisTarget") or {}
    file = physical.get("artifactLocation") or physical.get("fileLocation") or {"uri": physical.get("uri")}
    uri = file.get("uri") or given.get("uri")
    name = place.get("fullyQualifiedLogicalName")
    return {
        **place,
        "physicalLocation": {
            **physical,
            "artifactLocation": {**file, "uri": uri},
            "region": physical.get("region") or given.get("region"),
        },
        "logicalLocations": [{"fullyQualifiedName": name}] if name else None,
    }


def _suppressions(states: sdk.Json) -> Iterator[sdk.Json]:
    for state in states:
        yield {"kind": "inSource" if state == "suppressedInSource" else "external"}
