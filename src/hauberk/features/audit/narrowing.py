"""What the audit trail is narrowed to: the same words for the list and for its export."""

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement

from hauberk.features.audit.repository import matching
from hauberk.features.audit.schemas import SUBJECTS, ActorType
from hauberk.features.identity.serving import Ids, IdsDep
from hauberk.kit.errors import NotFound


def narrowed(  # noqa: PLR0917 — the framework calls by keyword
    ids: IdsDep,
    action: Annotated[
        str | None, Query(max_length=100, description="`finding.triaged`, or `finding.` for all of them")
    ] = None,
    subject_type: Annotated[str | None, Query(max_length=50)] = None,
    subject: Annotated[str | None, Query(max_length=80, description="What it was done to: `fnd_…`")] = None,
    user: Annotated[str | None, Query(max_length=80, description="Who did it: `usr_…`")] = None,
    actor_type: Annotated[ActorType | None, Query(description="What kind of caller did it")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this moment")] = None,
) -> list[ColumnElement[bool]]:
    """The conditions of a statement over events."""
    kind, number = _subject(subject, ids) if subject else (subject_type, None)
    return matching(
        action=action,
        actor_type=actor_type,
        actor_id=ids.decode("usr", user) if user else None,
        subject_type=kind,
        subject_id=number,
        since=since,
        until=until,
    )


NarrowedDep = Annotated[list[ColumnElement[bool]], Depends(narrowed)]


def _subject(text: str, ids: Ids) -> tuple[str, int]:
    """`fnd_…` → ("finding", 7); what is no id of anything in the trail was not found."""
    prefix = text.partition("_")[0]
    if prefix not in SUBJECTS:
        raise NotFound("subject", text)
    return SUBJECTS[prefix], ids.decode(prefix, text)
