"""Which storage a URL means."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import from_url

from hauberk.infra.settings import Settings
from hauberk.infra.storage.base import Storage
from hauberk.infra.storage.local import LocalStorage
from hauberk.infra.storage.objects import ObjectStorage


def open_storage(settings: Settings) -> Storage:
    """`file://` is a local folder; `s3://`, `gs://`, `az://` take their credentials from the provider's variables."""
    url = settings.storage_url
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)))
    return ObjectStorage(from_url(url))
