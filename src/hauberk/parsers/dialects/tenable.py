"""What Tenable's file and its CSV exports have in common: the severities, the columns, the words."""

from hauberk.parsers import sdk

SEVERITIES: sdk.Scale = {  # https://docs.tenable.com/nessus/Content/RiskMetrics.htm
    **dict.fromkeys(("4", "critical"), sdk.Severity.CRITICAL),
    **dict.fromkeys(("3", "high"), sdk.Severity.HIGH),
    **dict.fromkeys(("2", "medium"), sdk.Severity.MEDIUM),
    **dict.fromkeys(("1", "low"), sdk.Severity.LOW),
    **dict.fromkeys(("0", "info", "none"), sdk.Severity.INFO),
    # Of the checks of an audit file, CSV has the result where others have their risk; the file rates them so.
    "failed": sdk.Severity.HIGH,
    **dict.fromkeys(("warning", "error"), sdk.Severity.MEDIUM),
    "passed": sdk.Severity.INFO,
}

COLUMNS = {  # what we call it: how the exports call it
    "rule": ("Plugin ID", "Plugin", "definition.id"),
    "title": ("Name", "Plugin Name", "definition.name"),
    "severity": ("Risk", "Severity", "severity"),
    "host": ("Host", "IP Address", "asset.name", "asset.display_fqdn", "asset.display_ipv4_address"),
    "ip": ("IP Address", "asset.display_ipv4_address", "asset.ipv4_addresses"),
    "mac": ("MAC Address", "asset.display_mac_address"),
    "uuid": ("Asset UUID", "asset.id"),
    "protocol": ("Protocol", "protocol"),
    "port": ("Port", "port"),
    "cve": ("CVE", "definition.cve"),
    "cwe": ("CWE", "definition.cwe"),
    "cpe": ("CPE", "definition.cpe"),
    "synopsis": ("Synopsis", "definition.synopsis"),
    "description": ("Description", "definition.description"),
    "solution": ("Solution", "Steps to Remediate", "definition.solution"),
    "see_also": ("See Also", "definition.see_also"),
    "crossed": ("XREF", "Cross References", "definition.references"),
    "output": ("Plugin Output", "Plugin Text", "output"),
    "family": ("Plugin Family", "Family", "definition.family"),
    "epss": ("EPSS Score", "definition.epss.score"),
    "cvss4": ("CVSS V4 Vector", "CVSS v4.0 Vector", "definition.cvss4.base_vector"),
    "cvss4_score": ("CVSS V4 Base Score", "CVSS v4.0 Base Score", "definition.cvss4.base_score"),
    "cvss3": ("CVSS3 Vector", "CVSS v3.0 Vector", "CVSS V3 Vector", "definition.cvss3.base_vector"),
    "cvss3_score": (
        "CVSS3 Base Score",
        "CVSS v3.0 Base Score",
        "CVSS V3 Base Score",
        "CVSSv3",
        "definition.cvss3.base_score",
    ),
    "cvss2": ("CVSS Vector", "CVSS v2.0 Vector", "CVSS V2 Vector", "definition.cvss2.base_vector"),
    "cvss2_score": (
        "CVSS Base Score",
        "CVSS v2.0 Base Score",
        "CVSS V2 Base Score",
        "CVSS",
        "definition.cvss2.base_score",
    ),
    "first": ("First Found", "First Discovered", "first_observed"),
    "last": ("Host End", "Last Found", "Last Observed", "last_seen"),
    "state": ("Vulnerability State", "state"),
    "accepted": ("Accept Risk Comment",),
}


def said(row: sdk.Row, field: str) -> str:
    """What a CSV row says under whichever name its export gives the column."""
    for column in COLUMNS[field]:  # a plain loop: it runs forty times a row
        if word := row.get(column):
            return word
    return ""


def joined(*texts: str | None) -> str | None:
    """Paragraphs of those that say something; Tenable writes `n/a` for nothing."""
    return sdk.paragraphs(*(text for text in sdk.texts(texts) if text.lower() != "n/a"))


def is_known_exploited(crossed: str) -> bool | None:
    """Cross-references name CISA's catalogue where the vulnerability is in it; its absence says nothing."""
    return True if "CISA-KNOWN-EXPLOITED" in crossed else None


def suppression_of_check(result: str | None) -> sdk.Suppression | None:
    """Of a compliance check that passed, which stands in the report like those that failed."""
    return sdk.suppression((result or "").lower() == "passed", justification="passed")
