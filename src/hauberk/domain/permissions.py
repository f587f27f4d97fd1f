"""Permissions, the roles that hold them, and the actor: who does something, for which organization, with what rights."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

ALL_SCOPES = "*"


class Permission(StrEnum):
    """One right; a route asks for one, a token's scopes name them."""

    FINDINGS_READ = "findings:read"
    FINDINGS_WRITE = "findings:write"
    SCANS_READ = "scans:read"
    SCANS_WRITE = "scans:write"
    FORMATS_WRITE = "formats:write"
    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    POLICIES_WRITE = "policies:write"
    AUDIT_READ = "audit:read"
    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"
    ALERTING_WRITE = "alerting:write"
    READINESS_READ = "readiness:read"
    READINESS_WRITE = "readiness:write"
    TOKENS_WRITE = "tokens:write"
    ORGANIZATION_WRITE = "organization:write"


# Of the installation, not of an organization: the operator's administrators alone have them.
OPERATOR_ONLY = frozenset({Permission.READINESS_READ, Permission.READINESS_WRITE})


class Role(StrEnum):
    """What a person is in an organization."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"

    @property
    def permissions(self) -> frozenset[Permission]:
        return _PERMISSIONS[self]


_VIEWER = frozenset({Permission.FINDINGS_READ, Permission.SCANS_READ, Permission.ASSETS_READ})
_MEMBER = _VIEWER | {
    Permission.FINDINGS_WRITE,
    Permission.SCANS_WRITE,
    Permission.ASSETS_WRITE,
    Permission.TOKENS_WRITE,
    Permission.JOBS_READ,
    Permission.USERS_READ,
    Permission.ALERTS_READ,
    Permission.ALERTS_WRITE,
}
_PERMISSIONS = {Role.VIEWER: _VIEWER, Role.MEMBER: _MEMBER, Role.ADMIN: frozenset(Permission)}


def granted(role: Role, scopes: Iterable[str] | None = None) -> frozenset[Permission]:
    """What a role may do now; with a token's scopes, never more than those (`*` is all that the role may do)."""
    if scopes is None or ALL_SCOPES in (wanted := frozenset(scopes)):
        return role.permissions
    return frozenset(permission for permission in role.permissions if permission in wanted)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person in the browser, a token of a person, a service account, or the system itself."""

    organization_id: int
    user_id: int | None
    token_id: int | None
    role: Role
    permissions: frozenset[Permission]
    name: str
    service_account_id: int | None = None

    @classmethod
    def system(cls, organization_id: int) -> "Actor":
        """A background job that acts on nobody's behalf."""
        return cls(organization_id, None, None, Role.ADMIN, frozenset(Permission), "Hauberk")

    def as_anybody(self, user_id: int | None = None) -> "Actor":
        """All who may see the same are equal by it; who is asked for by `me` stays."""
        return replace(self, user_id=user_id, token_id=None, service_account_id=None, name="")

    @property
    def kind(self) -> str:
        """`user`, `token`, `service_account` or `system`, as the audit trail says it."""
        if self.service_account_id is not None:
            return "service_account"
        if self.token_id is not None:
            return "token"
        return "system" if self.user_id is None else "user"

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
