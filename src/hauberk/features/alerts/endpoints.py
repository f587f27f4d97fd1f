"""HTTP of alerts: what is wrong now and was before, who looks after it, the rules, the runbooks."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from hauberk.db.models.alert import Alert
from hauberk.db.repository import DbSession, PageRequest
from hauberk.domain.permissions import Actor
from hauberk.features.alerts import runbooks, service
from hauberk.features.alerts.evaluating import threshold_of
from hauberk.features.alerts.repository import AlertRepository, RuleRepository, matching
from hauberk.features.alerts.rules import RULES
from hauberk.features.alerts.schemas import (
    AlertRuleChange,
    AlertRuleSchema,
    AlertSchema,
    LinkedAlertSchema,
    LinkRequest,
    PageTestRequest,
    RunbookSchema,
)
from hauberk.features.alerts.service import Linked
from hauberk.features.identity.access import AlertingWrite, AlertsRead, AlertsWrite
from hauberk.features.identity.context import Context
from hauberk.features.identity.serving import (
    FIXED,
    ContextDep,
    Ids,
    IdsDep,
    PageSchema,
    ReadSessionDep,
    SessionDep,
    paging,
    refusals,
)

router = APIRouter(tags=["alerts"])


@router.get("/alerts")
async def list_alerts(
    actor: AlertsRead,
    session: ReadSessionDep,
    context: ContextDep,
    ids: IdsDep,
    page: Annotated[PageRequest, Depends(paging("-id", "id"))],
    state: Annotated[Literal["firing", "resolved"] | None, Query()] = None,
    rule: Annotated[str | None, Query(max_length=60)] = None,
    acknowledged: Annotated[bool | None, Query()] = None,
) -> PageSchema[AlertSchema]:
    """What is wrong, and what was; newest first."""
    repository = AlertRepository(session)
    where = matching(state=state, rule=rule, is_acknowledged=acknowledged)
    found = await repository.list(actor, page, *where)
    names = await repository.names(actor, found.items)
    return PageSchema[AlertSchema].of(found, lambda alert: _shown(alert, context, ids, names))


@router.post("/alerts/page-tests", status_code=201, responses=refusals(404))
async def send_page_test(
    body: PageTestRequest, actor: AlertingWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> AlertSchema:
    """A test for one person, who acknowledges it by the link in the mail."""
    made = await service.send_page_test(session, context, actor, ids.decode("usr", body.user_id))
    return _shown(made, context, ids, {})


@router.post("/alerts/link", responses=refusals(404))
async def read_link(body: LinkRequest, session: SessionDep, context: ContextDep) -> LinkedAlertSchema:
    """What a signed link is for; changes nothing."""
    return _linked(await service.read_link(session, context, body.token))


@router.post("/alerts/link/acknowledge", responses=refusals(404))
async def acknowledge_by_link(
    body: LinkRequest, session: SessionDep, context: ContextDep
) -> LinkedAlertSchema:
    """As the person whom the link was sent to."""
    return _linked(await service.acknowledge_by_link(session, context, body.token))


@router.get("/alerts/{alert_id}")
async def read_alert(
    alert_id: str, actor: AlertsRead, session: ReadSessionDep, context: ContextDep, ids: IdsDep
) -> AlertSchema:
    alert = await AlertRepository(session).get(actor, ids.decode("alr", alert_id))
    return await _answer(alert, actor, session, context, ids)


@router.post("/alerts/{alert_id}/acknowledge", responses=refusals(409))
async def acknowledge_alert(
    alert_id: str, actor: AlertsWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> AlertSchema:
    """“I look after it”: nobody else is called."""
    alert = await service.acknowledge(session, context, actor, ids.decode("alr", alert_id))
    return await _answer(alert, actor, session, context, ids)


@router.post("/alerts/{alert_id}/resolve", responses=refusals(409))
async def resolve_alert(
    alert_id: str, actor: AlertsWrite, session: SessionDep, context: ContextDep, ids: IdsDep
) -> AlertSchema:
    """Ends it by hand; what still holds fires again."""
    alert = await service.resolve(session, context, actor, ids.decode("alr", alert_id))
    return await _answer(alert, actor, session, context, ids)


@router.get("/alert-rules", openapi_extra=FIXED)
async def list_rules(
    actor: AlertsRead, session: ReadSessionDep, context: ContextDep
) -> list[AlertRuleSchema]:
    """The built-in rules: thresholds in force, and what was last seen."""
    repository = RuleRepository(session)
    kept, is_operator = await repository.kept(actor), await repository.is_operator(actor)
    found = []
    for rule in RULES.values():
        if not (rule.is_of_organization or is_operator):
            continue
        row = kept.get(rule.name)
        found.append(
            AlertRuleSchema(
                name=rule.name,
                title=rule.title,
                meaning=rule.meaning,
                row=rule.row,
                severity=rule.severity,
                unit=rule.unit,
                threshold=threshold_of(rule, row, context.settings),
                default_threshold=rule.default_threshold(context.settings),
                variable=rule.variable,
                holds_for_seconds=int(rule.holds_for.total_seconds()),
                is_enabled=row.is_enabled if row else True,
                is_of_organization=rule.is_of_organization,
                runbook=rule.runbook,
                value=row.value if row else None,
                seen=row.seen if row else None,
                evaluated_at=row.evaluated_at if row else None,
            )
        )
    return found


@router.patch("/alert-rules/{name}", status_code=204, responses=refusals(404))
async def change_rule(name: str, body: AlertRuleChange, actor: AlertingWrite, session: SessionDep) -> None:
    """Another threshold, or none of it at all; works from the next evaluation on."""
    await service.change_rule(session, actor, name, body)


@router.get("/runbooks/{name}", responses=refusals(404))
async def read_runbook(name: str, _actor: AlertsRead) -> RunbookSchema:
    """What an alert means, how to look, what to do."""
    return RunbookSchema.model_validate(runbooks.read(name))


async def _answer(alert: Alert, actor: Actor, session: DbSession, context: Context, ids: Ids) -> AlertSchema:
    names = await AlertRepository(session).names(actor, [alert])
    return _shown(alert, context, ids, names)


def _shown(alert: Alert, context: Context, ids: Ids, names: dict[int, str]) -> AlertSchema:
    return AlertSchema.of(
        alert,
        ids,
        rule=RULES.get(alert.rule),
        names=names,
        dedup_key=service.place_of(context).dedup_key(alert.id),
    )


def _linked(linked: Linked) -> LinkedAlertSchema:
    alert = linked.alert
    return LinkedAlertSchema.model_validate(
        {
            "title": alert.title,
            "summary": alert.summary,
            "severity": alert.severity,
            "began_at": alert.began_at,
            "is_over": alert.state == "resolved",
            "is_acknowledged": alert.acknowledged_at is not None,
            "person": linked.person,
        }
    )
