"""WhatWeb: what a website runs, by its plug-ins."""

from typing import Any

from hauberk.parsers import sdk

_ABOUT = (
    "Country",
    "IP",
    "Title",
    "HTTPServer",
    "HTML5",
    "Script",
    "UncommonHeaders",
    "RedirectLocation",
    "X-Frame-Options",
    "Cookies",
    "HttpOnly",
    "Email",
    "Meta-Author",
    "Frame",
    "PasswordField",
)


@sdk.parser(
    id="whatweb-json",
    scanner="WhatWeb",
    docs="https://github.com/urbanadventurer/WhatWeb#logging--output",
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("item.target", "item.http_status", "item.plugins"),
    items=sdk.JsonItems("item"),
    versions="0.5",
)
def whatweb(site: sdk.Json) -> sdk.Findings:
    """`whatweb --log-json=whatweb.json https://app.example`"""
    plugins = site.get("plugins")
    if not plugins:  # up to 0.5, the list ends in an empty object
        return
    target = site["target"]
    told = {name: _told(said) for name, said in plugins.items()}
    words = "\n".join(f"{name}: {said}" if said else name for name, said in told.items())
    yield sdk.ReportedFinding(
        kind=sdk.DAST,
        title=f"Technologies identified: {target}",
        severity=sdk.Severity.INFO,
        rule_id="technologies",
        description=words,
        locations=(sdk.at_url(target, evidence=f"HTTP {site['http_status']}"),),
        components=tuple(
            sdk.Component(name=name, version=version)
            for name, said in plugins.items()
            if name not in _ABOUT
            for version in sdk.texts(said.get("version") or ()) or (None,)
        ),
        tags=tuple(name for name in plugins if name not in _ABOUT),
        target=target,
    )


def _told(said: Any) -> str:
    return ", ".join(word for words in said.values() for word in sdk.texts(words))
