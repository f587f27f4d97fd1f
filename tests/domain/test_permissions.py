"""Who may do what: each role more than the one below it, a token never more than its person, and an actor as it is told of."""

import pytest

from hauberk.domain.permissions import OPERATOR_ONLY, Actor, Permission, Role, granted

READ = {Permission.FINDINGS_READ, Permission.SCANS_READ, Permission.ASSETS_READ}


def test_each_role_may_all_that_the_one_below_it_may_and_more():
    assert Role.VIEWER.permissions == READ
    assert Role.VIEWER.permissions < Role.MEMBER.permissions < Role.ADMIN.permissions
    assert Role.ADMIN.permissions == set(Permission)


def test_a_member_works_but_neither_administers_nor_runs_the_installation():
    administration = {
        Permission.USERS_WRITE,
        Permission.ORGANIZATION_WRITE,
        Permission.AUDIT_READ,
        Permission.ALERTING_WRITE,
        Permission.FORMATS_WRITE,
        Permission.JOBS_WRITE,
    }
    assert not Role.MEMBER.permissions & (administration | OPERATOR_ONLY)
    assert {Permission.FINDINGS_WRITE, Permission.SCANS_WRITE, Permission.TOKENS_WRITE} <= (
        Role.MEMBER.permissions
    )


@pytest.mark.parametrize("role", list(Role))
def test_scopes_take_away_and_never_add(role):
    assert granted(role) == granted(role, ["*"]) == granted(role, ["findings:read", "*"]) == role.permissions
    assert granted(role, []) == frozenset()
    assert granted(role, ["findings:read", "users:write", "no:such"]) == role.permissions & {
        Permission.FINDINGS_READ,
        Permission.USERS_WRITE,
    }


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"user_id": 7}, "user"),
        ({"user_id": 7, "token_id": 3}, "token"),
        ({"service_account_id": 2}, "service_account"),
        ({"service_account_id": 2, "token_id": 3}, "service_account"),
        ({}, "system"),
    ],
)
def test_the_audit_trail_tells_what_kind_of_actor_it_was(given, kind):
    whose = {"user_id": None, "token_id": None, **given}
    actor = Actor(
        organization_id=1, role=Role.VIEWER, permissions=Role.VIEWER.permissions, name="Ada", **whose
    )
    assert actor.kind == kind
    assert actor.may(Permission.FINDINGS_READ)
    assert not actor.may(Permission.FINDINGS_WRITE)


def test_the_system_acts_for_one_organization_and_may_everything_in_it():
    system = Actor.system(4)
    assert (system.organization_id, system.kind, system.name) == (4, "system", "Hauberk")
    assert all(system.may(each) for each in Permission)
