"""The shim between the supervisor and each program that it starts: no program outlives its supervisor.

Run as a script of its own, with the standard library only. The shim leads a session of its own, so Ctrl-C in the
terminal reaches the supervisor alone. It watches a pipe: when the last writer closes it, or dies, the program is asked
to stop and after its grace it is killed with all that it started. Parent-death signals are Linux only, a pipe is not.

    shim.py PIPE_FD STOP_SIGNAL GRACE_SECONDS IDENTITY COMMAND...

IDENTITY is `same`, or for PostgreSQL, which refuses to run as root: `namespace` (a user namespace with one user in it;
files stay readable wherever they are) or `nobody`. `shim.py probe` ends with 0 where the kernel allows the first.
"""

import ctypes
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import NoReturn

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_CANNOT_START = 127


def main(arguments: list[str]) -> int:
    if arguments == ["probe"]:
        return _probe()
    pipe, stop_signal, grace, identity, *command = arguments
    shim = os.getpid()
    program = os.fork()
    if program == 0:
        _become(shim, int(stop_signal), identity, command)
    with suppress(OSError):  # both sides do it, so that neither has to wait for the other
        os.setpgid(program, program)
    return _watch(program, int(pipe), int(stop_signal), float(grace))


def _watch(program: int, pipe: int, stop_signal: int, grace: float) -> int:
    wake, waker = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, _killer(program))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    watched = [wake, pipe]
    deadline: float | None = None
    while True:
        ended, outcome = os.waitpid(program, os.WNOHANG)
        if ended:
            _kill_group(program)
            return os.waitstatus_to_exitcode(outcome) & 0xFF
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select(watched, [], [], left)
        if wake in ready:
            with suppress(BlockingIOError):
                os.read(wake, 1024)
        if pipe in ready and not os.read(pipe, 1024):
            watched.remove(pipe)
            deadline = time.monotonic() + grace
            with suppress(ProcessLookupError):
                os.kill(program, stop_signal)
        if deadline is not None and time.monotonic() >= deadline:
            _kill_group(program)


def _killer(program: int) -> Callable[[int, FrameType | None], None]:
    def kill(_number: int, _frame: FrameType | None) -> None:
        _kill_group(program)

    return kill


def _kill_group(program: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(program, signal.SIGKILL)


def _become(shim: int, stop_signal: int, identity: str, command: list[str]) -> NoReturn:
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        if identity == "namespace":
            _enter_namespace()
        elif identity == "nobody":
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        _die_with(shim, stop_signal)
        os.execvp(command[0], command)  # noqa: S606 - this is what the shim is for
    except OSError as error:
        os.write(2, f"{command[0]} cannot be started: {error.strerror}\n".encode())
    os._exit(_CANNOT_START)


def _die_with(shim: int, stop_signal: int) -> None:
    """Linux: told to stop even if the shim itself is killed."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, stop_signal)
    if os.getppid() != shim:
        os._exit(_CANNOT_START)


def _enter_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    for name, content in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {user} 1"),
        ("gid_map", f"{NOBODY} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - pathlib would be a slow import
            file.write(content)


def _probe() -> int:
    try:
        _enter_namespace()
    except (OSError, AttributeError):
        return 1
    return 0 if os.geteuid() == NOBODY else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
