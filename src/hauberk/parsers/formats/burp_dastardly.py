"""Dastardly: Burp's free scanner for pipelines. Its JUnit report holds each issue as the text of a failure."""

import re

from hauberk.parsers import sdk
from hauberk.parsers.dialects import burp

_HEADING = re.compile(
    r"^(Issue Detail|Issue Background|Issue Remediation|Remediation Detail|Remediation Background|References"
    r"|Vulnerability Classifications|Evidence|Request|Response):?[ \t]*$",
    re.MULTILINE,
)
_FIELD = re.compile(r"^(Severity|Confidence|Host|Path): (.+)$", re.MULTILINE)


@sdk.parser(
    id="burp-dastardly-xml",
    scanner="Dastardly",
    docs="https://portswigger.net/burp/documentation/dastardly",
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("testsuites", values={"name": r".*Dastardly.*"}),
    items=sdk.XmlElements("testsuite/testcase"),
    versions="the JUnit report of the container image",
)
def dastardly(case: sdk.XmlElement) -> sdk.Findings:
    """`docker run -v $PWD:/dastardly -e DASTARDLY_OUTPUT_FILE=/dastardly/dastardly.xml … dastardly`"""
    for failure in case.iterfind("failure"):
        head, *parts = _HEADING.split(failure.text or "")
        fields = dict(_FIELD.findall(head))
        said = dict(zip(parts[::2], map(sdk.text, parts[1::2]), strict=True))
        word = sdk.first(fields.get("Severity"), failure.get("type"))
        yield sdk.ReportedFinding(
            kind=sdk.DAST,
            title=case.attrib["name"],
            rule_id=case.attrib["name"],
            severity=sdk.severity(word, burp.SEVERITIES),
            severity_reported=word,
            description=sdk.paragraphs(said.get("Issue Detail"), said.get("Issue Background")),
            remediation=sdk.paragraphs(
                *(
                    said.get(name)
                    for name in ("Issue Remediation", "Remediation Detail", "Remediation Background")
                )
            ),
            identifiers=sdk.identifiers(said.get("Issue Detail")),
            cwes=sdk.cwes(said.get("Vulnerability Classifications")),
            locations=(
                burp.place(
                    sdk.text(fields.get("Host")) or _suite(case),
                    sdk.text(fields.get("Path")),
                    proofs=tuple(said.get(name) for name in ("Request", "Response", "Evidence")),
                ),
            ),
            references=sdk.links(said.get("References"), said.get("Vulnerability Classifications")),
            confidence=(fields.get("Confidence") or "").strip().lower() or None,
            target=sdk.text(fields.get("Host")),
        )


def _suite(case: sdk.XmlElement) -> str | None:
    """The address that a test suite is called by, for issues that do not say where they are."""
    above = case.getparent()
    return sdk.text(above.get("name")) if above is not None else None
