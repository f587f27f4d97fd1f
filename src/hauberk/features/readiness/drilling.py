"""Runs a drill within its time and keeps what came of it."""

import asyncio
from dataclasses import dataclass

import structlog

from hauberk.features.identity.context import Context
from hauberk.features.readiness import probing, records
from hauberk.infra.readiness import Drill, Outcome, Record, RecordKind, drills
from hauberk.kit import clock, discover
from hauberk.kit.errors import Conflict, NotFound, Refusal

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownDrill:
    """A drill and its newest record, if it was ever run."""

    drill: Drill
    newest: Record | None


def all_drills() -> dict[str, Drill]:
    """Of every layer, found by file name."""
    discover.everywhere("hauberk", "drills")
    return drills()


async def known(context: Context) -> list[KnownDrill]:
    """By name."""
    stored = records.StoredRecords(context)
    return [
        KnownDrill(each, await stored.newest(RecordKind.DRILL, name))
        for name, each in sorted(all_drills().items())
    ]


async def run(context: Context, name: str, *, is_meant: bool) -> Record:
    """Refused in production unless it `is_meant`: it breaks something."""
    found = all_drills().get(name)
    if found is None:
        raise NotFound("drill", f"{name} (there are: {', '.join(sorted(drills())) or 'none'})")
    if context.settings.environment.is_exposed and not is_meant:
        raise Conflict(
            f"The drill {name} {found.breaks}, and this is {context.settings.environment}."
            " Say --i-mean-it to run it all the same.",
            code="drill_not_meant",
        )
    began = clock.now()
    async with probing.from_inside(context) as probe:
        try:
            outcome = await asyncio.wait_for(found.run(probe), found.timeout)
        except TimeoutError:
            outcome = Outcome(has_passed=False, evidence=f"It was not over after {found.timeout:g} seconds.")
        except Refusal as refusal:
            outcome = Outcome(has_passed=False, evidence=refusal.message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the drill has failed
            _log.error("drill_failed", drill=name, exc_info=error)
            outcome = Outcome(has_passed=False, evidence=f"It ended with {type(error).__name__}: {error}")
    return await records.keep(context, RecordKind.DRILL, name, outcome, began)
