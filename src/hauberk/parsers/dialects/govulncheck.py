"""A vulnerability as govulncheck tells it, whichever of its reports it stands in."""

from dataclasses import dataclass, field

from hauberk.parsers import sdk
from hauberk.parsers.dialects import osv, packages

# It rates by reach alone: what the program calls affects it, the rest is told for information.
_REACHES = {"required": sdk.Severity.INFO, "imported": sdk.Severity.LOW, "called": sdk.Severity.HIGH}


@dataclass
class Problem:
    """One vulnerability in one module, of which several messages may tell: required, then imported, then called."""

    version: str | None = None
    fixed: str | None = None
    reach: str = "required"
    calls: list[sdk.Location] = field(default_factory=list)

    def reached(self, reach: str, place: sdk.Location) -> None:
        self.reach = max(self.reach, reach, key=list(_REACHES).index)
        if reach == "called":
            self.calls.append(place)


def finding(record: sdk.Json, module: str, problem: Problem) -> sdk.ReportedFinding:
    return sdk.ReportedFinding(
        kind=sdk.SCA,
        title=packages.title(record.get("summary") or record["id"], module, problem.version),
        severity=_REACHES[problem.reach],
        severity_reported=problem.reach,
        rule_id=record["id"],
        description=sdk.text(record.get("details")),
        identifiers=osv.identifiers(record),
        cwes=osv.cwes(record, module),
        cvss=osv.cvss(record, module),
        locations=tuple(dict.fromkeys(problem.calls)),
        components=(
            sdk.Component(
                name=module,
                version=problem.version,
                purl=sdk.purl("golang", module, problem.version),
                fixed_versions=sdk.texts(problem.fixed) or osv.fixed_versions(record, module),
            ),
        ),
        references=tuple(osv.references(record)),
        tags=(problem.reach,),
    )
