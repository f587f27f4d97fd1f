"""The kinds of channels, one file each; what each needs and how it is spoken to is all in there."""

from functools import cache

from hauberk.features.notifications.channel import ChannelKind
from hauberk.kit import discover


@cache
def kinds() -> dict[str, ChannelKind]:
    """By name, in order of name; every module of this package has one as KIND."""
    found = [module.KIND for module in discover.children(__name__)]
    return {kind.name: kind for kind in found}
