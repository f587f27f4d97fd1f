"""`hauberk waive`: does not hold a row of the checklist for now, for a reason that somebody answers for."""

from datetime import datetime
from typing import Annotated, Any

import typer


def waive(
    row: Annotated[str, typer.Argument(help="Its id, such as SEC-3.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is not held.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="Who answers for that.")] = "",
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day, within a year.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Hold it again.")] = False,
) -> None:
    """Let a row answer WAIVED until a day; 'hauberk readiness --strict' still fails on it.

    Example: hauberk waive SEC-3 --reason "The data centre ends TLS" --owner ada@example.org --until 2027-03-31
    """
    from hauberk.features.readiness import saying

    name = row.upper()
    if undo:
        say(lambda db, actor, keys: saying.withdraw(db, actor, keys, name))
        print(f"{name} is held again.")
        return
    if not (reason and owner and until):
        raise typer.BadParameter("A waiver has a --reason, an --owner and an end (--until).")
    say(
        lambda db, actor, keys: saying.waive(
            db, actor, keys, name, reason=reason, owner=owner, until=until.date()
        )
    )
    print(f"{name} is waived until {until.date()}.")


def say(act: Any) -> None:
    """In the operator's organization, whose audit trail it belongs to."""
    from hauberk.cli.user import with_context
    from hauberk.features.readiness.operator import speaking

    async def work(context: Any) -> None:
        async with speaking(context) as (db, actor):
            await act(db, actor, context.key_ring)

    with_context(work)
