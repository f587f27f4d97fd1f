"""Reports whose results may be known again although what their keys are made of changed."""

from typing import Any

Reported = dict[str, Any]


def report(*findings: Reported, **header: Any) -> dict[str, Any]:
    return {"format": "hauberk", "version": 1, "scanner": "gate", "findings": list(findings), **header}


def found(kind: str, rule: str = "R1", **fields: Any) -> Reported:
    """`fields` of a location, but for those of the finding itself."""
    own = {
        name: fields.pop(name)
        for name in ("stable_id", "secret", "identifiers", "components")
        if name in fields
    }
    return {
        "kind": kind, "title": "Something is wrong", "severity": "high", "rule_id": rule, "locations": [fields], **own
    }  # fmt: skip


def code(
    path: str = "src/a.py", line: int = 10, snippet: str | None = "os.system(user_input)", **more: Any
) -> Reported:
    return found("sast", path=path, line=line, **({} if snippet is None else {"snippet": snippet}), **more)


def package(
    purl: str, version: str = "1.0.0", identifier: str = "CVE-2024-1000", **component: Any
) -> Reported:
    name = purl.rpartition("/")[2]
    part = {"name": name, "version": version, "purl": f"{purl}@{version}", "path": "lock.json"} | component
    return found("sca", identifiers=[identifier], components=[part]) | {"rule_id": None}


def page(path: str, parameter: str | None = "q", **more: Any) -> Reported:
    named = {} if parameter is None else {"parameter": parameter}
    return found("dast", url=f"https://shop.example.test{path}", method="GET", **named, **more)


def service(host: str = "web1", port: int = 443, rule: str = "P1") -> Reported:
    return found("infrastructure", rule, host=host, port=port, protocol="tcp")
