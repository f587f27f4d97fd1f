"""The overview in answers."""

from datetime import date

from pydantic import Field

from hauberk.features.assets.schemas import AssetSchema, BySeverity
from hauberk.features.findings.schemas import FindingSchema
from hauberk.features.identity.serving import Instant, Schema
from hauberk.features.scans.schemas import ScanSchema


class OpenFindings(Schema):
    total: int
    by_severity: BySeverity


class WeekChange(Schema):
    days: int
    new: int
    closed: int


class TrendDay(Schema):
    on: date
    by_severity: BySeverity = Field(description="Open at the end of the day")
    new: int
    closed: int


class DashboardSchema(Schema):
    """The state of the organization at a glance. Open: active, and triage open, in_triage or confirmed."""

    open: OpenFindings
    change: WeekChange
    trend: list[TrendDay] = Field(description="Oldest day first, today last")
    first_report_on: date | None = Field(
        description="The day on which the first report came in: what the trend shows before is from the dates in reports"
    )
    newest_scans: list[ScanSchema]
    oldest_criticals: list[FindingSchema]
    overdue: int | None = Field(description="Null where no open finding has a due date")
    unscanned_assets: list[AssetSchema] | None = Field(
        description="Without a scan for 30 days, or ever; not known of a past day"
    )
    computed_at: Instant
