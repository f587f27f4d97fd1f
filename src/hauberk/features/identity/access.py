"""Access: who is calling, and the right that each route asks for in its signature.

A bearer token, when there is one, is the caller alone; else the session cookie is. The look-up crosses tenants, so
it is a system function; from then on the request's transaction is the caller's organization's and shows nothing else.
"""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer
from sqlalchemy.exc import DBAPIError

from hauberk.db.repository import DbSession
from hauberk.db.session import pause
from hauberk.domain.permissions import Actor, Permission, Role, granted
from hauberk.features.identity import counting, throttle, tokens
from hauberk.features.identity.caller import Exchanged, SignedIn
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.identity.serving import SAFE_METHODS, SessionDep
from hauberk.infra.access_tokens import AccessTokens, NotAnAccessToken, looks_like_one
from hauberk.infra.crypto import equal
from hauberk.kit.errors import Forbidden, Unauthenticated

CSRF_HEADER = "X-CSRF-Token"
SERIALISATION_FAILURE = "40001"

_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="A token: `hbk_…`")
SESSION_SCHEME = APIKeyCookie(
    name="__Host-hauberk", auto_error=False, scheme_name="session", description="The browser's session"
)
CSRF_SCHEME = APIKeyHeader(
    name=CSRF_HEADER,
    auto_error=False,
    scheme_name="csrf",
    description="With the session cookie, on every write",
)


def cookie_name(context: Context) -> str:
    """The `__Host-` prefix makes browsers insist on HTTPS, which a laptop does not have."""
    return "__Host-hauberk" if context.settings.is_https else "hauberk"


def set_session_cookie(response: Response, context: Context, value: str, seconds: int) -> None:
    """Out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(context),
        value,
        max_age=seconds,
        path="/",
        secure=context.settings.is_https,
        httponly=True,
        samesite="lax",
    )


async def signed_in(
    request: Request, session: SessionDep, _token: Annotated[object, Depends(_bearer)]
) -> SignedIn:
    """The caller of this request; 401 when nobody is signed in, 403 for a write from a page that is not ours."""
    try:
        found = await _caller(session, request)
    except DBAPIError as error:
        # A request that reads one moment does not note its use where another one has, since then, noted its own.
        if getattr(error.orig, "sqlstate", None) != SERIALISATION_FAILURE:
            raise
        await session.rollback()
        found = await _caller(session, request)
    request.state.actor = found.actor
    return found


async def _caller(session: DbSession, request: Request) -> SignedIn:
    context: Context = request.app.state.context
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return await _by_bearer(session, context, request, authorization)
    return await _by_cookie(session, context, request)


async def _by_bearer(session: DbSession, context: Context, request: Request, authorization: str) -> SignedIn:
    """A token of a person, or one that a service account exchanged its secret for. What is neither is counted."""
    scheme, _, text = authorization.partition(" ")
    found = None
    if scheme.lower() == "bearer":
        text = text.strip()
        is_access_token = looks_like_one(text)
        found = await (
            _by_access_token(session, context, text) if is_access_token else _by_token(session, text)
        )
    if found is None:
        counting.count("token", "fail")
        await pause(session)  # the guess is counted by itself: what is refused here is rolled back
        await throttle.count_guess(context, request.state.address)
        raise Unauthenticated("This token is unknown, expired or revoked.", code="invalid_token")
    return found


async def _by_token(session: DbSession, text: str) -> SignedIn | None:
    given = tokens.parse(text)
    repository = CredentialRepository(session)
    found = await repository.enter_by_token(given.public_id) if given else None
    if given is None or found is None or not equal(tokens.hash_of(given.secret), found.secret_hash):
        return None
    if found.is_unused:
        await repository.token_was_used(found.organization_id, found.token_id)
    role = Role(found.role)
    actor = Actor(
        organization_id=found.organization_id,
        user_id=found.user_id,
        token_id=found.token_id,
        role=role,
        permissions=granted(role, found.scopes),
        name=f"{found.user_name} ({found.token_name})",
    )
    return SignedIn(actor, found.email, None, None)


async def _by_access_token(session: DbSession, context: Context, text: str) -> SignedIn | None:
    """Signed by us, and its secret and its account are still there: what it may do is read now."""
    try:
        claims = AccessTokens(context.key_ring, context.settings.base_url).verify(text)
    except NotAnAccessToken:
        return None
    repository = CredentialRepository(session)
    found = await repository.enter_by_client_secret(claims.credential)
    if found is None or context.public_ids.encode("svc", found.service_account_id) != claims.client_id:
        return None
    if found.is_unused:
        await repository.client_secret_was_used(found.organization_id, found.secret_id)
    role = Role(found.role)
    actor = Actor(
        organization_id=found.organization_id,
        user_id=None,
        token_id=None,
        role=role,
        permissions=granted(role, found.scopes),
        name=found.name,
        service_account_id=found.service_account_id,
    )
    return SignedIn(actor, "", None, None, Exchanged(found.secret_id, claims.expires_at))


async def _by_cookie(session: DbSession, context: Context, request: Request) -> SignedIn:
    cookie = request.cookies.get(cookie_name(context))
    if not cookie:
        raise Unauthenticated("Sign in, or send a token.")
    found = await CredentialRepository(session).enter_by_session(
        tokens.hash_of(cookie), context.settings.session.idle_hours
    )
    if found is None:
        counting.count("session", "fail")
        raise Unauthenticated("This session has ended; sign in again.", code="session_ended")
    if request.method not in SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER, "")
        if not equal(given.encode(), found.csrf_token.encode()):
            raise Forbidden(f"This write needs the header {CSRF_HEADER} of your session.", code="csrf")
    role = Role(found.role)
    actor = Actor(found.organization_id, found.user_id, None, role, granted(role), found.name)
    return SignedIn(actor, found.email, found.session_id, found.csrf_token)


Caller = Annotated[SignedIn, Depends(signed_in)]


class Needs:
    """A dependency that gives the actor when he has this permission, and refuses with 403 when not."""

    def __init__(self, permission: Permission | None) -> None:
        self.permission = permission

    async def __call__(self, caller: Caller) -> Actor:
        if self.permission is not None and not caller.actor.may(self.permission):
            raise Forbidden(
                f"This needs the permission {self.permission}, which {caller.actor.role} "
                f"{'token' if caller.actor.token_id else 'account'} does not have."
            )
        return caller.actor


def needs(permission: Permission) -> Needs:
    """`actor: Annotated[Actor, Depends(needs(Permission.FINDINGS_READ))]`; below are the ready ones."""
    return Needs(permission)


async def _in_browser(caller: Caller) -> SignedIn:
    if caller.session_id is None:
        raise Forbidden("This is for people in a browser; a token cannot do it.", code="session_needed")
    return caller


BrowserCaller = Annotated[SignedIn, Depends(_in_browser)]
SignedInActor = Annotated[Actor, Depends(Needs(None))]

FindingsRead = Annotated[Actor, Depends(needs(Permission.FINDINGS_READ))]
FindingsWrite = Annotated[Actor, Depends(needs(Permission.FINDINGS_WRITE))]
ScansRead = Annotated[Actor, Depends(needs(Permission.SCANS_READ))]
ScansWrite = Annotated[Actor, Depends(needs(Permission.SCANS_WRITE))]
FormatsWrite = Annotated[Actor, Depends(needs(Permission.FORMATS_WRITE))]
AssetsRead = Annotated[Actor, Depends(needs(Permission.ASSETS_READ))]
AssetsWrite = Annotated[Actor, Depends(needs(Permission.ASSETS_WRITE))]
UsersRead = Annotated[Actor, Depends(needs(Permission.USERS_READ))]
UsersWrite = Annotated[Actor, Depends(needs(Permission.USERS_WRITE))]
AuditRead = Annotated[Actor, Depends(needs(Permission.AUDIT_READ))]
JobsRead = Annotated[Actor, Depends(needs(Permission.JOBS_READ))]
JobsWrite = Annotated[Actor, Depends(needs(Permission.JOBS_WRITE))]
AlertsRead = Annotated[Actor, Depends(needs(Permission.ALERTS_READ))]
AlertsWrite = Annotated[Actor, Depends(needs(Permission.ALERTS_WRITE))]
AlertingWrite = Annotated[Actor, Depends(needs(Permission.ALERTING_WRITE))]
ReadinessRead = Annotated[Actor, Depends(needs(Permission.READINESS_READ))]
ReadinessWrite = Annotated[Actor, Depends(needs(Permission.READINESS_WRITE))]
TokensWrite = Annotated[Actor, Depends(needs(Permission.TOKENS_WRITE))]
PoliciesWrite = Annotated[Actor, Depends(needs(Permission.POLICIES_WRITE))]
OrganizationWrite = Annotated[Actor, Depends(needs(Permission.ORGANIZATION_WRITE))]
