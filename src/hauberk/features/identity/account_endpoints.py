"""HTTP of the caller's own account and where it is signed in."""

from fastapi import APIRouter

from hauberk.domain.permissions import OPERATOR_ONLY
from hauberk.features.identity import service, signing_in
from hauberk.features.identity.access import BrowserCaller, Caller
from hauberk.features.identity.entrance import EntranceDep, VisitDep
from hauberk.features.identity.repository import CredentialRepository, UserRepository
from hauberk.features.identity.schemas import (
    MembershipSchema,
    MeSchema,
    OrganizationChoice,
    OrganizationSchema,
    PasswordChange,
    ProfileChange,
    ProfileSchema,
    SessionSchema,
    SessionsSchema,
    SignedInSchema,
)
from hauberk.features.identity.serving import FIXED, ContextDep, IdsDep, ReadSessionDep, SessionDep, refusals
from hauberk.kit.errors import Forbidden

router = APIRouter()


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
    body: OrganizationChoice, caller: BrowserCaller, at: EntranceDep
) -> SignedInSchema:
    """Go on in another organization, with a new session and a new CSRF token."""
    opened = await signing_in.switch_organization(
        at.db,
        at.context,
        caller=caller,
        organization_id=at.ids.decode("org", body.organization),
        visit=at.visit,
    )
    return await at.enter(opened)


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
