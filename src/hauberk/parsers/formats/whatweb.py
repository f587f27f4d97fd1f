"""WhatWeb: what a website runs, by its plug-ins."""

from hauberk.parsers import sdk

_DOCS = "https://github.com/urbanadventurer/WhatWeb#logging--output"
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
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.JsonKeys("item.target", "item.http_status", "item.plugins"),
    items=sdk.JsonItems("item"),
    versions="0.5",
)
def whatweb(site: sdk.Json) -> sdk.Findings:
    """`whatweb --log-json=whatweb.json https://app.example`"""
    yield from _site(site)


@sdk.parser(
    id="whatweb-xml",
    scanner="WhatWeb",
    title="WhatWeb XML",
    docs=_DOCS,
    kinds=[sdk.DAST],
    sniff=sdk.XmlRoot("log", "target/uri", "target/http-status"),
    items=sdk.XmlElements("target"),
    versions="0.4.8 and later",
)
def whatweb_xml(target: sdk.XmlElement) -> sdk.Findings:
    """`whatweb --log-xml=whatweb.xml https://app.example`"""
    plugins: dict[str, dict[str, list[str]]] = {}
    for plugin in target.iterfind("plugin"):
        said = plugins.setdefault(plugin.findtext("name", ""), {})
        for told in plugin:
            if told.tag not in ("name", "certainty"):
                said.setdefault(str(told.tag), []).append(told.text or "")
    yield from _site(
        {"target": target.findtext("uri"), "http_status": target.findtext("http-status"), "plugins": plugins}
    )


def _site(site: sdk.Json) -> sdk.Findings:
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


def _told(said: sdk.Json) -> str:
    return ", ".join(word for words in said.values() for word in sdk.texts(words))
