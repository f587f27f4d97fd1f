"""HTTP of identity: signing in and out, the caller's own account, tokens, users and invitations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hauberk.db.repository import PageRequest
from hauberk.domain.permissions import OPERATOR_ONLY
from hauberk.features.identity import service, service_account_endpoints, signing_in, tokens
from hauberk.features.identity.access import (
    BrowserCaller,
    Caller,
    SignedInActor,
    TokensWrite,
    UsersRead,
    UsersWrite,
    cookie_name,
    set_session_cookie,
)
from hauberk.features.identity.context import Context
from hauberk.features.identity.repository import (
    CredentialRepository,
    InvitationRepository,
    TokenRepository,
    UserRepository,
)
from hauberk.features.identity.schemas import (
    InvitationRequest,
    InvitationSchema,
    InvitedSchema,
    Link,
    Login,
    MadeInvitationSchema,
    MadeTokenSchema,
    MembershipSchema,
    MeSchema,
    OptionsSchema,
    OrganizationChoice,
    OrganizationNameSchema,
    OrganizationSchema,
    PasswordChange,
    ProfileChange,
    ProfileSchema,
    SessionSchema,
    SessionsSchema,
    SignedInSchema,
    SignUp,
    TokenRequest,
    TokenSchema,
    UserChange,
    UserSchema,
)
from hauberk.features.identity.serving import (
    FIXED,
    ContextDep,
    Ids,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)
from hauberk.features.identity.signing_in import OpenedSession, Visit
from hauberk.kit.errors import Forbidden, NotFound

router = APIRouter()
router.include_router(service_account_endpoints.router)


async def _visit(request: Request) -> Visit:
    return Visit(request.state.address, request.headers.get("user-agent"))


VisitDep = Annotated[Visit, Depends(_visit)]


async def _enter(
    request: Request, response: Response, db: SessionDep, context: Context, ids: Ids, opened: OpenedSession
) -> SignedInSchema:
    """Sets the new cookie; the session of the old one ends, so that none is left lying about."""
    name = cookie_name(context)
    assert opened.actor.user_id is not None
    if old := request.cookies.get(name):
        credentials = CredentialRepository(db)
        found = await credentials.session_of(tokens.hash_of(old), context.settings.session.idle_hours)
        if found is not None:
            await credentials.end_session(found.user_id, found.session_id)
    set_session_cookie(response, context, opened.cookie, int(opened.max_age.total_seconds()))
    user = ProfileSchema(
        id=ids.encode("usr", opened.actor.user_id), email=opened.email, name=opened.actor.name
    )
    return SignedInSchema(user=user, csrf_token=opened.csrf_token)


@router.post("/auth/login", tags=["sign-in"], responses=refusals(401))
async def sign_in(
    body: Login,
    request: Request,
    response: Response,
    db: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    visit: VisitDep,
) -> SignedInSchema:
    """Sign in with e-mail address and password."""
    opened = await signing_in.by_password(db, context, email=body.email, password=body.password, visit=visit)
    return await _enter(request, response, db, context, ids, opened)


@router.post("/auth/link", tags=["sign-in"], responses=refusals(401))
async def sign_in_by_link(
    body: Link,
    request: Request,
    response: Response,
    db: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    visit: VisitDep,
) -> SignedInSchema:
    """Sign in with the token of a one-time link."""
    opened = await signing_in.by_link(db, context, token=body.token, visit=visit)
    return await _enter(request, response, db, context, ids, opened)


@router.post("/auth/signup", tags=["sign-in"], responses=refusals(401, 403, 404, 409))
async def sign_up(
    body: SignUp,
    request: Request,
    response: Response,
    db: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    visit: VisitDep,
) -> SignedInSchema:
    """Make an account: by invitation or, where sign-up is open, with an organization of its own."""
    opened = await signing_in.sign_up(
        db,
        context,
        email=body.email,
        name=body.name,
        password=body.password,
        invitation=body.invitation,
        visit=visit,
    )
    return await _enter(request, response, db, context, ids, opened)


@router.post("/auth/invitation", tags=["sign-in"], responses=refusals(404))
async def read_invitation(body: Link, db: ReadSessionDep) -> InvitedSchema:
    """What an invitation is for."""
    found = await CredentialRepository(db).invitation(tokens.hash_of(body.token))
    if found is None:
        raise NotFound("such invitation", code="invitation_over")
    return InvitedSchema(
        email=found.email, organization=OrganizationNameSchema(name=found.organization_name), role=found.role
    )


@router.get("/auth/options", tags=["sign-in"])
async def read_options(context: ContextDep) -> OptionsSchema:
    """What the sign-in page has to know."""
    return OptionsSchema(signup=context.settings.signup, environment=context.settings.environment.value)


@router.post("/auth/logout", status_code=204, tags=["sign-in"])
async def sign_out(caller: BrowserCaller, response: Response, db: SessionDep, context: ContextDep) -> None:
    """End this session."""
    assert caller.session_id is not None
    await signing_in.sign_out(db, actor=caller.actor, session_id=caller.session_id)
    # A shared computer keeps nothing: not the cookie, and nothing that pages kept.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(
        cookie_name(context), path="/", secure=context.settings.is_https, httponly=True, samesite="lax"
    )


@router.get("/auth/me", tags=["account"])
async def read_me(caller: Caller, db: ReadSessionDep, ids: IdsDep) -> MeSchema:
    """Which person is calling, for which organization, with which rights."""
    actor = caller.actor
    if actor.user_id is None:
        raise Forbidden("This is about a person; a service account is none.", code="person_needed")
    memberships = await CredentialRepository(db).memberships(actor.user_id)
    here = next(each for each in memberships if each.organization_id == actor.organization_id)
    user = await UserRepository(db).get(actor, actor.user_id)
    is_operator = await UserRepository(db).organization_purpose(actor) == "operator"
    # A token is one organization's: it is not told of the others.
    shown = memberships if caller.session_id is not None else [here]
    return MeSchema(
        user=ProfileSchema(id=ids.encode("usr", actor.user_id), email=user.email, name=user.name),
        organization=OrganizationSchema(id=ids.encode("org", here.organization_id), name=here.name),
        organizations=[
            MembershipSchema(id=ids.encode("org", each.organization_id), name=each.name, role=each.role)
            for each in shown
        ],
        role=actor.role,
        permissions=sorted(actor.permissions - (frozenset() if is_operator else OPERATOR_ONLY)),
        csrf_token=caller.csrf_token,
    )


@router.patch("/auth/me", tags=["account"])
async def change_me(body: ProfileChange, caller: BrowserCaller, db: SessionDep, ids: IdsDep) -> MeSchema:
    """Change the own name."""
    await service.rename(db, caller.actor, body.name)
    return await read_me(caller, db, ids)


@router.post("/auth/password", status_code=204, tags=["account"])
async def change_password(
    body: PasswordChange, caller: BrowserCaller, db: SessionDep, context: ContextDep, visit: VisitDep
) -> None:
    """Change the own password; every other session of the account ends."""
    await signing_in.change_password(
        db, context, caller=caller, current=body.current_password, new=body.new_password, visit=visit
    )


@router.put("/auth/organization", tags=["account"], responses=refusals(404))
async def choose_organization(
    body: OrganizationChoice,
    caller: BrowserCaller,
    request: Request,
    response: Response,
    db: SessionDep,
    context: ContextDep,
    ids: IdsDep,
    visit: VisitDep,
) -> SignedInSchema:
    """Go on in another organization, with a new session and a new CSRF token."""
    opened = await signing_in.switch_organization(
        db,
        context,
        caller=caller,
        organization_id=ids.decode("org", body.organization),
        visit=visit,
    )
    return await _enter(request, response, db, context, ids, opened)


@router.get("/auth/sessions", tags=["account"], openapi_extra=FIXED)
async def list_sessions(caller: BrowserCaller, db: ReadSessionDep, ids: IdsDep) -> SessionsSchema:
    """Where the account is signed in, the newest 200."""
    assert caller.actor.user_id is not None
    found = await CredentialRepository(db).sessions(caller.actor.user_id)
    return SessionsSchema(
        items=[
            SessionSchema(
                id=ids.encode("ses", each.id),
                user_agent=each.user_agent,
                remote_address=each.remote_address,
                created_at=each.created_at,
                last_seen_at=each.last_seen_at,
                expires_at=each.expires_at,
                is_current=each.id == caller.session_id,
            )
            for each in found
        ]
    )


@router.delete("/auth/sessions/{session_id}", status_code=204, tags=["account"])
async def end_session(session_id: str, caller: BrowserCaller, db: SessionDep, ids: IdsDep) -> None:
    """Sign the account out somewhere else."""
    await signing_in.sign_out(db, actor=caller.actor, session_id=ids.decode("ses", session_id))


@router.get("/tokens", tags=["tokens"])
async def list_tokens(
    actor: SignedInActor,
    db: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-created_at"))],
) -> PageSchema[TokenSchema]:
    """The caller's own tokens."""
    found = await TokenRepository(db).list(actor, page)
    return PageSchema[TokenSchema].of(found, lambda token: TokenSchema.of(token, ids))


@router.post("/tokens", status_code=201, tags=["tokens"])
async def create_token(
    body: TokenRequest, actor: TokensWrite, db: SessionDep, ids: IdsDep
) -> MadeTokenSchema:
    """Make a token; its text is in this answer and nowhere else."""
    made = await service.create_token(
        db, actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at
    )
    token = made.token
    return MadeTokenSchema(
        id=ids.encode("tok", token.id),
        token=made.text,
        name=token.name,
        scopes=token.scopes,
        expires_at=token.expires_at,
    )


@router.delete("/tokens/{token_id}", status_code=204, tags=["tokens"])
async def revoke_token(token_id: str, actor: SignedInActor, db: SessionDep, ids: IdsDep) -> None:
    """End one of the caller's own tokens, at once."""
    await service.revoke_token(db, actor, ids.decode("tok", token_id))


@router.get("/users", tags=["users"])
async def list_users(
    actor: UsersRead, db: ReadSessionDep, ids: IdsDep, page: Annotated[PageRequest, Depends(paging("email"))]
) -> PageSchema[UserSchema]:
    """The people of the organization."""
    found = await UserRepository(db).list(actor, page)
    return PageSchema[UserSchema].of(found, lambda user: UserSchema.of(user, ids))


@router.patch("/users/{user_id}", tags=["users"], responses=refusals(409))
async def change_user(
    user_id: str, body: UserChange, actor: UsersWrite, db: SessionDep, ids: IdsDep
) -> UserSchema:
    """Change a role, or disable a person here; both work at once."""
    number = ids.decode("usr", user_id)
    await service.change_user(db, actor, number, role=body.role, is_disabled=body.is_disabled)
    return UserSchema.of(await UserRepository(db).get(actor, number), ids)


@router.get("/invitations", tags=["users"])
async def list_invitations(
    actor: UsersWrite,
    db: ReadSessionDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-created_at"))],
) -> PageSchema[InvitationSchema]:
    """Invitations that can still be accepted."""
    found = await InvitationRepository(db).list(actor, page)
    return PageSchema[InvitationSchema].of(found, lambda each: InvitationSchema.of(each, ids))


@router.post("/invitations", status_code=201, tags=["users"], responses=refusals(409))
async def invite(
    body: InvitationRequest, actor: UsersWrite, db: SessionDep, context: ContextDep, ids: IdsDep
) -> MadeInvitationSchema:
    """Invite a person; the link is in this answer and nowhere else."""
    made = await service.invite(db, context, actor, email=body.email, role=body.role)
    invitation = made.invitation
    return MadeInvitationSchema(
        id=ids.encode("inv", invitation.id),
        email=invitation.email,
        role=body.role,
        url=made.url,
        expires_at=invitation.expires_at,
    )


@router.delete("/invitations/{invitation_id}", status_code=204, tags=["users"])
async def withdraw_invitation(invitation_id: str, actor: UsersWrite, db: SessionDep, ids: IdsDep) -> None:
    """Withdraw an invitation that was not accepted yet."""
    await service.withdraw(db, actor, ids.decode("inv", invitation_id))
