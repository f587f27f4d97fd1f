"""Vulnerabilities in answers."""

from typing import Literal

from pydantic import ConfigDict, Field

from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Instant, Named, Payload, Schema


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
    aliases: list[str] = Field(description="Its other names, as somebody asserted")
    cwes: list[int]
    cvss: list[Cvss] | None
    epss: float | None
    known_exploited: bool | None
    has_fix: bool
    first_seen_at: Instant


class VulnerabilitySchema(_Vulnerability):
    """A flaw that open findings are about."""

    assets: list[Named] = Field(description="The three with the most open findings")


class AliasStatement(Schema):
    """Who says so."""

    name: str
    alias: str
    is_same: bool = Field(description="Or that they are two flaws; a person's word trumps")
    asserter_kind: Literal["scanner", "feed", "person"]
    asserter: str
    reason: str | None
    asserted_at: Instant


class AliasPayload(Payload):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "GHSA-p6mc-m468-83gw", "reason": "The advisory says so."}]}
    )

    name: str = Field(
        min_length=3, max_length=200, description="Another name of the flaw, as in CVE-2020-8203"
    )
    is_same: bool = Field(default=True, description="false: they are two flaws, whatever scanners say")
    reason: str | None = Field(default=None, max_length=4_000)


class VulnerabilityDetail(_Vulnerability):
    """A flaw with what is known of it; its findings are `GET /findings?q=vulnerability:vul_…`."""

    description: str | None
    references: list[str]
    statements: list[AliasStatement] = Field(description="About its names, the newest first; at most 200")
    assets: list[AffectedAsset] = Field(description="The 200 with the most open findings")
