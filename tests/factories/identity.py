"""People, their organizations and memberships; only `hauberk_system` may write these tables."""

from itertools import count

from sqlalchemy import create_engine, insert, text, update
from sqlalchemy.pool import NullPool

from hauberk.db.models.identity import Membership, User
from hauberk.db.models.organization import Organization
from hauberk.db.url import driver_url
from hauberk.infra import identity_key
from hauberk.infra.crypto import KeyRing
from hauberk.infra.envelope import Sealed

_numbers = count(1)


def make_organization(owner_url: str, name: str | None = None, *, key_ring: KeyRing | None = None) -> int:
    """With a key for its findings' identity where there is a ring to seal it."""
    with _system(owner_url) as connection:
        organization_id = connection.scalar(
            insert(Organization)
            .values(name=name or f"Organization {next(_numbers)}", identity_key=Sealed(b""))
            .returning(Organization.id)
        )
        if key_ring is not None:
            key = identity_key.make(key_ring, organization_id)
            connection.execute(
                update(Organization).where(Organization.id == organization_id).values(identity_key=key)
            )
        return organization_id


def make_member(
    owner_url: str, organization_id: int, email: str | None = None, *, role: str = "member"
) -> int:
    address = email or f"person{next(_numbers)}@example.org"
    with _system(owner_url) as connection:
        user_id = connection.scalar(
            insert(User).values(email=address, name=address.partition("@")[0].title()).returning(User.id)
        )
        connection.execute(
            insert(Membership).values(organization_id=organization_id, user_id=user_id, role=role)
        )
        return user_id


class _system:  # noqa: N801 - reads as a word
    """A connection with the rights of the system role, committed at the end."""

    def __init__(self, owner_url: str) -> None:
        self._engine = create_engine(driver_url(owner_url), poolclass=NullPool)

    def __enter__(self):
        self._begin = self._engine.begin()
        connection = self._begin.__enter__()
        connection.execute(text("set local role hauberk_system"))
        return connection

    def __exit__(self, *caught):
        self._begin.__exit__(*caught)
        self._engine.dispose()
