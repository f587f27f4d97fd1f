"""The child: confines itself, runs one function over the files it was handed, and tells the result."""

import contextlib
import gc
import importlib
import os
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from hauberk.ingest.sandbox.confine import confine
from hauberk.ingest.sandbox.limits import Limits
from hauberk.ingest.sandbox.messages import Message, Refused, send

OUT_OF_MEMORY = 82
UNTOLD = 83
MAX_REASON_CHARS = 2_000

Progress = Callable[[dict[str, Any]], None]
Entry = Callable[[dict[str, int], dict[str, Any], Progress], dict[str, Any]]


@dataclass(frozen=True)
class Task:
    """`entry` is `module:function`; the descriptors are this process's."""

    entry: str
    files: dict[str, int]
    messages: int
    arguments: int


def find_entry(entry: str) -> Entry:
    module, _, name = entry.partition(":")
    function: Entry = getattr(importlib.import_module(module), name)
    return function


def prepare(entry: str) -> None:
    """In the zygote, for all its children: imports the entry's module and lets it look at files while it can."""
    module = importlib.import_module(entry.partition(":")[0])
    before_fork = getattr(module, "before_fork", None)
    if before_fork is not None:
        before_fork()


def run(task: Task, limits: Limits, parent: int) -> NoReturn:
    """Never returns and never raises: the process ends here, without running what its parent registered for exit."""
    status = UNTOLD
    with contextlib.suppress(BaseException):
        status = _run(task, limits, parent)
    os._exit(status)


def _run(task: Task, limits: Limits, parent: int) -> int:
    _reset_signals()
    _close_all_but(task)
    arguments = _read_arguments(task.arguments)
    function = find_entry(task.entry)
    gc.set_threshold(50_000, 20, 50)
    missing = confine(limits, parent)
    send(task.messages, Message(missing=missing))
    try:
        result = function(task.files, arguments, lambda values: send(task.messages, Message(progress=values)))
        send(task.messages, Message(result=result))
    except MemoryError:
        return OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 — told to the parent, then this process ends
        send(task.messages, _describe(error))
    return 0


def _describe(error: BaseException) -> Message:
    """An error with a code and a message is an answer; any other is a crash."""
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    if isinstance(code, str) and isinstance(message, str):
        refused = Refused(code, message, getattr(error, "position", None))
        return Message(refused=refused, was_denied=_was_denied(error))
    lines = traceback.format_exception(error)
    return Message(crashed="".join(lines)[-MAX_REASON_CHARS:], was_denied=_was_denied(error))


def _was_denied(error: BaseException | None) -> bool:
    """Whether it goes back to something that a child may not do: no reader of ours ever tries."""
    while error is not None:
        if isinstance(error, PermissionError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _reset_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _close_all_but(task: Task) -> None:
    """The zygote's sockets, and those of other tasks, are not this child's."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    kept: Sequence[int] = sorted({0, 1, 2, task.messages, task.arguments, *task.files.values()})
    for lower, upper in zip(kept, [*kept[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(lower + 1, upper)


def _read_arguments(descriptor: int) -> dict[str, Any]:
    with os.fdopen(descriptor, "rb") as pipe:
        return msgspec.msgpack.decode(pipe.read(), type=dict[str, Any])
