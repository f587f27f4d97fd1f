"""The caller of a request, as his credentials say: the actor and, in a browser, his session."""

from dataclasses import dataclass, field

from hauberk.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose e-mail address and which session stand behind the actor; a token has no session."""

    actor: Actor
    email: str
    session_id: int | None
    csrf_token: str | None = field(repr=False)
