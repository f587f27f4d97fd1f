"""How a person comes in: the visit that is told of, and the answer that carries the session's cookie."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from hauberk.features.identity import tokens
from hauberk.features.identity.access import cookie_name, set_session_cookie
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.identity.schemas import ProfileSchema, SignedInSchema
from hauberk.features.identity.serving import ContextDep, IdsDep, SessionDep
from hauberk.features.identity.signing_in import OpenedSession, Visit


async def _visit(request: Request) -> Visit:
    return Visit(request.state.address, request.headers.get("user-agent"))


VisitDep = Annotated[Visit, Depends(_visit)]


@dataclass(frozen=True)
class Entrance:
    """A request that may end in a new session, and the answer that carries its cookie."""

    request: Request
    response: Response
    db: SessionDep
    context: ContextDep
    ids: IdsDep
    visit: VisitDep

    async def enter(self, opened: OpenedSession) -> SignedInSchema:
        """Sets the new cookie; the session of the old one ends, so that none is left lying about."""
        name = cookie_name(self.context)
        assert opened.actor.user_id is not None
        if old := self.request.cookies.get(name):
            credentials = CredentialRepository(self.db)
            idle_hours = self.context.settings.session.idle_hours
            found = await credentials.session_of(tokens.hash_of(old), idle_hours)
            if found is not None:
                await credentials.end_session(found.user_id, found.session_id)
        set_session_cookie(self.response, self.context, opened.cookie, int(opened.max_age.total_seconds()))
        user = ProfileSchema(
            id=self.ids.encode("usr", opened.actor.user_id), email=opened.email, name=opened.actor.name
        )
        return SignedInSchema(user=user, csrf_token=opened.csrf_token)


EntranceDep = Annotated[Entrance, Depends()]
