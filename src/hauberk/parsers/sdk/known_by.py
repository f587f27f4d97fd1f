"""What a report says that tells its asset besides the name, spelled as `ReportHeader.identifiers` are."""

from typing import Any

from hauberk.domain import known_by
from hauberk.parsers.sdk.coerce import text, texts


def repository(url: Any) -> tuple[str, ...]:
    """Of a repository's address, as people clone it or browse to it."""
    found = known_by.repository(text(url))
    return (f"{known_by.REPOSITORY}:{found}",) if found else ()


def machine(
    ip: Any = None, *, mac: Any = None, uuid: Any = None, cloud: Any = None, name: Any = None
) -> tuple[str, ...]:
    """Of a host's addresses and other ids, each a text or a list, as `Location.host_ids` are; what is none of them is passed over.

    `name`: of a host that the report calls by its address.
    """
    said = (
        (known_by.IP, ip),
        (known_by.MAC, mac),
        (known_by.UUID, uuid),
        (known_by.CLOUD, cloud),
        (known_by.NAME, name),
    )
    told = ((kind, known_by.spelled(kind, each)) for kind, values in said for each in texts(values or ()))
    return tuple(dict.fromkeys(f"{kind}:{value}" for kind, value in told if value))


def image(references: Any, digests: Any = None) -> tuple[str, ...]:
    """Of what an image is called and its digests: each a text or a list; what is none of these is passed over."""
    names = texts(references)
    tagged = dict.fromkeys(found for name in names if (found := known_by.image(name)))
    return (
        *(f"{known_by.IMAGE}:{name}" for name in tagged),
        *(f"{known_by.DIGEST}:{each}" for each in known_by.digests(*names, *texts(digests))),
    )
