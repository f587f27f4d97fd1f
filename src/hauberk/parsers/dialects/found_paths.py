"""What tools that guess paths of a web server report: one that answers though nothing links to it."""

from urllib.parse import urlsplit

from hauberk.parsers import sdk


def answer(
    found: sdk.Json,
    code: sdk.Json,
    *,
    size: sdk.Json = None,
    redirect: sdk.Json = None,
    method: str | None = None,
    evidence: str | None = None,
) -> sdk.ReportedFinding:
    """`found` is an address, or a path of which only a redirect may tell the server."""
    target = sdk.text(redirect)
    parts, leads_to = urlsplit(found), urlsplit(target or "")
    path = "/" + parts.path.lstrip("/")
    # A redirect that only adds a slash names the path's own server.
    if not parts.scheme and leads_to.netloc and leads_to.path == f"{path}/":
        found = f"{leads_to.scheme}://{leads_to.netloc}{path}"
    proof = (f"HTTP {code}", f"{size} bytes" if size else None, f"leads to {target}" if target else None)
    place = sdk.Location(url=path, method=method, evidence=evidence)
    if "://" in found:
        place = sdk.at_url(found, method=method, evidence=evidence)
    return sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"HTTP {code}: {path}",
        severity=sdk.Severity.INFO,  # whether it should be there, only its owner knows
        rule_id=f"http-{code}",
        description=", ".join(sdk.texts(proof)),
        locations=(place,),
    )
