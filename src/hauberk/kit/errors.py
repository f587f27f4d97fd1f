"""Errors as kinds: what was refused and why, in words for the caller; `api` turns each into a problem document.

Nothing here knows HTTP. `code` is stable and for machines, the message is one or more full sentences.
"""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple


class FieldError(NamedTuple):
    """One wrong value: a JSON pointer (`/severity`) and what is wrong with it."""

    pointer: str
    message: str


class Refusal(Exception):
    """Something that was asked for and is not done; each subclass is one kind."""

    default_code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code


class NotFound(Refusal):
    """`NotFound("finding", "fnd_…")`: it does not exist, or the caller may not know that it does."""

    default_code = "not_found"

    def __init__(self, kind: str, reference: str = "", *, code: str | None = None) -> None:
        super().__init__(f"There is no {kind} {reference}".rstrip() + ".", code=code)
        self.kind = kind
        self.reference = reference


class Gone(Refusal):
    """It was here, and was kept only for a while."""

    default_code = "gone"


class Conflict(Refusal):
    """It collides with what is there already, or comes at the wrong moment."""

    default_code = "conflict"


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    default_code = "forbidden"


class Unauthenticated(Refusal):
    """Nobody, or nobody any more, is signed in."""

    default_code = "unauthenticated"


class Invalid(Refusal):
    """Values that cannot be accepted, all of them at once."""

    default_code = "invalid"

    def __init__(
        self,
        errors: Iterable[tuple[str, str]] = (),
        *,
        message: str | None = None,
        code: str | None = None,
    ) -> None:
        self.errors = [FieldError(*error) for error in errors]
        super().__init__(message or " ".join(error.message for error in self.errors), code=code)


class TooLarge(Refusal):
    """More bytes than the limit allows."""

    default_code = "too_large"

    def __init__(self, limit_bytes: int, *, message: str | None = None, code: str | None = None) -> None:
        super().__init__(message or f"The file is larger than the limit of {limit_bytes:,} bytes.", code=code)
        self.limit_bytes = limit_bytes


class UnsupportedMedia(Refusal):
    """The content is of no kind that is understood here."""

    default_code = "unsupported_media"


class RateLimited(Refusal):
    """Too many attempts; `retry_after` seconds from now it is allowed again."""

    default_code = "rate_limited"

    def __init__(
        self,
        retry_after: int,
        *,
        message: str = "Too many requests; try again later.",
        code: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Something needed is down or overloaded just now; worth another try after `retry_after` seconds."""

    default_code = "unavailable"

    def __init__(self, message: str, *, retry_after: int = 5, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class StorageFull(Refusal):
    """There is no room left for the bytes."""

    default_code = "storage_full"

    def __init__(
        self, message: str = "The storage is full; nothing was kept.", *, code: str | None = None
    ) -> None:
        super().__init__(message, code=code)
