"""Rows of rotations and policies, and the people in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from hauberk.db.models.alert import EscalationPolicy, OnCallOverride, OnCallSchedule
from hauberk.db.models.identity import Membership, User
from hauberk.db.repository import DbSession, Order, Repository
from hauberk.domain.on_call import Shift, gaps
from hauberk.domain.permissions import Actor
from hauberk.features.on_call.planning import rotation
from hauberk.kit import clock
from hauberk.kit.errors import Conflict

COVERED: Final = timedelta(days=7)
MAX_OVERRIDES: Final = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is, or was, a member."""

    user_id: int
    name: str
    is_available: bool


@dataclass
class ShownSchedule:
    """A schedule with what is shown beside it."""

    schedule: OnCallSchedule
    people: dict[int, Person]
    overrides: list[OnCallOverride] = field(default_factory=list)

    @property
    def available(self) -> frozenset[int]:
        return frozenset(each.user_id for each in self.people.values() if each.is_available)

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        return rotation(self.schedule, self.overrides).shifts(since, until, self.available)

    def uncovered(self, since: datetime) -> timedelta:
        """How long nobody would be called within the next seven days."""
        until = since + COVERED
        return sum((end - begin for begin, end in gaps(self.shifts(since, until), since, until)), timedelta())


class PeopleRepository:
    """Members, by their numbers."""

    def __init__(self, session: DbSession) -> None:
        self.session = session

    async def named(self, actor: Actor, numbers: Iterable[int]) -> dict[int, Person]:
        connection = await self.session.connection()
        return await connection.run_sync(people, actor.organization_id, set(numbers))


def people(connection: Connection, organization_id: int, numbers: set[int]) -> dict[int, Person]:
    """Whoever is no member any more is not there."""
    rows = connection.execute(
        select(User.id, User.name, Membership.is_disabled, User.is_disabled.label("is_gone"))
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, User.id.in_(numbers))
    )
    return {row.id: Person(row.id, row.name, not (row.is_disabled or row.is_gone)) for row in rows}


class ScheduleRepository(Repository[OnCallSchedule]):
    model = OnCallSchedule
    kind = "schedule"
    orders: ClassVar[dict[str, Order]] = {
        "id": Order.by(OnCallSchedule.id),
        "-id": Order.by(OnCallSchedule.id, descending=True),
    }

    async def save(self) -> None:
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict("There is a schedule of this name already.", code="name_taken") from error

    async def insert(self, schedule: OnCallSchedule) -> None:
        self.session.add(schedule)
        await self.save()

    async def shown(self, actor: Actor, schedules: Iterable[OnCallSchedule]) -> list[ShownSchedule]:
        connection = await self.session.connection()
        return await connection.run_sync(read, actor.organization_id, list(schedules))


def read(
    connection: Connection, organization_id: int, schedules: list[OnCallSchedule]
) -> list[ShownSchedule]:
    """With overrides that are not over since longer than a day, and everybody whom they name."""
    overrides: dict[int, list[OnCallOverride]] = {schedule.id: [] for schedule in schedules}
    rows = connection.execute(
        select(OnCallOverride.__table__)
        .where(
            OnCallOverride.organization_id == organization_id,
            OnCallOverride.schedule_id.in_(overrides),
            OnCallOverride.ends_at > clock.now() - timedelta(days=1),
        )
        .order_by(OnCallOverride.id)
        .limit(MAX_OVERRIDES)
    )
    for row in rows:
        overrides[row.schedule_id].append(row)  # type: ignore[arg-type]
    numbers = {
        *(person for schedule in schedules for layer in schedule.layers for person in layer["people"]),
        *(each.user_id for found in overrides.values() for each in found),
    }
    known = people(connection, organization_id, numbers)
    return [ShownSchedule(schedule, known, overrides[schedule.id]) for schedule in schedules]


def all_schedules(connection: Connection, organization_id: int) -> list[ShownSchedule]:
    """Every schedule of the organization, for those who call people."""
    rows = connection.execute(
        select(OnCallSchedule.__table__)
        .where(OnCallSchedule.organization_id == organization_id)
        .order_by(OnCallSchedule.id)
    ).all()
    return read(connection, organization_id, list(rows))  # type: ignore[arg-type]


class OverrideRepository(Repository[OnCallOverride]):
    model = OnCallOverride
    kind = "override"
    orders: ClassVar[dict[str, Order]] = {"id": Order.by(OnCallOverride.id)}

    async def of(self, actor: Actor, schedule_id: int) -> list[OnCallOverride]:
        """Present and future ones, the earliest first."""
        found = await self.session.scalars(
            self.visible_to(actor)
            .where(OnCallOverride.schedule_id == schedule_id, OnCallOverride.ends_at > clock.now())
            .order_by(OnCallOverride.starts_at, OnCallOverride.id)
            .limit(MAX_OVERRIDES)
        )
        return list(found)


class PolicyRepository(Repository[EscalationPolicy]):
    model = EscalationPolicy
    kind = "escalation policy"
    orders: ClassVar[dict[str, Order]] = {
        "id": Order.by(EscalationPolicy.id),
        "-id": Order.by(EscalationPolicy.id, descending=True),
    }

    async def save(self) -> None:
        try:
            await self.session.flush()
        except IntegrityError as error:
            raise Conflict(
                "There is an escalation policy of this name already.", code="name_taken"
            ) from error

    async def insert(self, policy: EscalationPolicy) -> None:
        self.session.add(policy)
        await self.save()

    async def leave_default(self, actor: Actor) -> None:
        """So that another one can be it."""
        await self.session.execute(
            update(EscalationPolicy)
            .where(EscalationPolicy.organization_id == actor.organization_id, EscalationPolicy.is_default)
            .values(is_default=False)
        )
