"""Hydra: logins that were guessed. The password is only ever hashed."""

from hauberk.parsers import sdk


@sdk.parser(
    id="hydra-json",
    scanner="Hydra",
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
    host, service, login = result["host"], sdk.text(result.get("service")), sdk.text(result.get("login"))
    yield sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=f"Weak credentials for {service or 'a service'} on {host}",
        severity=sdk.Severity.HIGH,  # Hydra reports nothing but logins that worked
        rule_id="weak-credentials",
        description=f"The login {login} has a password that could be guessed." if login else None,
        cwes=(521,),
        locations=(
            sdk.Location(
                host=host,
                port=sdk.integer(result.get("port"), minimum=1, maximum=65535),
                protocol=service,
                parameter=login,
            ),
        ),
        secret=sdk.text(result.get("password")),
        target=host,
    )
