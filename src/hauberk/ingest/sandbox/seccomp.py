"""seccomp: refuses the system calls that reading a report never needs; each answers "not permitted"."""

import ctypes
import errno
import os
import platform
import struct

from hauberk.ingest.sandbox import kernel

FILTER_MODE = 2
ALLOW = 0x7FFF_0000
KILL = 0x8000_0000
REFUSE = 0x0005_0000
X32_BIT = 0x4000_0000

# Numbers since Linux 5.x are the same everywhere.
_SHARED = (
    424,
    425,
    426,
    427,
    434,
    437,
    438,
)  # pidfd_send_signal, io_uring_*, pidfd_open, openat2, pidfd_getfd
CLONE3 = 435  # "no such call": the C library then uses clone
_X86_64 = (
    2, 85, 257,  # open, creat, openat
    76, 82, 83, 84, 86, 87, 88, 90, 92, 94, 133,  # truncate, rename, mkdir, rmdir, link, unlink, symlink, chmod, chown
    258, 259, 260, 263, 264, 265, 266, 268, 316,  # the same with a directory
    41, 42, 43, 44, 49, 50, 53, 288,  # socket, connect, accept, sendto, bind, listen, socketpair, accept4
    56, 57, 58, 59, 322,  # clone, fork, vfork, execve, execveat
    62, 200, 101, 310, 311,  # kill, tkill, ptrace, process_vm_*
    155, 161, 165, 166, 272, 308,  # pivot_root, chroot, mount, umount2, unshare, setns
    175, 176, 246, 248, 249, 250, 298, 303, 304, 313, 321, 323,  # modules, kexec, keys, perf, handles, bpf, userfaultfd
)  # fmt: skip
_AARCH64 = (
    56, 33, 34, 35, 36, 37, 38, 45, 53, 54, 276,  # openat, mknodat … renameat, truncate, fchmodat, fchownat, renameat2
    198, 199, 200, 201, 202, 203, 206, 242,  # sockets
    220, 221, 281,  # clone, execve, execveat
    129, 130, 117, 270, 271,  # kill, tkill, ptrace, process_vm_*
    39, 40, 41, 51, 97, 268,  # umount2, mount, pivot_root, chroot, unshare, setns
    104, 105, 106, 217, 218, 219, 241, 264, 265, 273, 280, 282,
)  # fmt: skip
# Audit's number of the architecture, its refused calls, its tgkill.
_MACHINES = {"x86_64": (0xC000_003E, _X86_64, 234), "aarch64": (0xC000_00B7, _AARCH64, 131)}

_LOAD = 0x20
_IF_EQUAL = 0x15
_IF_GREATER_OR_EQUAL = 0x35
_RETURN = 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls() -> None:
    """Raises OSError where the kernel or the processor does not offer it. Needs no_new_privs."""
    if platform.machine() not in _MACHINES:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    code = _filter(*_MACHINES[platform.machine()])
    program = _Program(len(code) // 8, code)
    kernel.prctl(kernel.PR_SET_SECCOMP, FILTER_MODE, ctypes.byref(program))


def _filter(architecture: int, refused: tuple[int, ...], tgkill: int) -> bytes:
    """abort() signals the own process by tgkill; nobody else may be signalled."""
    steps = [
        _step(_LOAD, value=_ARCHITECTURE),
        _step(_IF_EQUAL, 1, 0, architecture),
        _step(_RETURN, value=KILL),
        _step(_LOAD, value=_NUMBER),
        _step(_IF_GREATER_OR_EQUAL, 0, 1, X32_BIT),
        _step(_RETURN, value=KILL),
        _step(_IF_EQUAL, 0, 1, CLONE3),
        _step(_RETURN, value=REFUSE | errno.ENOSYS),
        _step(_IF_EQUAL, 0, 4, tgkill),
        _step(_LOAD, value=_FIRST_ARGUMENT),
        _step(_IF_EQUAL, 0, 1, os.getpid()),
        _step(_RETURN, value=ALLOW),
        _step(_RETURN, value=REFUSE | errno.EPERM),
    ]
    for number in (*refused, *_SHARED):
        steps += [_step(_IF_EQUAL, 0, 1, number), _step(_RETURN, value=REFUSE | errno.EPERM)]
    return b"".join([*steps, _step(_RETURN, value=ALLOW)])


def _step(code: int, if_true: int = 0, if_false: int = 0, value: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
