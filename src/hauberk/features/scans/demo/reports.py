"""The company's reports, written the way its scanners write them: Trivy, Semgrep and ZAP."""

import json
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from hauberk.features.scans.demo.catalogue import Alert, Check, Flaw, Owned

_TYPES = {"maven": "pom", "npm": "npm", "golang": "gomod", "pypi": "pip", "deb": "debian"}


def trivy(asset: Owned, flaws: Sequence[Flaw], at: datetime) -> bytes:
    is_image = asset.kind == "image"
    target = f"{asset.name} ({asset.manifest})" if is_image else asset.manifest
    return _json(
        {
            "SchemaVersion": 2,
            "CreatedAt": at.isoformat(),
            "ArtifactName": asset.name,
            "ArtifactType": "container_image" if is_image else "repository",
            "Results": [
                {
                    "Target": target,
                    "Class": "os-pkgs" if is_image else "lang-pkgs",
                    "Type": _TYPES[asset.ecosystem],
                    "Vulnerabilities": [_vulnerability(flaw) for flaw in flaws],
                }
            ],
        }
    )


def _vulnerability(flaw: Flaw) -> dict[str, object]:
    separator = ":" if flaw.ecosystem == "maven" else "\n"
    path = flaw.package.replace(separator, "/")
    namespace = "debian/" if flaw.ecosystem == "deb" else ""
    return {
        "VulnerabilityID": flaw.cve,
        "PkgName": flaw.package,
        "PkgIdentifier": {"PURL": f"pkg:{flaw.ecosystem}/{namespace}{path}@{flaw.version}"},
        "InstalledVersion": flaw.version,
        "FixedVersion": flaw.fixed,
        "SeveritySource": "nvd",
        "PrimaryURL": f"https://nvd.nist.gov/vuln/detail/{flaw.cve}",
        "Title": flaw.title,
        "Description": f"{flaw.title}. Affected: {flaw.package} {flaw.version}.",
        "Severity": flaw.severity,
        "CweIDs": [f"CWE-{flaw.cwe}"],
        "CVSS": {"nvd": {"V3Score": flaw.score}},
        "References": [f"https://nvd.nist.gov/vuln/detail/{flaw.cve}"],
    }


def semgrep(asset: Owned, found: Sequence[tuple[Check, str, int]], at: datetime) -> bytes:
    """`found`: check, file name without folder, and line."""
    return _json(
        {
            "version": "1.95.0",
            "errors": [],
            "paths": {"scanned": sorted({f"{asset.folder}/{name}.{asset.suffix}" for _, name, _ in found})},
            "results": [
                {
                    "check_id": f"shop.rules.{check.rule}",
                    "path": f"{asset.folder}/{name}.{asset.suffix}",
                    "start": {"line": line, "col": 9, "offset": line * 40},
                    "end": {"line": line, "col": 9 + len(check.code), "offset": line * 40 + len(check.code)},
                    "extra": {
                        "message": check.message,
                        "severity": check.severity,
                        "lines": f"        {name}.{check.code}",
                        "fingerprint": f"{check.rule}-{name}",
                        "metadata": {
                            "cwe": [f"CWE-{check.cwe}"],
                            "category": "security",
                            "scanned": at.isoformat(),
                        },
                    },
                }
                for check, name, line in found
            ],
        }
    )


def zap(asset: Owned, alerts: Sequence[Alert], at: datetime) -> bytes:
    words = ("Informational", "Low", "Medium", "High")
    items = "".join(
        f"<alertitem><pluginid>{alert.plugin}</pluginid><alertRef>{alert.plugin}</alertRef>"
        f"<alert>{escape(alert.name)}</alert><name>{escape(alert.name)}</name>"
        f"<riskcode>{alert.risk}</riskcode><confidence>2</confidence><riskdesc>{words[alert.risk]} (Medium)</riskdesc>"
        f"<desc>{escape(alert.name)}</desc><instances><instance><uri>https://{asset.name}{alert.path}</uri>"
        f"<method>GET</method><param>{escape(alert.parameter)}</param><attack></attack><evidence></evidence>"
        f"</instance></instances><count>1</count><solution>{escape(alert.solution)}</solution>"
        f"<reference></reference><cweid>{alert.cwe}</cweid><wascid>0</wascid><sourceid>1</sourceid></alertitem>"
        for alert in alerts
    )
    generated = at.strftime("%a, %d %b %Y %H:%M:%S")
    return (
        f'<?xml version="1.0"?><OWASPZAPReport version="2.15.0" generated={quoteattr(generated)}>'
        f'<site name="https://{asset.name}" host={quoteattr(asset.name)} port="443" ssl="true">'
        f"<alerts>{items}</alerts></site></OWASPZAPReport>"
    ).encode()


def _json(document: object) -> bytes:
    return json.dumps(document).encode()
