"""Which storage a URL means."""

from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from obstore.store import from_url

from hauberk.infra.settings import Settings
from hauberk.infra.storage.base import Storage
from hauberk.infra.storage.local import LocalStorage
from hauberk.infra.storage.objects import ObjectStorage

CONNECT_SECONDS: Final = 5
ANSWER_SECONDS: Final = 300
"""Of one request, its bytes included: the largest report over a slow line."""
RETRY_SECONDS: Final = 60


def open_storage(settings: Settings) -> Storage:
    """`file://` is a local folder; `s3://`, `gs://`, `az://` take their credentials from the provider's variables."""
    url = settings.storage_url
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)))
    store = from_url(
        url,
        client_options={"connect_timeout": f"{CONNECT_SECONDS}s", "timeout": f"{ANSWER_SECONDS}s"},
        retry_config={"max_retries": 5, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )
    return ObjectStorage(store)
