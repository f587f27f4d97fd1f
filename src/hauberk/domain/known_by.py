"""What an asset is known by besides its name: a repository's URL, an image's reference and digest, a machine's ids and addresses.

An identifier is written `kind:value`, in one spelling whoever says it. What a report says can name the asset of a report that
nobody named one for; where it could mean two, it means none.
"""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

REPOSITORY, IMAGE, DIGEST = "repository", "image", "digest"
UUID, CLOUD, MAC, IP = "uuid", "cloud", "mac", "ip"
NAME = "name"
"""Of a machine that a report calls by its address. It tells a host of one series of scans again, and no asset: many sites have a `router`."""
KINDS: Final = (REPOSITORY, IMAGE, DIGEST, UUID, CLOUD, MAC, IP)
PASSING: Final = (IP, DIGEST)
"""What goes from one to another: a leased address, the same content under another tag. It counts for a while around when it was seen."""
OF_MACHINES: Final = (UUID, CLOUD, MAC, IP)
"""They tell only assets of the report's own kind: a site may stand on a host's address."""
MAX_IDENTIFIER_CHARS: Final = 300
_OBJECTIONS: Final = {IP: (UUID, CLOUD, MAC), NAME: (UUID, CLOUD, MAC), DIGEST: (IMAGE,)}
_SCP = re.compile(r"^(?:[\w.-]+@)?([\w.-]+\.[\w-]+|localhost):(?!\d+/)([\w.~/-]+)$")
_HOST = re.compile(r"^[a-z0-9.-]+(?::\d+)?$|^\[[0-9a-f:]+\](?::\d+)?$")
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:[:.-]?[0-9A-Fa-f]{2}){5}$")
_EVERYWHERE: Final = ("172.17.0.1", "192.168.122.1", "10.0.2.15")
"""What Docker, libvirt and VirtualBox give to every machine that has them."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\b")
_REFERENCE = re.compile(r"^[a-z0-9][a-z0-9._/-]*(?::[\w][\w.-]{0,127})?$")
_WEB_PORTS: Final = {"http": 80, "https": 443}
_SPELLED: Final = {
    UUID: re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    CLOUD: re.compile(r"^\S+$"),
    NAME: re.compile(r"^(?!localhost\b)(?!.*:)(?=.*[a-z])[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$"),
}


def repository(url: str | None) -> str | None:
    """`https://me:secret@Git.example:443/Team/shop.git/`, `git@git.example:Team/shop`: both are `git.example/Team/shop`."""
    words = (url or "").strip().removeprefix("git+").removeprefix("scm:git:")
    if "://" not in words:
        found = _SCP.match(words)
        words = f"ssh://{found[1]}/{found[2]}" if found else f"https://{words}"
    try:
        parts = urlsplit(words)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    path = parts.path.strip("/").removesuffix(".git").rstrip("/")
    if parts.scheme not in ("http", "https", "ssh", "git") or not path or " " in path:
        return None
    if port is not None and parts.scheme in _WEB_PORTS and port != _WEB_PORTS[parts.scheme]:
        host = f"{host}:{port}"  # of a web server; that of an SSH server is none of the repository's
    if not _HOST.match(host) or ("." not in host and "://" not in (url or "")):
        return None
    return _bounded(f"{host}/{path}")


def image(reference: str | None) -> str | None:
    """`alpine` as Docker means it: `docker.io/library/alpine:latest`. Files are none, and a digest stands for no tag."""
    words, at, _ = (reference or "").strip().removeprefix("docker.io/").partition("@")
    head, slash, rest = words.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, name = head.casefold(), rest
    else:
        registry, name = "docker.io", words if slash else f"library/{words}"
    is_tagged = ":" in name.rpartition("/")[2]
    if not _REFERENCE.match(name) or words.startswith("sha256:") or name.endswith((".tar", ".gz", ".json")):
        return None
    if at and not is_tagged:
        return None
    return _bounded(f"{registry}/{name if is_tagged else f'{name}:latest'}")


def digests(*said: str | None) -> Iterable[str]:
    """Those that stand in these texts, whole."""
    return dict.fromkeys(found for each in said if each for found in _DIGEST.findall(each))


def spelled(kind: str, value: str) -> str | None:
    """The value as it is kept; None where it is none of this kind."""
    if kind == REPOSITORY:
        return repository(value)
    if kind == IMAGE:
        return image(value)
    if kind == DIGEST:
        return next(iter(digests(value.strip().lower())), None)
    if kind == IP:
        return _address(value.strip())
    if kind == MAC:
        return _hardware(value)
    words = value.strip() if kind == CLOUD else value.strip().lower().rstrip(".")
    return _bounded(words) if kind in _SPELLED and _SPELLED[kind].match(words) else None


def of_machine(host: str | None, host_ids: tuple[str, ...]) -> tuple[str, ...]:
    """What tells a host: its ids, and its own address where it is called by that."""
    address = _address(host) if host and (host[0].isdigit() or ":" in host) else None
    told = f"{IP}:{address}"
    return host_ids if address is None or told in host_ids else (*host_ids, told)


def of_asset(host: str | None, host_ids: tuple[str, ...]) -> tuple[str, ...]:
    """What of that tells an asset, too."""
    return tuple(each for each in of_machine(host, host_ids) if each.partition(":")[0] in OF_MACHINES)


def _address(value: str) -> str | None:
    """In its short form; what every machine has for itself, or shares with all, tells none."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    is_everywhere = address.is_loopback or address.is_link_local or str(address) in _EVERYWHERE
    is_no_host = address.is_unspecified or address.is_multicast
    return None if is_everywhere or is_no_host else str(address)


def _hardware(value: str) -> str | None:
    """`00-1A-2B-3C-4D-5E`, `001a.2b3c.4d5e` and `001A2B3C4D5E` are one; all nought and all one are nobody's."""
    digits = re.sub(r"[^0-9a-f]", "", value.lower()) if _MAC.match(value.strip()) else ""
    is_one = len(digits) == 12 and digits not in ("0" * 12, "f" * 12)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2)) if is_one else None


def _bounded(value: str) -> str | None:
    return value if len(value) <= MAX_IDENTIFIER_CHARS else None


def of_one(identifiers: Iterable[str]) -> tuple[str, ...]:
    """Without repositories where there are several: a report about several is about none of them."""
    every = tuple(dict.fromkeys(identifiers))
    several = sum(each.startswith(f"{REPOSITORY}:") for each in every) > 1
    return tuple(each for each in every if not (several and each.startswith(f"{REPOSITORY}:")))


@dataclass(frozen=True)
class Known:
    """An identifier of an asset."""

    asset_id: int
    asset_kind: str
    kind: str
    value: str
    is_by_person: bool
    first_seen_at: datetime
    last_seen_at: datetime

    def tells(self, asset_kind: str, at: datetime, stays: timedelta) -> bool:
        """Whether it tells what a report of that moment is about."""
        if self.kind in OF_MACHINES and self.asset_kind != asset_kind:
            return False
        if self.kind not in PASSING or self.is_by_person:
            return True
        return self.first_seen_at - stays <= at <= self.last_seen_at + stays


def assets_told(
    known: Sequence[Known], said: Collection[str], *, asset_kind: str, at: datetime, stays: timedelta
) -> set[int]:
    """The assets that a report with these identifiers may be about; `known` has all of each asset that has any of them.

    What a person said counts before what reports said, and what stays with an asset before what passes from one to another.
    """
    told = [
        each for each in known if f"{each.kind}:{each.value}" in said and each.tells(asset_kind, at, stays)
    ]
    by_people = {each.asset_id for each in told if each.is_by_person}
    if by_people:
        return by_people
    staying = {each.asset_id for each in told if each.kind not in PASSING}
    if staying:
        return staying
    of_asset: defaultdict[int, set[str]] = defaultdict(set)
    for each in known:
        of_asset[each.asset_id].add(f"{each.kind}:{each.value}")
    return {each.asset_id for each in told if not are_two(of_asset[each.asset_id], said)}


def are_two(some: Collection[str], others: Collection[str]) -> bool:
    """Though they share only what passes from one to another, each has something of its own that the other has otherwise."""
    shared = {each.partition(":")[0] for each in set(some) & set(others)}
    if not shared or not shared <= _OBJECTIONS.keys():
        return False
    for kind in {own for passing in shared for own in _OBJECTIONS[passing]}:
        sides = [{_own(each) for each in side if each.startswith(f"{kind}:")} for side in (some, others)]
        if all(sides) and not sides[0] & sides[1]:
            return True
    return False


def _own(identifier: str) -> str:
    """Of an image, name and tag: the same image lies in several registries."""
    return identifier.rpartition("/")[2] if identifier.startswith(f"{IMAGE}:") else identifier
