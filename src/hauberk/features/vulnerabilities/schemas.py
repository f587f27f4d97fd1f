"""Vulnerabilities in answers."""

from pydantic import Field

from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Instant, Schema


class Named(Schema):
    id: str
    name: str


class AffectedAsset(Named):
    open_findings: int


class Cvss(Schema):
    """One assessment; `version` is 2.0, 3.0, 3.1 or 4.0."""

    score: float | None = None
    vector: str | None = None
    version: str | None = None
    source: str | None = None


class _Vulnerability(Schema):
    id: str = Field(examples=["vul_0000000000000"])
    name: str = Field(examples=["CVE-2021-44228"], description="The id in the world, else `scanner:rule`")
    title: str
    severity: Severity = Field(description="The worst of its open findings")
    open_findings: int
    asset_count: int = Field(description="Assets with open findings of it")
    identifiers: list[str]
    cwes: list[int]
    cvss: list[Cvss] | None
    epss: float | None
    known_exploited: bool | None
    has_fix: bool
    first_seen_at: Instant


class VulnerabilitySchema(_Vulnerability):
    """A flaw that open findings are about."""

    assets: list[Named] = Field(description="The three with the most open findings")


class VulnerabilityDetail(_Vulnerability):
    """A flaw with what is known of it; its findings are `GET /findings?q=vulnerability:vul_…`."""

    description: str | None
    references: list[str]
    assets: list[AffectedAsset] = Field(description="The 200 with the most open findings")
