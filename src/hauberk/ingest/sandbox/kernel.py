"""Linux calls that Python has no function for."""

import ctypes
import os
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38

CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWNET = 0x4000_0000

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, first: int, second: Any = None) -> None:
    arguments = (
        ctypes.c_ulong(first),
        second or ctypes.c_ulong(0),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    _checked(_libc.prctl(option, *arguments))


def unshare(flags: int) -> None:
    _checked(_libc.unshare(flags))


def syscall(number: int, *arguments: Any) -> int:
    return _checked(
        _libc.syscall(
            ctypes.c_long(number),
            *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments),
        )
    )


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
