"""Who is calling: people, their membership, sessions and API tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from hauberk.db.base import Model, TenantModel, instant_now, tenant_reference


class User(Model):
    """A person, possibly of several organizations. `email` is stored lower-cased."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    is_disabled: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = instant_now()
    last_sign_in_at: Mapped[datetime | None]


class Membership(Model):
    """A person's role in one organization: admin, member or viewer. Disabled, it opens nothing there any more."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "user_id"),)

    organization_id: Mapped[int] = mapped_column(Integer, ForeignKey("organization.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str]
    is_disabled: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = instant_now()


def _member() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organization_id", "user_id"],
        ["membership.organization_id", "membership.user_id"],
        ondelete="CASCADE",
    )


class Session(TenantModel):
    """A browser session; only the hash of its cookie is stored. `organization_id` is the current organization."""

    __tablename__ = "session"
    __table_args__ = (_member(), Index("session_hash_key", "session_hash", unique=True))

    user_id: Mapped[int]
    session_hash: Mapped[bytes] = mapped_column(LargeBinary)
    csrf_token: Mapped[str]
    user_agent: Mapped[str | None]
    remote_address: Mapped[str | None]
    created_at: Mapped[datetime] = instant_now()
    last_seen_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]


class Token(TenantModel):
    """An API token: its public id finds it, the hash of its secret proves it."""

    __tablename__ = "token"
    __table_args__ = (_member(), Index("token_public_id_key", "public_id", unique=True))

    user_id: Mapped[int]
    name: Mapped[str]
    public_id: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ServiceAccount(TenantModel):
    """A program with a name and rights of its own; what it may do is what its role and its scopes both say."""

    __tablename__ = "service_account"
    __table_args__ = (Index("service_account_name_idx", "organization_id", "name", "id"),)

    name: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[list[str]]
    is_disabled: Mapped[bool] = mapped_column(server_default="false")
    created_by: Mapped[int | None]
    created_at: Mapped[datetime] = instant_now()


class ClientSecret(TenantModel):
    """One of a service account's secrets, at most two: its public id finds it, the hash of the rest proves it."""

    __tablename__ = "client_secret"
    __table_args__ = (
        tenant_reference("service_account_id", "service_account", on_delete="CASCADE"),
        Index(None, "organization_id", "service_account_id"),
        Index("client_secret_public_id_key", "public_id", unique=True),
    )

    service_account_id: Mapped[int]
    public_id: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class Invitation(TenantModel):
    """A link that lets one person join an organization with a role; single use."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("invitation_token_hash_key", "token_hash", unique=True),
        Index(
            "invitation_email_key",
            "organization_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at is null"),
        ),
    )

    email: Mapped[str]
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    invited_by: Mapped[int | None]
    created_at: Mapped[datetime] = instant_now()
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class SignInLink(Model):
    """A one-time link that signs one person in: printed at start, used once, within minutes."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Model):
    """Failed sign-ins and token guesses by subject (account or address), counted where no cache loss forgets them."""

    __tablename__ = "sign_in_attempt"

    subject: Mapped[str] = mapped_column(primary_key=True)
    window_started_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(Integer)
