"""Small reports made to order, one maker per kind of finding."""

from typing import Any


def code(
    count: int = 40,
    *,
    shift: int = 0,
    severity: str = "HIGH",
    skip: tuple[int, ...] = (),
    title: str = "Subprocess launched with a variable",
    version: str = "2.22.0",
) -> dict[str, Any]:
    """gosec: `count` findings in ten files, each at its own line with its own code."""
    return {
        "Golang errors": {},
        "Issues": [
            {
                "severity": severity,
                "confidence": "HIGH",
                "cwe": {"id": "78"},
                "rule_id": f"G{100 + number % 7}",
                "details": title,
                "file": f"/src/file{number % 10}.go",
                "code": f"{number + 1 + shift}: call_{number}()\n",
                "line": str(number + 1 + shift),
                "column": "2",
            }
            for number in range(count)
            if number not in skip
        ],
        "Stats": {"files": 1, "lines": 1, "nosec": 0, "found": count},
        "GosecVersion": version,
    }


def packages(
    count: int = 10,
    *,
    version: str = "1.0.0",
    severity: str = "HIGH",
    target: str = "package-lock.json",
    skip: tuple[int, ...] = (),
) -> dict[str, Any]:
    """Trivy: one vulnerability in each of `count` npm packages."""
    return {
        "SchemaVersion": 2,
        "ArtifactName": "shop",
        "ArtifactType": "filesystem",
        "Results": [
            {
                "Target": target,
                "Class": "lang-pkgs",
                "Type": "npm",
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": f"CVE-2024-{1000 + number}",
                        "PkgName": f"package-{number}",
                        "PkgIdentifier": {"PURL": f"pkg:npm/package-{number}@{version}"},
                        "InstalledVersion": version,
                        "FixedVersion": "2.0.0",
                        "Title": f"package-{number}: prototype pollution",
                        "Description": "Details.",
                        "Severity": severity,
                        "CweIDs": ["CWE-1321"],
                        "PrimaryURL": f"https://avd.example/cve-2024-{1000 + number}",
                    }
                    for number in range(count)
                    if number not in skip
                ],
            }
        ],
    }


def sarif(
    count: int = 5, *, tool: str = "CodeQL", category: str | None = None, **changes: Any
) -> dict[str, Any]:
    """SARIF: `count` results of one rule, in one file each."""
    run: dict[str, Any] = {
        "tool": {"driver": {"name": tool, "version": "2.0", "rules": [{"id": "js/xss", "name": "Xss"}]}},
        "results": [
            {
                "ruleId": "js/xss",
                "level": "error",
                "message": {"text": "User input reaches the page."},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": f"src/page{number}.js"},
                            "region": {"startLine": 10, "snippet": {"text": f"render(input{number})"}},
                        }
                    }
                ],
                **changes,
            }
            for number in range(count)
        ],
    }
    if category is not None:
        run["automationDetails"] = {"id": category}
    return {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}


def hosts(count: int = 3, *, problems: int = 4, clean: tuple[str, ...] = ()) -> bytes:
    """Nmap: `problems` open ports on each of `count` hosts, but none on those that are clean."""
    names = [f"host-{number}" for number in range(count)]
    return "".join(
        [
            '<nmaprun scanner="nmap" version="7.94" start="1700000000">',
            *(
                f'<host><status state="up"/><hostnames><hostname name="{name}" type="user"/></hostnames><ports>'
                + "".join(
                    f'<port protocol="tcp" portid="{8000 + port}"><state state="open"/><service name="http"/></port>'
                    for port in range(0 if name in clean else problems)
                )
                + "</ports></host>"
                for name in names
            ),
            "</nmaprun>",
        ]
    ).encode()
