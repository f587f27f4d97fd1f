"""Nmap (and Masscan, which writes its XML): open ports, and what its scripts say of them: `vulners` (CVEs by version) and the vulnerability library."""

from collections.abc import Iterator
from functools import partial

from hauberk.parsers import sdk
from hauberk.parsers.dialects import cpe, nmap, vulners

_FOUND = ("VULNERABLE", "LIKELY VULNERABLE", "VULNERABLE (DoS)", "VULNERABLE (Exploitable)")


@sdk.parser(
    id="nmap-xml",
    scanner="Nmap",
    docs="https://nmap.org/book/output-formats-xml-output.html",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.XmlRoot("nmaprun", values={"scanner": "(?i)nmap|masscan"}),
        sdk.XmlRoot(
            "nmaprun", "host/ports/port/state"
        ),  # what merges several reports may leave the attributes out
    ),
    versions="XML output 1.0x: Nmap 4 and later, with the scripts vulners and those of the category vuln; Masscan's `-oX`",
)
def nmap_xml(report: sdk.Report) -> sdk.Findings:
    """`nmap -sV --script vulners,vuln -oX nmap.xml host.example`"""
    about = report.xml_root().attributes
    yield sdk.ReportHeader(
        scanner="Masscan" if about.get("scanner") == "masscan" else None,
        tool_version=sdk.text(about.get("version")),
        scanned_at=sdk.timestamp(about.get("start")),
    )
    for node in report.xml("host/ports/port", "host"):
        host = next(iter(node.value.iterancestors("host")), node.value)
        place = sdk.Location(host=_name_of(host), host_ids=_ids_of(host))
        if node.pattern == "host":
            yield sdk.ReportHeader(targets=sdk.texts(place.host))
            for script in host.iterfind("hostscript/script"):
                yield from _vulnerabilities(script, place)
        else:
            yield from report.read_one(node, partial(_port, place))


def _name_of(host: sdk.XmlElement) -> str | None:
    """The machine's own name; several asked names may lead to it. Else the asked one, else the address."""
    names = {each.get("type"): each.get("name") for each in host.iterfind("hostnames/hostname")}
    addresses = {each.get("addrtype"): each.get("addr") for each in host.iterfind("address")}
    known = (names.get("PTR"), names.get("user"), *(addresses.get(each) for each in ("ipv4", "ipv6", "mac")))
    return sdk.first(known)


def _ids_of(host: sdk.XmlElement) -> tuple[str, ...]:
    addresses = [each.get("addr") for each in host.iterfind("address")]
    return sdk.machine(addresses, mac=addresses)


def _port(machine: sdk.Location, port: sdk.XmlElement) -> sdk.Findings:
    state = port.find("state")
    if state is None or state.get("state") != "open":
        return
    service = port.find("service")
    about = dict(service.attrib) if service is not None else {}
    names = [about.get(name) for name in ("name", "product", "version", "extrainfo")]
    said = [f"{each.get('id')}: {each.get('output')}" for each in port.iterfind("script")]
    named = " ".join(each.text or "" for each in port.iterfind("service/cpe"))
    software = tuple(cpe.software(named))
    place = nmap.at_port(machine, port.attrib["portid"], port.attrib["protocol"])
    described = sdk.paragraphs(" ".join(sdk.texts(names)), *said)
    yield nmap.open_port(place, described, software or _product(about))
    for script in port.iterfind("script"):
        read = _by_version if script.get("id") == "vulners" else _vulnerabilities
        yield from read(script, place)


def _product(about: dict[str, str]) -> tuple[sdk.Component, ...]:
    name = about.get("product")
    return (sdk.Component(name=name, version=about.get("version")),) if name else ()


def _by_version(script: sdk.XmlElement, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    output = script.get("output") or ""
    for product, name, *rest in _lines(output) if "\t" in output else _tables(script):
        yield vulners.finding(product, name, rest, place)


def _lines(output: str) -> Iterator[list[str]]:
    """A CPE or product and below it `id, score, link[, *EXPLOIT*]`, apart by tabs."""
    product = ""
    for line in output.splitlines():
        name, *rest = line.strip().split("\t")
        if rest:
            yield [product, name, *rest]
        else:
            product = name.strip().rstrip(":") or product


def _tables(script: sdk.XmlElement) -> Iterator[list[str]]:
    """The same, where whatever handled the file made spaces of the tabs."""
    for product, vulnerability in ((a, b) for a in script.iterfind("table") for b in a.iterfind("table")):
        said = {each.get("key"): each.text or "" for each in vulnerability.iterfind("elem")}
        link = f"https://vulners.com/{said.get('type')}/{said['id']}"
        exploit = "*EXPLOIT*" if said.get("is_exploit") == "true" else ""
        yield [product.get("key", ""), said["id"], said.get("cvss", ""), link, exploit]


def _vulnerabilities(script: sdk.XmlElement, place: sdk.Location) -> Iterator[sdk.ReportedFinding]:
    """What scripts with Nmap's `vulns` library say: a table for each, with title, state, ids and references."""
    for table in script.iterfind("table"):
        said = {each.get("key"): sdk.text(each.text) for each in table.iterfind("elem")}
        lists = {
            each.get("key"): [line.text for line in each.iterfind(".//elem")]
            for each in table.iterfind("table")
        }
        if said.get("state") not in _FOUND or not said.get("title"):
            continue
        word = said.get("risk_factor")
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=said["title"] or "",
            severity=sdk.severity(word),
            severity_reported=word,
            rule_id=": ".join(sdk.texts([script.get("id"), table.get("key")])),
            description=sdk.paragraphs(*lists.get("description", ()), *lists.get("extra_info", ())),
            identifiers=sdk.identifiers(
                [(each or "").removeprefix("CVE:") for each in lists.get("ids", ())], table.get("key")
            ),
            cvss=sdk.assessments(*((sdk.text(each), None, "Nmap") for each in lists.get("scores", ()))),
            locations=(place,),
            references=sdk.urls(lists.get("refs", ())),
            confidence=(said["state"] or "").lower(),
            target=place.host,
        )
