"""The servers that the product stands on: database, queue, cache, storage."""

from pydantic import Field

from hauberk.infra.settings.sections.values import MIB, DatabaseUrl, RedisUrl, Section


class Database(Section):
    """PostgreSQL; without a URL an embedded server is started by `hauberk up`."""

    url: DatabaseUrl = Field(
        default="", repr=False, description="The role the product works as; owns nothing"
    )
    owner_url: DatabaseUrl = Field(
        default="", repr=False, description="The role that migrates; unset: as the URL"
    )
    backup_url: DatabaseUrl = Field(
        default="", repr=False, description="A role with BYPASSRLS, for backups; unset: as the owner"
    )
    replica_url: DatabaseUrl = Field(default="", repr=False, description="A streaming replica for reads")
    pool_min: int = Field(default=5, ge=0, description="Connections opened at start")
    pool_size: int = Field(default=20, ge=1, description="Connections kept by one process")
    max_overflow: int = Field(default=40, ge=0, description="Connections opened beyond that under load")
    pool_timeout: float = Field(default=30, gt=0, description="Seconds to wait for a free connection")
    pool_pre_ping: bool = Field(default=True, description="Test a connection before it is used")
    statement_timeout: float = Field(
        default=25, gt=0, description="Seconds that a statement of a request may take"
    )
    pooler: bool = Field(
        default=False, description="A transaction pooler (PgBouncer) is in between: no prepared statements"
    )

    @property
    def migration_url(self) -> str:
        return self.owner_url or self.url


class Queue(Section):
    """Redis or Valkey for the queue: never evicts; without a URL an embedded server is started."""

    url: RedisUrl = Field(default="", repr=False, description="Needs maxmemory-policy noeviction")
    min_connections: int = Field(default=2, ge=0, description="Connections opened at start")
    max_connections: int = Field(default=50, ge=2, description="Connections of one process")
    max_memory: int = Field(default=256 * MIB, ge=16 * MIB, description="Bytes of the embedded server")


class Cache(Section):
    """Redis or Valkey for the cache and rate limits; without a URL an embedded server is started."""

    url: RedisUrl = Field(
        default="",
        repr=False,
        description="May evict: maxmemory-policy allkeys-lfu; with ?cluster=true one node of a cluster",
    )
    min_connections: int = Field(default=2, ge=0, description="Connections opened at start")
    max_connections: int = Field(default=50, ge=2, description="Connections of one process")
    max_memory: int = Field(default=128 * MIB, ge=16 * MIB, description="Bytes of the embedded server")


class Storage(Section):
    """Where reports, attachments and exports are kept."""

    url: str = Field(
        default="",
        repr=False,
        description="file:///folder, s3://bucket/prefix, gs://, az://; unset: in the home",
    )
    min_free: int = Field(
        default=512 * MIB, ge=0, description="Bytes that must stay free for an upload to be taken"
    )
