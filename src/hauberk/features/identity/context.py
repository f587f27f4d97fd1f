"""What one server process holds for all its requests: made by `create_app`'s lifespan, reached through dependencies."""

from dataclasses import dataclass

import redis.asyncio

from hauberk.db.session import Sessions
from hauberk.features.identity.passwords import Passwords
from hauberk.infra.crypto import KeyRing
from hauberk.infra.settings import Settings
from hauberk.infra.storage import Storage
from hauberk.kit.ids import PublicIds


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    sessions: Sessions
    cache: redis.asyncio.Redis
    queue: redis.asyncio.Redis
    storage: Storage
    public_ids: PublicIds
    key_ring: KeyRing
    passwords: Passwords
