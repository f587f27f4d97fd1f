"""What one child may use, and how the system is told."""

import resource
from dataclasses import dataclass

OPEN_FILES = 64
CPU_GRACE_SECONDS = 5


@dataclass(frozen=True)
class Limits:
    """Bytes and seconds."""

    memory: int
    cpu_seconds: int
    wall_seconds: float
    file_bytes: int


def apply(limits: Limits) -> list[str]:
    """Sets them for this process; answers which the system refused."""
    wanted = {
        "memory limit": (resource.RLIMIT_AS, limits.memory, limits.memory),
        "processor limit": (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + CPU_GRACE_SECONDS),
        "file size limit": (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        "open files limit": (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        "process limit": (resource.RLIMIT_NPROC, 0, 0),
        "core dump limit": (resource.RLIMIT_CORE, 0, 0),
    }
    refused = []
    for name, (kind, soft, hard) in wanted.items():
        _, ceiling = resource.getrlimit(kind)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)  # noqa: PLW2901 — never above what we may
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):
            refused.append(name)
    return refused
