"""HTTP of signing in and out."""

from fastapi import APIRouter, Response

from hauberk.features.identity import signing_in, tokens
from hauberk.features.identity.access import BrowserCaller, cookie_name
from hauberk.features.identity.entrance import EntranceDep
from hauberk.features.identity.repository import CredentialRepository
from hauberk.features.identity.schemas import (
    InvitedSchema,
    Link,
    Login,
    OptionsSchema,
    OrganizationNameSchema,
    SignedInSchema,
    SignUp,
)
from hauberk.features.identity.serving import ContextDep, ReadSessionDep, SessionDep, refusals
from hauberk.kit.errors import NotFound

router = APIRouter()


@router.post("/auth/login", tags=["sign-in"], responses=refusals(401))
async def sign_in(body: Login, at: EntranceDep) -> SignedInSchema:
    """Sign in with e-mail address and password."""
    opened = await signing_in.by_password(
        at.db, at.context, email=body.email, password=body.password, visit=at.visit
    )
    return await at.enter(opened)


@router.post("/auth/link", tags=["sign-in"], responses=refusals(401))
async def sign_in_by_link(body: Link, at: EntranceDep) -> SignedInSchema:
    """Sign in with the token of a one-time link."""
    opened = await signing_in.by_link(at.db, at.context, token=body.token, visit=at.visit)
    return await at.enter(opened)


@router.post("/auth/signup", tags=["sign-in"], responses=refusals(401, 403, 404, 409))
async def sign_up(body: SignUp, at: EntranceDep) -> SignedInSchema:
    """Make an account: by invitation or, where sign-up is open, with an organization of its own."""
    opened = await signing_in.sign_up(
        at.db,
        at.context,
        email=body.email,
        name=body.name,
        password=body.password,
        invitation=body.invitation,
        visit=at.visit,
    )
    return await at.enter(opened)


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
