"""Confines this process for good; what the system does not offer is named, and the rest is done all the same."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from hauberk.ingest.sandbox import kernel, landlock, limits, seccomp

NOBODY = 65_534
FIRST_TO_DIE = "1000"
_OWN = kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS


def confine(allowed: limits.Limits, parent: int) -> list[str]:
    """To be called in the child. Answers what was refused: empty is the full sandbox."""
    if sys.platform != "linux":
        return [*limits.apply(allowed), "user namespace", "network namespace", "landlock", "seccomp"]
    with contextlib.suppress(OSError):  # the kernel's choice when memory ends; a convenience, no protection
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_DIE, encoding="ascii")
    missing = [*_leave_the_network(), *limits.apply(allowed)]
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it died before it could tell us
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    for name, act in (("landlock", landlock.restrict), ("seccomp", seccomp.refuse_calls)):
        if not _try(act):
            missing.append(name)
    return missing


def _leave_the_network() -> list[str]:
    """Root can leave it at once and then stops being root; everybody can inside a user namespace of his own."""
    has_left = False
    missing = []
    if os.geteuid() == 0:
        has_left = _try(lambda: kernel.unshare(_OWN))
        if not _try(_become_nobody):
            missing.append("unprivileged user")
    if not _try(lambda: kernel.unshare(kernel.CLONE_NEWUSER | _OWN)):
        missing.append("user namespace")
        if not has_left:
            missing.append("network namespace")
    return missing


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _try(act: Callable[[], None]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True
