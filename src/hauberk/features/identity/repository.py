"""Reads of identity: credentials before the organization is known (system functions), people and tokens after."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import (
    Connection,
    LargeBinary,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    type_coerce,
    update,
)

from hauberk.db.driver import Kept, fetch
from hauberk.db.models.identity import Invitation, Membership, Session, Token, User
from hauberk.db.models.organization import Organization
from hauberk.db.repository import DbSession, Order, PageRequest, Repository, fetch_page
from hauberk.db.session import enter_organization, entered
from hauberk.domain.permissions import Actor, Role
from hauberk.infra import identity_key
from hauberk.infra.crypto import KeyRing
from hauberk.kit import clock
from hauberk.kit.errors import NotFound
from hauberk.kit.page import Page

# Every request begins with one of these: who is calling, and the transaction in the caller's organization, at once.
_ENTER = b"select found.*, set_config('hauberk.organization_id', found.organization_id::text, true) as entered from "
_ENTER_BY_SESSION = Kept(_ENTER + b"find_session(%(hash)s, %(idle)s) as found", {}, prepares=True)
_ENTER_BY_CLIENT_SECRET = Kept(_ENTER + b"find_client_secret(%(public_id)s) as found", {}, prepares=True)
_ENTER_BY_TOKEN = Kept(_ENTER + b"find_token(%(public_id)s) as found", {}, prepares=True)


class CredentialRepository:
    """What the system functions of migration 0003 answer; needs no organization, and crosses them."""

    def __init__(self, db: DbSession) -> None:
        self.db = db

    async def enter_by_session(self, cookie_hash: bytes, idle_hours: int) -> Any:
        """The session of this cookie, if any; the transaction is its organization's from here on."""
        found = await fetch(self.db, _ENTER_BY_SESSION, hash=cookie_hash, idle=timedelta(hours=idle_hours))
        return self._entered(found)

    async def enter_by_token(self, public_id: str) -> Any:
        """The token of this id, if any, and its organization entered: whose secret is wrong must be refused."""
        return self._entered(await fetch(self.db, _ENTER_BY_TOKEN, public_id=public_id))

    async def enter_by_client_secret(self, public_id: str) -> Any:
        """The service account of this secret, and its organization entered."""
        return self._entered(await fetch(self.db, _ENTER_BY_CLIENT_SECRET, public_id=public_id))

    async def client_secret(self, public_id: str) -> Row[Any] | None:
        return await self._row("select * from find_client_secret(:public_id)", public_id=public_id)

    async def client_secret_was_used(self, organization_id: int, secret_id: int) -> None:
        await self._value(
            "select client_secret_was_used(:organization, :id)", organization=organization_id, id=secret_id
        )

    async def session_of(self, cookie_hash: bytes, idle_hours: int) -> Row[Any] | None:
        return await self._row(
            "select * from find_session(:hash, :idle)", hash=cookie_hash, idle=timedelta(hours=idle_hours)
        )

    def _entered(self, found: Sequence[Any]) -> Any:
        if not found:
            return None
        entered(self.db, found[0].organization_id)
        return found[0]

    async def token_was_used(self, organization_id: int, token_id: int) -> None:
        await self._value(
            "select token_was_used(:organization, :id)", organization=organization_id, id=token_id
        )

    async def person(self, email: str) -> Row[Any] | None:
        return await self._row("select * from find_credentials(:email)", email=email)

    async def memberships(self, user_id: int) -> Sequence[Row[Any]]:
        return await self._rows("select * from memberships_of(:user)", user=user_id)

    async def sessions(self, user_id: int) -> Sequence[Row[Any]]:
        return await self._rows("select * from sessions_of(:user)", user=user_id)

    async def end_session(self, user_id: int, session_id: int) -> bool:
        return bool(await self._value("select end_session(:user, :id)", user=user_id, id=session_id))

    async def end_other_sessions(self, user_id: int, kept: int | None) -> None:
        await self._value("select end_other_sessions(:user, :kept)", user=user_id, kept=kept or 0)

    async def set_password(self, user_id: int, password_hash: str | None) -> None:
        """None: nobody signs in with one."""
        await self._value("select set_password(:user, :hash)", user=user_id, hash=password_hash)

    async def create_account(
        self,
        *,
        email: str,
        name: str,
        password_hash: str | None,
        organization: str,
        key_ring: KeyRing,
        first: bool,
    ) -> Row[Any] | None:
        """User and organization; None when the e-mail is taken or, for the first account, when anybody exists."""
        function = "create_first_account" if first else "create_account"
        made = await self._row(
            f"select * from {function}(:email, :name, :hash, :organization, :key)",  # noqa: S608 - one of two names
            email=email,
            name=name,
            hash=password_hash,
            organization=organization,
            key=b"",
        )
        if made is not None:
            await self._give_identity_key(made.organization_id, key_ring)
        return made

    async def _give_identity_key(self, organization_id: int, key_ring: KeyRing) -> None:
        """To an organization that was just made: its key is bound to the id that it got."""
        await enter_organization(self.db, organization_id)
        has_none = func.length(type_coerce(Organization.identity_key, LargeBinary)) == 0
        await self.db.execute(
            update(Organization)
            .where(Organization.id == organization_id, has_none)
            .values(identity_key=identity_key.make(key_ring, organization_id))
        )

    async def add_member(
        self, *, organization_id: int, email: str, name: str, password_hash: str | None, role: Role
    ) -> int:
        made: int = await self._value(
            "select add_member(:organization, :email, :name, :hash, :role)",
            organization=organization_id,
            email=email,
            name=name,
            hash=password_hash,
            role=role.value,
        )
        return made

    async def disable_user(self, email: str, *, disabled: bool) -> int | None:
        found: int | None = await self._value(
            "select disable_user(:email, :disabled)", email=email, disabled=disabled
        )
        return found

    async def organizations(self) -> Sequence[Row[Any]]:
        return await self._rows("select * from organizations()")

    async def probe_organization(self, email: str, key_ring: KeyRing) -> tuple[int, int]:
        """Its one person and itself, made when they are not there yet."""
        row = await self._row("select * from probe_organization(:email, :key)", email=email, key=b"")
        assert row is not None
        await self._give_identity_key(row.organization_id, key_ring)
        return row.user_id, row.organization_id

    async def invitation(self, token_hash: bytes) -> Row[Any] | None:
        return await self._row("select * from find_invitation(:hash)", hash=token_hash)

    async def accept_invitation(
        self, token_hash: bytes, *, name: str, password_hash: str | None
    ) -> Row[Any] | None:
        return await self._row(
            "select * from accept_invitation(:hash, :name, :password)",
            hash=token_hash,
            name=name,
            password=password_hash,
        )

    async def create_sign_in_link(self, email: str, token_hash: bytes, lifetime: timedelta) -> int | None:
        found: int | None = await self._value(
            "select create_sign_in_link(:email, :hash, :lifetime)",
            email=email,
            hash=token_hash,
            lifetime=lifetime,
        )
        return found

    async def use_sign_in_link(self, token_hash: bytes) -> Row[Any] | None:
        return await self._row("select * from use_sign_in_link(:hash)", hash=token_hash)

    async def failures(self, subject: str, window: timedelta) -> tuple[int, int]:
        """How many in the running window, and how many seconds until it ends."""
        row = await self._row(
            "select * from sign_in_failures(:subject, :window)", subject=subject, window=window
        )
        return (row.failures, row.retry_after) if row else (0, 0)

    async def failed(self, subject: str, window: timedelta) -> int:
        count: int = await self._value(
            "select sign_in_failed(:subject, :window)", subject=subject, window=window
        )
        return count

    async def succeeded(self, subject: str) -> None:
        await self._value("select sign_in_succeeded(:subject)", subject=subject)

    async def forgiven(self, subject: str) -> None:
        """One attempt less."""
        await self._value("select sign_in_forgiven(:subject)", subject=subject)

    async def _row(self, statement: str, **parameters: object) -> Row[Any] | None:
        return (await self.db.execute(text(statement), parameters)).one_or_none()

    async def _rows(self, statement: str, **parameters: object) -> Sequence[Row[Any]]:
        return (await self.db.execute(text(statement), parameters)).all()

    async def _value(self, statement: str, **parameters: object) -> Any:
        return await self.db.scalar(text(statement), parameters)


def organizations(connection: Connection) -> Sequence[Row[Any]]:
    """Every organization, for commands that work on all of them."""
    return connection.execute(text("select * from organizations()")).all()


class UserRepository:
    """The people of one organization: accounts joined with their membership."""

    orders = {"email": Order.by(User.email, User.id)}  # noqa: RUF012 - a table of constants

    def __init__(self, db: DbSession) -> None:
        self.db = db

    def visible_to(self, actor: Actor) -> Select[Any]:
        statement = (
            select(
                User.id,
                User.email,
                User.name,
                Membership.role,
                (User.is_disabled | Membership.is_disabled).label("is_disabled"),
                User.created_at,
                User.last_sign_in_at,
            )
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.organization_id == actor.organization_id)
        )
        return cast("Select[Any]", statement)

    async def list(self, actor: Actor, request: PageRequest) -> Page[Row[Any]]:
        return await fetch_page(self.db, self.visible_to(actor), self.orders[request.sort], request)

    async def get(self, actor: Actor, user_id: int) -> Row[Any]:
        found = await self.db.execute(self.visible_to(actor).where(User.id == user_id))
        row: Row[Any] | None = found.one_or_none()
        if row is None:
            raise NotFound("user")
        return row

    async def administrators(self, actor: Actor) -> Sequence[int]:
        """Who can administrate now; locked, so that two cannot remove each other at once."""
        found = await self.db.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(
                Membership.organization_id == actor.organization_id,
                Membership.role == Role.ADMIN.value,
                ~Membership.is_disabled,
                ~User.is_disabled,
            )
            .with_for_update(of=Membership)
        )
        return found.all()

    async def change(self, actor: Actor, user_id: int, changes: dict[str, Any]) -> None:
        await self.db.execute(
            update(Membership)
            .where(Membership.organization_id == actor.organization_id, Membership.user_id == user_id)
            .values(changes)
        )

    async def rename(self, user_id: int, name: str) -> None:
        await self.db.execute(update(User).where(User.id == user_id).values(name=name))

    async def signed_in_now(self, user_id: int) -> None:
        await self.db.execute(update(User).where(User.id == user_id).values(last_sign_in_at=func.now()))

    async def end_sessions(self, actor: Actor, user_id: int) -> None:
        """His sessions here; those in other organizations go on."""
        await self.db.execute(
            delete(Session).where(
                Session.organization_id == actor.organization_id, Session.user_id == user_id
            )
        )

    async def knows_device(self, user_id: int, address: str, user_agent: str | None) -> bool:
        """Whether the person has had a session from this address or with this browser before."""
        device = (Session.remote_address == address) | (Session.user_agent == (user_agent or "")[:300])
        found = select(Session.id).where(Session.user_id == user_id, device).limit(1)
        return await self.db.scalar(found) is not None

    async def open_session(self, **values: Any) -> int:
        made: int | None = await self.db.scalar(insert(Session).values(**values).returning(Session.id))
        assert made is not None
        return made

    async def organization_name(self, actor: Actor) -> str:
        name = await self.db.scalar(select(Organization.name).where(Organization.id == actor.organization_id))
        assert name is not None
        return name

    async def organization_purpose(self, actor: Actor) -> str:
        """`operator`, `customer` or `probe`."""
        found = await self.db.scalar(
            select(Organization.purpose).where(Organization.id == actor.organization_id)
        )
        assert found is not None
        return found

    async def exists(self, actor: Actor, email: str) -> bool:
        found = select(exists(self.visible_to(actor).where(User.email == email)))
        return bool(await self.db.scalar(found))


class TokenRepository(Repository[Token]):
    """A person's own tokens; an administrator's reach is disabling the person."""

    model = Token
    kind = "token"
    orders = {"-created_at": Order.by(Token.created_at, Token.id, descending=True)}  # noqa: RUF012 - constants

    def visible_to(self, actor: Actor) -> Select[Token]:
        return super().visible_to(actor).where(Token.user_id == actor.user_id)


class InvitationRepository(Repository[Invitation]):
    """Invitations that can still be accepted."""

    model = Invitation
    kind = "invitation"
    orders = {"-created_at": Order.by(Invitation.created_at, Invitation.id, descending=True)}  # noqa: RUF012

    def visible_to(self, actor: Actor) -> Select[Invitation]:
        return (
            super()
            .visible_to(actor)
            .where(Invitation.accepted_at.is_(None), Invitation.expires_at > clock.now())
        )

    async def remove_for(self, actor: Actor, email: str) -> None:
        """An older invitation of the same person, also one that ran out."""
        await self.session.execute(
            delete(Invitation).where(
                Invitation.organization_id == actor.organization_id,
                Invitation.email == email,
                Invitation.accepted_at.is_(None),
            )
        )
