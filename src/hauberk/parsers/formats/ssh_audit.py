"""ssh-audit: algorithms that an SSH server offers and should not, and what its version is vulnerable to."""

from collections.abc import Iterator

from hauberk.parsers import sdk

_KINDS = {"kex": "key exchange", "key": "host key", "enc": "cipher", "mac": "message authentication"}
# ssh-audit's own words, the worse first
_LEVELS = (("fail", sdk.Severity.HIGH), ("warn", sdk.Severity.MEDIUM))
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
    for kind in _KINDS:
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
    for word, severity in _LEVELS:
        if notes.get(word) or (not notes and advice == word):
            yield sdk.ReportedFinding(
                kind=sdk.INFRASTRUCTURE,
                title=f"Weak {_KINDS[kind]} algorithm: {name}",
                severity=severity,
                severity_reported=word,
                rule_id=f"{kind}:{name}",
                description="\n".join(sdk.texts(notes.get(word) or ())) or None,
                remediation=f"Remove {name}." if advice else None,
                cwes=(327,),
                locations=(place,),
                target=place.host,
            )
            return


def _vulnerability(known: sdk.Json, said: sdk.Json, place: sdk.Location) -> sdk.ReportedFinding:
    score, software = known.get("cvssv2"), sdk.text(sdk.pick(said, "banner.software"))
    name, _, version = (software or "").partition("_")
    return sdk.ReportedFinding(
        kind=sdk.INFRASTRUCTURE,
        title=known["name"],
        severity=sdk.severity_of_score(score),
        severity_reported=sdk.text(score),
        rule_id=known["name"],
        description=sdk.text(known.get("description")),
        identifiers=sdk.identifiers(known["name"]),
        cvss=sdk.assessments((None, score, "ssh-audit", "2.0")),
        locations=(place,),
        components=(sdk.Component(name=name, version=version or None),) if name else (),
        target=place.host,
    )


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
