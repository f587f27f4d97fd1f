"""ssh-audit: algorithms that an SSH server offers and should not, and what its version is vulnerable to."""

from collections.abc import Iterator

from hauberk.parsers import sdk
from hauberk.parsers.dialects import ssh_audit as dialect

_POLICY = ("host", "policy", "passed", "errors")
_JUDGEMENTS = frozenset(("recommendations", "cves"))
_ADVICE = (("critical", "fail"), ("warning", "warn"))


@sdk.parser(
    id="ssh-audit-json",
    scanner="ssh-audit",
    docs="https://github.com/jtesta/ssh-audit#usage",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(
        *(
            sdk.JsonKeys(*(f"{root}{key}" for key in ("banner", "kex", *others)))
            for root in ("", "item.")
            for others in (("target",), ("client_ip",), ("enc", "mac", "compression"))
        )
    ),
    versions="2.5 and later, of one target and of several, and of clients; earlier ones judge nothing and are refused",
)
def ssh_audit(report: sdk.Report) -> sdk.Findings:
    """`ssh-audit --json host.example > ssh-audit.json`"""
    document = report.document()
    targets = document if isinstance(document, list) else [document]
    yield from sdk.each(targets, _target, "targets")


@sdk.parser(
    id="ssh-audit-policy-json",
    scanner="ssh-audit",
    title="ssh-audit policy JSON",
    docs="https://github.com/jtesta/ssh-audit#policy-audits",
    kinds=[sdk.INFRASTRUCTURE],
    sniff=sdk.AnyOf(*(sdk.JsonKeys(*(f"{root}{key}" for key in _POLICY)) for root in ("", "item."))),
    versions="2.3 and later",
)
def ssh_audit_policy(report: sdk.Report) -> sdk.Findings:
    """`ssh-audit --json --policy "Hardened OpenSSH Server v9.9" host.example > ssh-audit.json`"""
    document = report.document()
    yield from sdk.each(document if isinstance(document, list) else [document], _audit, "targets")


def _target(said: sdk.Json) -> sdk.Findings:
    name = said.get("target") or said.get("client_ip")  # of a server, of a client that it listened to
    if name is None and _JUDGEMENTS.isdisjoint(said):
        message = "Its JSON lists what the server offers and judges none of it: audit again with ssh-audit 2.5 or later."
        raise sdk.ReportError("schema_mismatch", message)
    place = sdk.at_url(name)
    place = sdk.Location(
        host=place.host, port=place.port, protocol="tcp", evidence=sdk.text(sdk.pick(said, "banner.raw"))
    )
    yield sdk.ReportHeader(targets=sdk.texts(name))
    advised = {(kind, name): word for kind, name, word in _advised(said.get("recommendations"))}
    for kind in dialect.KINDS:
        for offered in sdk.listed(said.get(kind)):
            yield from _algorithm(kind, offered, advised, place)
    for known in sdk.listed(said.get("cves")):
        yield _vulnerability(known, said, place)


def _advised(recommendations: sdk.Json) -> Iterator[tuple[str, str, str]]:
    for level, word in _ADVICE:
        for changes in (sdk.pick(recommendations, f"{level}.{act}") or {} for act in ("del", "chg")):
            for kind, names in changes.items():
                yield from ((kind, each["name"] if isinstance(each, dict) else each, word) for each in names)


def _algorithm(
    kind: str, offered: sdk.Json, advised: dict[tuple[str, str], str], place: sdk.Location
) -> Iterator[sdk.ReportedFinding]:
    """Notes say what is wrong with it; versions before 3.0 have only recommendations."""
    is_bare = isinstance(offered, str)  # of 2.x, ciphers and message authentication
    name, notes = (offered, {}) if is_bare else (offered["algorithm"], offered.get("notes") or {})
    advice = advised.get((kind, name))
    for word in dialect.LEVELS:
        if notes.get(word) or (not notes and advice == word):
            about = sdk.texts(notes.get(word) or ())
            yield dialect.algorithm(kind, name, word, about, place, is_to_go=advice is not None)
            return


def _vulnerability(known: sdk.Json, said: sdk.Json, place: sdk.Location) -> sdk.ReportedFinding:
    name, _, version = (sdk.text(sdk.pick(said, "banner.software")) or "").partition("_")
    software = (sdk.Component(name=name, version=version or None),) if name else ()
    score, about = sdk.text(known.get("cvssv2")), sdk.text(known.get("description"))
    return dialect.vulnerability(known["name"], score, about, place, *software)


def _audit(said: sdk.Json) -> sdk.Findings:
    place = sdk.at_url(said["host"])
    yield sdk.ReportHeader(targets=sdk.texts(place.host))
    for error in said["errors"] or ():  # since 2.4 told apart, before as one sentence
        words = error if isinstance(error, str) else f"{error['mismatched_field']} did not match"
        expected = _listed(error, "expected_required"), _listed(error, "expected_optional")
        yield sdk.ReportedFinding(
            kind=sdk.INFRASTRUCTURE,
            title=words.split(". ")[0].rstrip("."),
            severity=sdk.Severity.MEDIUM,  # the policy says what is wrong, not how much
            rule_id=words.partition(" did not match")[0].partition(".")[0],
            description=sdk.paragraphs(said["policy"], words),
            remediation=f"Expected: {'; '.join(filter(None, expected))}" if any(expected) else None,
            cwes=(327,),
            locations=(
                sdk.Location(
                    host=place.host, port=place.port, protocol="tcp", evidence=_listed(error, "actual")
                ),
            ),
            target=place.host,
        )


def _listed(error: sdk.Json, key: str) -> str | None:
    return ", ".join(sdk.texts(sdk.pick(error, key))) or None
