"""The part of joins and splits in why a finding is one finding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hauberk.domain import fingerprint
from hauberk.features.findings.shape import instant, named
from hauberk.features.identity.serving import Ids

_REGROUPINGS = text("""
select r.id, r.act, r.cause, r.finding_id, r.other_id, r.reason, r.keys, r.detail, r.made_by, r.made_at, r.undone_by,
    r.undone_at, m.name as made_by_name, u.name as undone_by_name, r.finding_id = :finding as is_kept
from regrouping r
left join user_account m on m.id = r.made_by
left join user_account u on u.id = r.undone_by
where r.organization_id = :organization and (r.finding_id = any(cast(:parts as int8[])) or r.other_id = :finding)
order by r.id desc limit 200
""")
_PLACES = text(
    "select fingerprint, place_hash from split_place where organization_id = :organization and finding_id = :finding"
)


@dataclass
class Regrouped:
    """The acts that concern one finding, newest first, and the places that lead to it beside keys."""

    finding_id: int
    acts: Sequence[Row[Any]]
    places: frozenset[tuple[UUID, int]]

    @classmethod
    async def read(cls, connection: AsyncConnection, parameters: dict[str, Any]) -> "Regrouped":
        acts = (await connection.execute(_REGROUPINGS, parameters)).all()
        places = (await connection.execute(_PLACES, parameters)).all() if acts else ()
        return cls(
            parameters["finding"], acts, frozenset((row.fingerprint, row.place_hash) for row in places)
        )

    def that_led(self, key: UUID, place: int) -> int | None:
        """The standing act by which an occurrence under this key and at this place is here."""
        for act in self.acts:
            if act.undone_at is not None:
                continue
            came = (
                act.other_id == self.finding_id if act.act == "split" else act.finding_id == self.finding_id
            )
            if came and (key in act.keys or (act.act == "split" and (key, place) in self.places)):
                return int(act.id)
        return None

    def own_key(self, key: UUID, ids: Ids) -> dict[str, Any]:
        """The key of a finding that was split off by places; of any other nothing that is kept tells."""
        for act in self.acts:
            if act.act == "split" and fingerprint.key_of(("split", act.id)) == key.bytes:
                inputs = {"act": ids.encode("rgp", act.id)}
                return {"fingerprint": key.hex, "made_from": "split", "inputs": inputs}
        return {"fingerprint": key.hex, "made_from": None, "inputs": {}}

    def shown(self, ids: Ids) -> list[dict[str, Any]]:
        return [
            {
                "id": ids.encode("rgp", act.id),
                "act": act.act,
                "cause": act.cause,
                "is_kept": act.is_kept,
                "other": ids.encode_or_none("fnd", act.other_id if act.is_kept else act.finding_id),
                "reason": act.reason,
                "identifiers": act.detail.get("identifiers", []),
                "by": named(ids, "usr", act.made_by, act.made_by_name),
                "at": instant(act.made_at),
                "undone_by": named(ids, "usr", act.undone_by, act.undone_by_name),
                "undone_at": None if act.undone_at is None else instant(act.undone_at),
            }
            for act in self.acts
            if self.finding_id in (act.finding_id, act.other_id)
        ]
