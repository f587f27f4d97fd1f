"""CPE names, by which network scanners say what software they found: `cpe:/a:openssl:openssl:1.0.2`, `cpe:2.3:a:…`."""

import re
from collections.abc import Iterator

from hauberk.parsers import sdk

# `cpe:/a:apache:http_server:2.4.6` or `cpe:2.3:a:…`, a colon in a value written `\:`
_CPE = re.compile(r"(?<![\w-])cpe:(?:/|2\.3:)[aoh]:[^\s:]+:((?:\\:|[^\s,|:])+):?((?:\\:|[^\s,|:])*)")
_ANY = ("", "*", "-")


def software(words: str) -> Iterator[sdk.Component]:
    """What the CPEs in a text name, once each. Tenable's `p-cpe` only says what could be installed: left out."""
    for name, version in dict.fromkeys(_CPE.findall(words)):
        known = version.replace("\\", "")
        yield sdk.Component(name=name, version=known if known not in _ANY else None)
