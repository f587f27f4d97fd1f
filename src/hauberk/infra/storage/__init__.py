"""Storage: where the bytes of reports and exports are durable, in a local folder or an object store."""

from hauberk.infra.storage.base import Storage, StoredFile
from hauberk.infra.storage.opening import open_storage

__all__ = ["Storage", "StoredFile", "open_storage"]
