"""Hydra: logins that were guessed. The password is only ever hashed."""

import re

from hauberk.parsers import sdk

_LINE = re.compile(
    r"\[(?P<port>\d+)\]\[(?P<service>[^\]]+)\] host: (?P<host>\S+)(?: {1,4}misc: \S*)?"
    r"(?: {1,4}login: (?P<login>.*?))?(?: {1,4}domain: .*| {1,4}password: (?P<password>.*?)(?:  \[[^\]]*\])?)?$"
)


@sdk.parser(
    id="hydra-json",
    scanner="Hydra",
    title="Hydra JSON",
    docs="https://github.com/vanhauser-thc/thc-hydra#json-format",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        sdk.JsonKeys(values={"generator.software": "Hydra"}),
        sdk.JsonKeys("results.item.login", "results.item.password", "results.item.service"),
    ),
    items=sdk.JsonItems("results.item"),
    header={"scanned_at": "generator.built", "tool_version": "generator.version"},
    versions="jsonoutputversion 1.00",
)
def hydra(result: sdk.Json) -> sdk.Findings:
    """`hydra -L logins.txt -P passwords.txt -b jsonv1 -o hydra.json ssh://host.example`"""
    yield _login(
        result["host"], **{name: result.get(name) for name in ("port", "service", "login", "password")}
    )


@sdk.parser(
    id="hydra-txt",
    scanner="Hydra",
    title="Hydra text",
    docs="https://github.com/vanhauser-thc/thc-hydra",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.TextLines(r"^\[\d+\]\[[^\]]+\] host: \S+"),
    versions="7 and later",
)
def hydra_txt(report: sdk.Report) -> sdk.Findings:
    """`hydra -L logins.txt -P passwords.txt -o hydra.txt ssh://host.example`"""
    for node in report.lines():
        match = _LINE.match(str(node.value).strip())
        if match:
            yield _login(**match.groupdict())


def _login(
    host: str, *, port: sdk.Json, service: sdk.Json, login: sdk.Json, password: sdk.Json
) -> sdk.ReportedFinding:
    name, protocol = sdk.text(login), sdk.text(service)
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"Weak credentials for {protocol or 'a service'} on {host}",
        severity=sdk.Severity.HIGH,  # Hydra reports nothing but logins that worked
        rule_id=f"weak-credentials: {name}" if name else "weak-credentials",
        description=f"The login {name} has a password that could be guessed." if name else None,
        cwes=(521,),
        locations=(
            sdk.Location(
                host=host,
                port=sdk.port(port),
                protocol=protocol,
                parameter=name,
            ),
        ),
        secret=sdk.text(password),
        target=host,
    )
