"""What formats are called by people and pipelines: their ids, their scanners, and what other platforms call those."""

import re
from functools import cache

from hauberk.parsers.registry import parsers
from hauberk.parsers.sdk import Parser

_NO_LETTER = re.compile(r"[^a-z0-9]+")
_SAYS_NO_MORE = re.compile(
    r"\b(?:api|checks?|csv|detailed|export|file|findings?|imports?|importer|json|list|log|native|parser|reports?|results?"
    r"|scan|scanner|v2|xml)$"
)
"""A word behind a scanner's name: `Trivy Scan`, `OssIndex Devaudit SCA Scan Importer`."""

_OF_MANY = ("sarif", "cyclonedx-", "gitlab-", "ocsf-")
"""How the ids of formats begin that scanners of all makers write beside their own."""

_ALSO_CALLED = {
    "42Crunch": "crunch42",
    "Acunetix, Invicti": "acunetix, acunetix 360",
    "Amazon Inspector": "aws inspector, aws inspector2, inspector",
    "Anchore": "anchore engine, anchore enterprise, anchore enterprise policy, anchorectl policies, anchorectl vuln, anchorectl vulns",
    "AppCheck": "appcheck web application scanner",
    "AWS Security Hub": "asff, awssecurityhub, aws security finding format asff",
    "Bearer": "bearer cli",
    "Black Duck": "api blackduck, blackduck component risk, blackduck hub",
    "Bugcrowd": "api bugcrowd",
    "Burp Suite": "burp, burp enterprise, burp graphql, burp rest, burp suite dast, burp suite professional",
    "cargo-audit": "cargo audit, rustsec",
    "Checkmarx CxSAST, Checkmarx One": "checkmarx, checkmarx sast",
    "Checkmarx CxSAST": "checkmarx cxflow, checkmarx cxflow sast",
    "Chef InSpec": "chef inspect, inspec",
    "Cloudflare Security Insights": "cloudflare insights",
    "Cobalt": "api cobalt, cobalt io",
    "Contrast Assess": "contrast",
    "Cyberwatch": "cyberwatch galeax, cyberwatch scan galeax",
    "Dastardly": "burp dastardly",
    "Defender for Cloud": "azure security center, azure security center recommendations",
    "Dependency-Check": "owasp dependency check",
    "Dependency-Track": "dependency track finding packaging format fpf",
    "DevAudit": "ossindex devaudit, ossindex devaudit sca",
    "Docker Bench": "docker bench security",
    ".NET vulnerable packages": "dotnet vulnerable, dotnet vulnerable packages, dotnet list package",
    "Edgescan": "api edgescan",
    "Generic findings": "generic",
    "GitHub Code Scanning": "github sast",
    "GitHub Code Scanning, CodeQL": "codeql",
    "GitHub Dependabot, GitHub Code Scanning": "github vulnerability",
    "GitHub Secret Scanning": "github secrets detection",
    "GitGuardian": "ggshield",
    "GitLab Container Scanning": "gitlab container",
    "GitLab Coverage Fuzzing, GitLab DAST": "gitlab api fuzzing",
    "GitLab Dependency Scanning": "gitlab dep",
    "golangci-lint": "golangci",
    "Google Artifact Analysis": "gcloud artifact, google cloud artifact vulnerability",
    "govulncheck": "govulncheck scanner",
    "Grype": "anchore grype",
    "HackerOne": "h1, hackerone cases",
    "hadolint": "hadolint dockerfile",
    "Harbor": "harbor vulnerability",
    "HCL AppScan": "appscan, hcl appscan on cloud sast, hcl asoc sast, ibm app, ibm appscan, ibm appscan dast",
    "Invicti": "netsparker",
    "IriusRisk": "iriusrisk threats",
    "JFrog Xray": "jfrog xray api summary artifact, jfrog xray on demand binary, jfrog xray unified, xray",
    "KrakenD": "krakend audit",
    "Kiuwan Insights": "kiuwan sca",
    "Microsoft Defender": "ms defender",
    "MobSF": "mobsf scorecard",
    "MobSF, mobsfscan": "mobsf scan, mobsf",
    "Nessus": "tenable, tenable io, tenable sc",
    "NeuVector": "neuvector compliance, neuvector rest",
    "Nexpose": "insightvm, rapid7",
    "Node Security Platform": "nsp",
    "npm audit": "npm audit 7 plus, npm audit v7",
    "OpenSCAP": "openscap vulnerability, oval, xccdf",
    "OpenSSF Scorecard": "ossf scorecard, scorecard",
    "OpenVAS": "greenbone, gvm",
    "Orca Security": "orca, orca security alerts",
    "ORT": "ort evaluated model",
    "OSV-Scanner": "osv",
    "OWASP SKF": "skf",
    "phpcs-security-audit": "php security audit, php security audit v2",
    "Prisma Cloud Compute": "twistlock, twistlock image, twistcli",
    "Prowler": "aws prowler, aws prowler v3, aws prowler v3plus, aws prowler v4",
    "PWN": "pwn sast",
    "Qualys": "qualys hacker guardian, qualys infrascan webgui, qualys infrastructure scan webgui, qualys vmdr",
    "Qualys WAS": "qualys webapp",
    "RiskRecon": "risk recon",
    "Rootkit Hunter": "rkhunter",
    "SARIF": "mayhem, mayhem sarif",
    "SARIF, DevSkim": "devskim",
    "Security Command Center": "gcp scc, google security command center",
    "Semgrep": "semgrep pro",
    "Snyk": "snyk code, snyk issue",
    "Sonatype Lifecycle": "sonatype, sonatype application, nexus iq",
    "StackHawk": "stackhawk hawkscan, hawkscan",
    "Symfony Security Check": "php symfony security, php security checker",
    "Sysdig": "sysdig cli, sysdig vulnerability",
    "testssl.sh": "testssl",
    "Threagile": "threagile risks",
    "ThreatMapper": "deepfence threatmapper",
    "Trustwave": "trustwave fusion",
    "Veracode SCA": "veracode sourceclear, sourceclear",
    "Vulners": "api vulners",
    "WebInspect": "microfocus webinspect, fortify webinspect",
    "Wiz CLI": "wizcli, wizcli dir, wizcli iac, wizcli img",
    "Xygeni": "xygeni sast, xygeni sca, xygeni secrets",
    "ZAP": "owasp zap, zed attack proxy, zaproxy",
}
"""Scanners and what else they go by."""


def formats_named(name: str) -> list[Parser]:
    """The format with this id, or all those of the scanner that is called so; none where nobody knows the name."""
    known = parsers()
    if name in known:
        return [known[name]]
    if not name.endswith(("-csv", "-json", "-xml")):  # an id that there is not
        words = _NO_LETTER.sub(" ", name.casefold()).strip()
        while words:
            if found := _by_name().get(words.replace(" ", "")):
                return [known[each] for each in found]
            words = shorter if (shorter := _SAYS_NO_MORE.sub("", words).strip()) != words else ""
    return [each for each in known.values() if each.info.title.casefold() == name.casefold()]


def formats_of_many() -> list[Parser]:
    """What a scanner may also write, whatever it is called."""
    return [parser for each, parser in parsers().items() if each.startswith(_OF_MANY)]


@cache
def _by_name() -> dict[str, list[str]]:
    """The ids of the formats by what their scanners are called, without anything but letters and digits."""
    of_scanner: dict[str, list[str]] = {}
    for parser in parsers().values():
        of_scanner.setdefault(parser.info.scanner, []).append(parser.info.id)
    others = {
        _folded(other): [each for scanner in scanners.split(", ") for each in of_scanner[scanner]]
        for scanners, names in _ALSO_CALLED.items()
        for other in names.split(", ")
    }
    return {_folded(scanner): ids for scanner, ids in of_scanner.items()} | others


def _folded(name: str) -> str:
    return _NO_LETTER.sub("", name.casefold())
