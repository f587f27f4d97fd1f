"""The queues: jobs that may keep each other waiting share one."""

from enum import StrEnum


class Queue(StrEnum):
    """In order of preference: a free worker thread looks at the first one first."""

    INTERACTIVE = "interactive"
    """Somebody is watching, and it takes seconds."""
    IMPORT = "import"
    DEFAULT = "default"
    INTEGRATION = "integration"
    """Waits for other people's servers."""
    MAINTENANCE = "maintenance"
