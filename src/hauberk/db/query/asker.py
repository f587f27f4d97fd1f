"""Who asks, and when: what `me`, public ids and ages in a query are relative to."""

from dataclasses import dataclass
from datetime import datetime

from hauberk.domain.permissions import Actor
from hauberk.domain.query import Term, wrong
from hauberk.kit import clock
from hauberk.kit.errors import NotFound
from hauberk.kit.ids import PublicIds


@dataclass(frozen=True, slots=True)
class Asker:
    organization_id: int
    user_id: int | None
    public_ids: PublicIds
    now: datetime
    is_unordered: bool = False
    """The order says nothing of the severity: of findings as they were in the past, or of counts of them."""
    is_one_by_one: bool = False
    """Findings are come by one after the other until there are enough: the places of each are looked at, never all."""

    @classmethod
    def now_as(cls, actor: Actor, public_ids: PublicIds, *, is_unordered: bool = False) -> "Asker":
        return cls(actor.organization_id, actor.user_id, public_ids, clock.now(), is_unordered)

    def row_id(self, prefix: str, text: str, term: Term) -> int:
        """The row a public id in a query names; a misspelt one is refused where it stands."""
        try:
            return self.public_ids.decode(prefix, text)
        except NotFound:
            raise wrong(f"'{text[:60]}' is no id of that kind", term.position) from None
