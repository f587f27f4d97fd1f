"""HTTP of the people of an organization, and of invitations to it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hauberk.db.repository import PageRequest
from hauberk.features.identity import service
from hauberk.features.identity.access import UsersRead, UsersWrite
from hauberk.features.identity.repository import InvitationRepository, UserRepository
from hauberk.features.identity.schemas import (
    InvitationRequest,
    InvitationSchema,
    MadeInvitationSchema,
    UserChange,
    UserSchema,
)
from hauberk.features.identity.serving import (
    ContextDep,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)

router = APIRouter()


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
