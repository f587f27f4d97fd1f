"""`hauberk attest`: says of a row of the checklist that a person looked, where only a person can."""

from datetime import datetime
from typing import Annotated

import typer


def attest(
    row: Annotated[str, typer.Argument(help="Its id, such as WEB-4.")],
    person: Annotated[str, typer.Option("--person", help="Who looked.")],
    statement: Annotated[str, typer.Option("--statement", help="What was seen.")],
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day, within a year.")
    ],
) -> None:
    """Keep what a person says. Rows that can be proved are not moved by it, and it is counted apart.

    Example: hauberk attest WEB-4 --person Ada --statement "Uploaded from an iPad" --until 2027-03-31
    """
    from hauberk.cli.waive import say
    from hauberk.features.readiness import saying

    name = row.upper()
    say(
        lambda db, actor, keys: saying.attest(
            db, actor, keys, name, person=person, statement=statement, until=until.date()
        )
    )
    print(f"{name} is attested until {until.date()}.")
