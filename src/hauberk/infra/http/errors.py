"""What can become of a call that leaves the installation. None of these carries what the other side said."""

from typing import ClassVar

from hauberk.kit.errors import Invalid, Unavailable


class DestinationRefused(Invalid):
    """The address leads where this product must not go; `reason` is for counting, the message for people."""

    default_code: ClassVar[str] = "destination_refused"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__([("/url", message)])
        self.reason = reason


class CallFailed(Unavailable):
    """The other side did not answer, or not in a way that can be used."""

    default_code: ClassVar[str] = "call_failed"

    def __init__(self, reason: str, message: str, *, retry_after: int = 30) -> None:
        super().__init__(message, retry_after=retry_after)
        self.reason = reason


class CircuitOpen(Unavailable):
    """It failed so often just now that it is left alone for a while."""

    default_code: ClassVar[str] = "circuit_open"
