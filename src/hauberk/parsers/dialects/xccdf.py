"""What OpenSCAP's reports about a host have in common: how their rules are rated."""

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://csrc.nist.gov/pubs/ir/7275/r4/upd1/final, table 16
    "high": sdk.Severity.HIGH,
    "medium": sdk.Severity.MEDIUM,
    "low": sdk.Severity.LOW,
    "info": sdk.Severity.INFO,
    "unknown": sdk.Severity.MEDIUM,  # the standard's default is unknown, and it is no less wrong for it
}
