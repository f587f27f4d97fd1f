"""`hauberk demo`: fills an empty installation with three months of believable scans."""

from typing import Any


def demo() -> None:
    """Take in the reports of a made-up company. Does nothing where scans are already there.

    `hauberk up --demo` does it at the start; the worker reads the reports within a minute.
    """
    from hauberk.cli.user import with_context
    from hauberk.features.identity import installation
    from hauberk.features.scans.demo.loading import load
    from hauberk.kit import clock

    async def work(context: Any) -> int:
        await installation.ensure_first_administrator(context)
        return await load(context, clock.now())

    accepted = with_context(work)
    print(
        f"{accepted} reports of a made-up company were accepted; they are read in the background."
        if accepted
        else "There are scans already; nothing was added."
    )
