"""A SARIF report of any number of findings, about 780 bytes each, written as it is made."""

import json
from pathlib import Path
from random import Random

RULES = 500
_LEVELS = ("error", "warning", "note")


def write_sarif(path: Path, findings: int) -> None:
    """The same findings for the same number, whoever asks."""
    chance = Random(1)
    rules = [_rule(number) for number in range(RULES)]
    tool = {"driver": {"name": "Bench", "semanticVersion": "1.2.3", "rules": rules}}
    with path.open("w", encoding="ascii") as file:
        file.write(f'{{"version":"2.1.0","runs":[{{"tool":{json.dumps(tool)},"results":[')
        for number in range(findings):
            file.write("," if number else "")
            json.dump(_result(number, chance), file, separators=(",", ":"))
        file.write("]}]}")


def _rule(number: int) -> dict[str, object]:
    return {
        "id": f"py.security.rule-{number}",
        "shortDescription": {"text": f"Call {number} takes what a user sent"},
        "fullDescription": {"text": "What a user sends must not reach this call unchecked. " * 4},
        "helpUri": f"https://rules.example/{number}",
        "defaultConfiguration": {"level": _LEVELS[number % 3]},
        "properties": {"tags": ["security", f"CWE-{70 + number % 30}"], "precision": "high"},
    }


def _result(number: int, chance: Random) -> dict[str, object]:
    line, rule = number % 900 + 1, number % RULES
    region = {
        "startLine": line,
        "startColumn": 5,
        "endLine": line,
        "endColumn": 48,
        "snippet": {"text": f"    result_{number} = execute(query_{number % 77}, request.args[{number}])"},
    }
    uri = f"src/package{number % 211}/module{number % 5003}/file{number // 40}.py"
    return {
        "ruleId": f"py.security.rule-{rule}",
        "ruleIndex": rule,
        "level": _LEVELS[rule % 3],
        "message": {
            "text": f"What request {number % 977} sent reaches the call in handler_{number} without being checked:"
            " check it before, or use the safe call instead."
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
                    "region": region,
                }
            }
        ],
        "partialFingerprints": {"primaryLocationLineHash": f"{chance.getrandbits(64):016x}:1"},
        "properties": {"confidence": "HIGH", "likelihood": "MEDIUM", "impact": "HIGH"},
    }
