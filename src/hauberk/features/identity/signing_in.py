"""Signing in and out: by password, by one-time link, by invitation or as somebody new, always into a fresh session."""

from dataclasses import dataclass, field
from datetime import timedelta

from hauberk.db.audit import record
from hauberk.db.repository import DbSession
from hauberk.db.session import enter_organization
from hauberk.domain.permissions import Actor, Role, granted
from hauberk.features.identity import counting, passwords, throttle, tokens
from hauberk.features.identity.caller import SignedIn
from hauberk.features.identity.context import Context
from hauberk.features.identity.counting import Way
from hauberk.features.identity.repository import CredentialRepository, UserRepository
from hauberk.kit import clock
from hauberk.kit.errors import Conflict, Forbidden, NotFound, Unauthenticated

LINK_LIFETIME = timedelta(minutes=15)
WRONG = "E-mail address or password is wrong."


@dataclass(frozen=True, slots=True)
class Visit:
    """Where somebody signs in from."""

    address: str
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """What the browser gets, and for whom."""

    actor: Actor
    email: str
    csrf_token: str
    cookie: str = field(repr=False)
    max_age: timedelta


@dataclass(frozen=True, slots=True)
class Person:
    user_id: int
    email: str
    name: str


async def by_password(
    db: DbSession, context: Context, *, email: str, password: str, visit: Visit
) -> OpenedSession:
    person = await _proven(context, email=email, password=password, visit=visit)
    return await open_session(db, context, person, visit=visit, action="session.opened")


async def by_link(db: DbSession, context: Context, *, token: str, visit: Visit) -> OpenedSession:
    """A link works once, and only within its minutes."""
    found = await CredentialRepository(db).use_sign_in_link(tokens.hash_of(token))
    if found is None:
        counting.count("link", "fail")
        raise Unauthenticated(
            "This link was used already, or its time is over. Ask for a new one.", code="link_used"
        )
    person = Person(found.user_id, found.email, found.name)
    return await open_session(db, context, person, visit=visit, action="session.opened_by_link")


async def sign_up(
    db: DbSession,
    context: Context,
    *,
    email: str,
    name: str,
    password: str,
    invitation: str | None,
    visit: Visit,
) -> OpenedSession:
    """A new person with an organization of his own or, by an invitation, in the one that invited him."""
    if invitation is not None:
        return await _by_invitation(
            db, context, invitation=invitation, email=email, name=name, password=password, visit=visit
        )
    if context.settings.signup != "open":
        raise Forbidden(
            "Accounts are made by invitation here; ask an administrator.", code="invitation_needed"
        )
    passwords.check(password, pointer="/password")
    made = await CredentialRepository(db).create_account(
        email=email,
        name=name,
        password_hash=await context.passwords.hash(password),
        organization=f"{name}'s organization",
        key_ring=context.key_ring,
        first=False,
    )
    if made is None:
        raise Conflict("There is an account with this e-mail address; sign in instead.", code="email_taken")
    return await open_session(
        db, context, Person(made.user_id, email, name), visit=visit, action="user.signed_up"
    )


async def _by_invitation(
    db: DbSession, context: Context, *, invitation: str, email: str, name: str, password: str, visit: Visit
) -> OpenedSession:
    token_hash = tokens.hash_of(invitation)
    found = await CredentialRepository(db).invitation(token_hash)
    if found is None or found.email != email:
        raise NotFound("such invitation")
    known = await CredentialRepository(db).person(email)
    if known is not None and known.password_hash is not None:
        # Whoever holds the link need not be the account's owner: the account's own password proves it.
        await _proven(context, email=email, password=password, visit=visit)
        password_hash = None
    elif known is not None:
        raise Conflict(
            "This account has no password yet; sign in to it and set one first.", code="password_needed"
        )
    else:
        passwords.check(password, pointer="/password")
        password_hash = await context.passwords.hash(password)
    joined = await CredentialRepository(db).accept_invitation(
        token_hash, name=name, password_hash=password_hash
    )
    if joined is None:
        raise NotFound("such invitation")
    return await open_session(
        db,
        context,
        Person(joined.user_id, email, known.name if known else name),
        visit=visit,
        action="user.joined",
        organization_id=joined.organization_id,
    )


async def _proven(context: Context, *, email: str, password: str, visit: Visit) -> Person:
    """The person whose password this is. No connection is held while it is checked, for that takes its time."""
    await throttle.count(context, email=email, address=visit.address)
    async with context.sessions.transaction() as db:
        found = await CredentialRepository(db).person(email)
    is_right = await context.passwords.verify(found.password_hash if found else None, password)
    if found is None or not is_right or found.is_disabled:
        counting.count("login", "fail")
        raise Unauthenticated(WRONG, code="wrong_credentials")
    await throttle.forgive(context, email=email, address=visit.address)
    if context.passwords.is_outdated(found.password_hash):
        renewed = await context.passwords.hash(password)
        async with context.sessions.transaction() as db:
            await CredentialRepository(db).set_password(found.user_id, renewed)
    return Person(found.user_id, email, found.name)


async def open_session(
    db: DbSession,
    context: Context,
    person: Person,
    *,
    visit: Visit,
    action: str,
    organization_id: int | None = None,
) -> OpenedSession:
    """A session in this organization, or where the person was last."""
    memberships = await CredentialRepository(db).memberships(person.user_id)
    chosen = next(
        (each for each in memberships if organization_id is None or each.organization_id == organization_id),
        None,
    )
    if chosen is None:
        raise Unauthenticated("This account has no access to any organization now.", code="no_organization")
    await enter_organization(db, chosen.organization_id)
    cookie, csrf_token = tokens.new_secret(), tokens.new_secret()
    max_age = timedelta(days=context.settings.session.max_days)
    users = UserRepository(db)
    is_known = await users.knows_device(person.user_id, visit.address, visit.user_agent)
    session_id = await users.open_session(
        organization_id=chosen.organization_id,
        user_id=person.user_id,
        session_hash=tokens.hash_of(cookie),
        csrf_token=csrf_token,
        user_agent=(visit.user_agent or "")[:300] or None,
        remote_address=visit.address,
        expires_at=clock.now() + max_age,
    )
    await users.signed_in_now(person.user_id)
    role = Role(chosen.role)
    actor = Actor(chosen.organization_id, person.user_id, None, role, granted(role), person.name)
    await record(db, actor, action, "session", session_id, {"address": visit.address})
    if action != "session.switched":
        way: Way = "link" if action == "session.opened_by_link" else "login"
        counting.count(way, "success" if is_known else "success_new_device")
    return OpenedSession(actor, person.email, csrf_token, cookie, max_age)


async def switch_organization(
    db: DbSession, context: Context, *, caller: SignedIn, organization_id: int, visit: Visit
) -> OpenedSession:
    """Another organization is another session: the old one ends, and its cookie with it."""
    actor = caller.actor
    assert actor.user_id is not None
    try:
        return await open_session(
            db,
            context,
            Person(actor.user_id, caller.email, actor.name),
            visit=visit,
            action="session.switched",
            organization_id=organization_id,
        )
    except Unauthenticated as error:
        raise NotFound("organization") from error


async def sign_out(db: DbSession, *, actor: Actor, session_id: int) -> None:
    """Here or, by its id, anywhere else."""
    assert actor.user_id is not None
    if not await CredentialRepository(db).end_session(actor.user_id, session_id):
        raise NotFound("session")
    await record(db, actor, "session.closed", "session", session_id)


async def change_password(
    db: DbSession, context: Context, *, caller: SignedIn, current: str | None, new: str, visit: Visit
) -> None:
    """Ends every other session of the person. Without a password so far (one-time link), none is asked for."""
    actor = caller.actor
    assert actor.user_id is not None
    credentials = CredentialRepository(db)
    person = await credentials.person(caller.email)
    if person is not None and person.password_hash is not None:
        try:
            await _proven(context, email=caller.email, password=current or "", visit=visit)
        except Unauthenticated as error:
            raise Forbidden("The current password is wrong.", code="wrong_password") from error
    passwords.check(new, pointer="/new_password")
    await credentials.set_password(actor.user_id, await context.passwords.hash(new))
    await credentials.end_other_sessions(actor.user_id, caller.session_id)
    await record(db, actor, "user.password_changed", "user", actor.user_id)


async def make_link(context: Context, email: str) -> str | None:
    """The address of a one-time sign-in link; None when there is no such person. Shown to whoever owns the machine."""
    secret = tokens.new_secret()
    async with context.sessions.transaction() as db:
        found = await CredentialRepository(db).create_sign_in_link(
            email, tokens.hash_of(secret), LINK_LIFETIME
        )
    return f"{context.settings.base_url}/sign-in/link#token={secret}" if found is not None else None
