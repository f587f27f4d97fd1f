"""What bundler-audit says of a gem or of where gems come from, whichever of its reports it stands in."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import packages

INSECURE = "Insecure Source URI found: "
_UPGRADE, _QUOTED = re.compile(r"^(?:upgrade|update) to "), re.compile(r"'([^']+)'")
_CRITICALITIES: sdk.Scale = {  # https://github.com/rubysec/bundler-audit/blob/master/lib/bundler/audit/advisory.rb
    "critical": sdk.Severity.CRITICAL,
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "none": sdk.Severity.INFO,
    "unknown": sdk.Severity.MEDIUM,  # an advisory that nobody has rated yet; JSON leaves the word out
}


def patched(solution: str) -> list[str]:
    """Newer versions put each range between quotes, for a range may have two ends."""
    ranges = _UPGRADE.sub("", solution)
    return _QUOTED.findall(ranges) or ranges.split(", ")


def unpatched(gem: sdk.Json, advisory: sdk.Json) -> sdk.ReportedFinding:
    """`~> 1.6.11` and `>= 2.0.6` begin with a fixed version, `< 3.0.0` ends before one that is not."""
    name, version, known = gem["name"], sdk.text(gem.get("version")), advisory["id"]
    cve, ghsa = sdk.text(advisory.get("cve")), sdk.text(advisory.get("ghsa"))
    word = sdk.text(advisory.get("criticality"))
    patched = sdk.texts(advisory.get("patched_versions"))
    ends = [each.rpartition(", ")[2] for each in patched]  # of `~> 2.0.9, >= 2.0.9.1` the narrower one
    fixed = [each.split(" ", 1)[1] for each in ends if each.startswith((">= ", "~> "))]
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(advisory.get("title") or known, name),
        severity=sdk.severity(word or "unknown", _CRITICALITIES),
        severity_reported=word,
        rule_id=known,
        description=sdk.text(advisory.get("description")),
        remediation=f"Upgrade to {', '.join(patched)}." if fixed else None,
        identifiers=sdk.identifiers(
            known,
            f"CVE-{cve}" if cve else None,
            f"GHSA-{ghsa}" if ghsa else None,
            advisory.get("identifiers"),
        ),
        cvss=sdk.assessments(*((None, advisory.get(f"cvss_v{v}"), None, f"{v}.0") for v in (4, 3, 2))),
        components=(
            sdk.Component(
                name=name,
                version=version,
                purl=sdk.purl("gem", name, version),
                fixed_versions=sdk.texts(fixed),
            ),
        ),
        references=sdk.urls(advisory.get("url")),
    )


def insecure(source: str) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=f"Gems come unencrypted from {source}",
        severity=sdk.Severity.UNKNOWN,
        rule_id="insecure-source",
        cwes=(319,),
        locations=(sdk.Location(path="Gemfile"),),
        components=(sdk.Component(name=source),),
    )
