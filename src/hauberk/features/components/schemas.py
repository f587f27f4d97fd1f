"""Components in answers."""

from pydantic import Field

from hauberk.domain.severity import Severity
from hauberk.features.identity.serving import Named, Schema


class _Release(Schema):
    """One version of a package, and what is open in it."""

    id: str = Field(examples=["cmp_0000000000000"])
    version: str | None = Field(examples=["2.14.1"])
    severity: Severity | None = Field(description="The worst of its open findings; null: none is open")
    open_findings: int
    asset_count: int = Field(description="Assets that have it, also where nothing of it is open any more")


class _Component(_Release):
    name: str = Field(
        examples=["org.apache.logging.log4j:log4j-core"], description="As its ecosystem writes it"
    )
    ecosystem: str | None = Field(examples=["maven"], description="The type of its package URL")
    purl: str | None = Field(examples=["pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"])
    severities: dict[Severity, int] = Field(description="Open findings by severity")
    settled_findings: int = Field(description="Active findings that somebody decided")
    known_exploited: bool = Field(description="Whether an open finding of it is known to be exploited")
    fixable_findings: int = Field(description="Open findings for which a report names a fixed version")
    fixed_version: str | None = Field(
        examples=["2.17.1"],
        description="The lowest version without all of these in the assets that are listed, as reports say",
    )


class UpgradableAsset(Named):
    fixed_version: str | None = Field(
        examples=["2.17.1"],
        description="The lowest version without those of its open findings for which a report names a fix",
    )


class ComponentSchema(_Component):
    """One version of a package that active findings stand on."""

    assets: list[UpgradableAsset] = Field(description="The three with the most open findings of it")
    vulnerabilities: list[Named] = Field(description="Up to three of the worst, of the first of these assets")


class ComponentAsset(UpgradableAsset):
    open_findings: int
    severity: Severity | None


class ComponentVulnerability(Named):
    title: str
    severity: Severity
    known_exploited: bool | None
    open_findings: int
    fixed_versions: list[str] = Field(description="The next version without it, by branch")


class ComponentDetail(_Component):
    """One version of a package; its findings are `GET /findings?q=component:cmp_…`."""

    versions: list[_Release] = Field(description="Of the same package, also this one; at most 100")
    assets: list[ComponentAsset] = Field(description="The 200 with the most open findings of it")
    vulnerabilities: list[ComponentVulnerability] = Field(
        description="Of its open findings in these assets, the worst first; at most 200"
    )
