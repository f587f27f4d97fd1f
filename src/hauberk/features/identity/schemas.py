"""What identity's endpoints take and answer."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from sqlalchemy import Row

from hauberk.db.models.identity import Invitation, Token
from hauberk.domain.permissions import Role
from hauberk.features.identity.caller import RESERVED
from hauberk.features.identity.serving import Ids, Instant, Payload, Schema
from hauberk.kit import clock

_EMAIL = re.compile(r"[^@\s\x00-\x1f\"(),:;<>\[\]\\]+@[^@\s\x00-\x1f\"(),:;<>\[\]\\]+")


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("This is not an e-mail address.")
    return value.lower()


def _of_somebody(value: str) -> str:
    if value.endswith(RESERVED):
        raise ValueError(f"Nobody has an address that ends in {RESERVED}.")
    return value


Email = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(_email), Field(examples=["ada@example.org"])
]
NewEmail = Annotated[Email, AfterValidator(_of_somebody)]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(examples=["Ada"]),
]
# Bounded far above what is accepted, so that a wrong one is refused in words and not by its length.
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=False)]


class Login(Payload):
    email: Email
    password: Secret
    code: Annotated[str | None, StringConstraints(max_length=20)] = Field(
        default=None, description="The second factor, where the account has one"
    )


class Link(Payload):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": "Ay8QW6SOfdKPqadgyT6Tk6GQedTyxM1HW6iyetSlWyM"}]}
    )

    token: Secret


class SignUp(Payload):
    email: NewEmail
    name: Name
    password: Secret
    invitation: Secret | None = None


class PasswordChange(Payload):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"current_password": "the old pass phrase", "new_password": "a new and longer pass phrase"}
            ]
        }
    )

    new_password: Secret
    current_password: Secret | None = Field(default=None, description="Not needed while the account has none")


class ProfileChange(Payload):
    name: Name


class OrganizationChoice(Payload):
    organization: str = Field(max_length=80, examples=["org_0000000000000"])


class TokenRequest(Payload):
    name: Name
    scopes: list[Annotated[str, StringConstraints(max_length=50)]] = Field(
        min_length=1, max_length=50, description="`*` or names of permissions", examples=[["scans:write"]]
    )
    expires_at: Instant | None = Field(default=None, description="At most a year away; unset: 90 days")


class UserChange(Payload):
    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "member"}]})

    role: Role | None = None
    is_disabled: bool | None = None


class InvitationRequest(Payload):
    email: NewEmail
    role: Role


class ProfileSchema(Schema):
    id: str
    email: str
    name: str


class SignedInSchema(Schema):
    user: ProfileSchema
    csrf_token: str = Field(description="To be sent as `X-CSRF-Token` with every write")


class OrganizationSchema(Schema):
    id: str
    name: str


class MembershipSchema(Schema):
    id: str
    name: str
    role: Role


class MeSchema(Schema):
    user: ProfileSchema
    organization: OrganizationSchema
    organizations: list[MembershipSchema]
    role: Role
    permissions: list[str]
    csrf_token: str | None


class OptionsSchema(Schema):
    signup: str = Field(description="`open` or `invitation`")
    environment: str


class OrganizationNameSchema(Schema):
    name: str


class InvitedSchema(Schema):
    """What the holder of an invitation may know before he signs up."""

    email: str
    organization: OrganizationNameSchema
    role: Role


class SessionSchema(Schema):
    id: str
    user_agent: str | None
    remote_address: str | None
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant
    is_current: bool


class SessionsSchema(Schema):
    items: list[SessionSchema]


class TokenSchema(Schema):
    id: str
    name: str
    scopes: list[str]
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    is_expired: bool

    @classmethod
    def of(cls, token: Token, ids: Ids) -> "TokenSchema":
        return cls(
            id=ids.encode("tok", token.id),
            name=token.name,
            scopes=token.scopes,
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            is_expired=token.expires_at <= clock.now(),
        )


class MadeTokenSchema(Schema):
    id: str
    token: str = Field(description="Shown only here")
    name: str
    scopes: list[str]
    expires_at: Instant


class UserSchema(Schema):
    id: str
    email: str
    name: str
    role: Role
    is_disabled: bool
    created_at: Instant
    last_sign_in_at: Instant | None

    @classmethod
    def of(cls, user: Row[Any], ids: Ids) -> "UserSchema":
        return cls(
            id=ids.encode("usr", user.id),
            email=user.email,
            name=user.name,
            role=Role(user.role),
            is_disabled=user.is_disabled,
            created_at=user.created_at,
            last_sign_in_at=user.last_sign_in_at,
        )


class InvitationSchema(Schema):
    id: str
    email: str
    role: Role
    created_at: Instant
    expires_at: Instant

    @classmethod
    def of(cls, invitation: Invitation, ids: Ids) -> "InvitationSchema":
        return cls(
            id=ids.encode("inv", invitation.id),
            email=invitation.email,
            role=Role(invitation.role),
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class MadeInvitationSchema(Schema):
    id: str
    email: str
    role: Role
    url: str = Field(description="The link to give to the person; shown only here")
    expires_at: Instant
