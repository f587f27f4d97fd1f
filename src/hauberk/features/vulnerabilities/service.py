"""What people say about names of vulnerabilities."""

from hauberk.db.audit import record
from hauberk.db.repository import DbSession
from hauberk.domain.aliases import scheme_of
from hauberk.domain.events import AliasesLearned
from hauberk.domain.identifiers import identifiers_in, spell
from hauberk.domain.permissions import Actor
from hauberk.features.vulnerabilities.repository import VulnerabilityRepository
from hauberk.jobs.events import emit_async
from hauberk.kit.errors import Forbidden, Invalid


async def state_alias(
    session: DbSession, actor: Actor, number: int, *, name: str, is_same: bool, reason: str | None
) -> None:
    """One flaw or two: trumps what scanners say, until somebody says otherwise. What follows is done by a job."""
    if actor.user_id is None:
        raise Forbidden("Only people say which names are one flaw.")
    repository = VulnerabilityRepository(session)
    row = await repository.get(actor, number)
    spelled = spell(name)
    if identifiers_in([spelled]) != (spelled,) or scheme_of(spelled) is None:
        raise Invalid(
            [("/name", "Name a vulnerability by its id, as in CVE-2020-8203 or GHSA-p6mc-m468-83gw.")]
        )
    if row.name == spelled:
        raise Invalid([("/name", "That is its own name; give another one.")])
    if scheme_of(row.name) is None:
        raise Invalid(
            [("/name", f"{row.name} is a rule or an advisory of several flaws; it has no aliases.")]
        )
    await repository.say(actor, number, spelled, is_same=is_same, reason=reason)
    detail = {"name": row.name, "alias": spelled, "is_same": is_same, "reason": reason}
    await record(session, actor, "vulnerability.alias_stated", "vulnerability", number, detail)
    await emit_async(session, AliasesLearned(actor.organization_id))
