"""How a child can end without a result; each has a `code` and a `message` for the person who uploaded the report."""

import signal


class SandboxError(Exception):
    """The task has no result, and another attempt would have none either: it says something about the file."""

    code = "sandbox_failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ChildRefused(SandboxError):
    """The task itself says no: its error's own code, message and position."""

    def __init__(self, code: str, message: str, position: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.position = position


class ChildCrashed(SandboxError):
    """A signal or an unexpected exception; `reason` is for the log, and short."""

    code = "parser_crashed"

    def __init__(
        self, reason: str, *, signal_number: int | None = None, exit_code: int | None = None
    ) -> None:
        name = "" if signal_number is None else f" ({signal.Signals(signal_number).name})"
        super().__init__(f"Reading the file failed unexpectedly{name}.")
        self.reason = reason
        self.signal_number = signal_number
        self.exit_code = exit_code


class ChildTimedOut(SandboxError):
    """More seconds, of the clock or of the processor, than the limits allow."""

    code = "parser_timed_out"


class ChildOutOfMemory(SandboxError):
    code = "parser_out_of_memory"


class SandboxLost(Exception):
    """The process that starts children was killed or cannot be started: no fault of the file, so worth another try."""
