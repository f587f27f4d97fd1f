"""Landlock: from here on this process opens no file, no TCP connection, and signals nobody outside."""

import ctypes
import os

from hauberk.ingest.sandbox import kernel

CREATE_RULESET = 444
RESTRICT_SELF = 446
VERSION = 1  # flag: ask for the kernel's version instead

FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights there are since which version
NET_SINCE, NET_RIGHTS = 4, 0b11  # bind and connect TCP
SCOPED_SINCE, SCOPES = 6, 0b11  # abstract sockets and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


def restrict() -> None:
    """Everything the kernel's version can deny, without a single exception. Raises OSError where it is not offered."""
    version = kernel.syscall(CREATE_RULESET, None, 0, VERSION)
    rights = max(count for since, count in FILE_RIGHTS.items() if since <= version)
    ruleset = _Ruleset(
        (1 << rights) - 1,
        NET_RIGHTS if version >= NET_SINCE else 0,
        SCOPES if version >= SCOPED_SINCE else 0,
    )
    size = 8 if version < NET_SINCE else 16 if version < SCOPED_SINCE else ctypes.sizeof(_Ruleset)
    descriptor = kernel.syscall(CREATE_RULESET, ctypes.byref(ruleset), size, 0)
    try:
        kernel.syscall(RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)
