"""The caller of a request, as his credentials say: the actor and, in a browser, his session."""

from dataclasses import dataclass, field
from typing import Final

from hauberk.domain.permissions import Actor

PROBE_EMAIL: Final = "probe@hauberk.invalid"
"""Of the probe tenant's first person. Nobody has an address that ends so (RFC 2606), and nobody is let in with one."""
RESERVED: Final = ".invalid"


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Of a service account's access token: the client secret that it was given for, and when it ends (Unix time)."""

    secret_id: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose e-mail address and which session stand behind the actor; a token has no session."""

    actor: Actor
    email: str
    session_id: int | None
    csrf_token: str | None = field(repr=False)
    exchanged: "Exchanged | None" = None

    @property
    def is_probe(self) -> bool:
        """The product itself, looking whether it works."""
        return self.email.endswith(RESERVED)
