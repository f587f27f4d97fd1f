"""Who asks, and when: what `me`, public ids and ages in a query are relative to."""

from dataclasses import dataclass
from datetime import datetime

from hauberk.domain.query import Term, wrong
from hauberk.kit.errors import NotFound
from hauberk.kit.ids import PublicIds


@dataclass(frozen=True, slots=True)
class Asker:
    organization_id: int
    user_id: int | None
    public_ids: PublicIds
    now: datetime
    is_past: bool = False
    """Findings are looked at as they were then, in today's order: the order says nothing of their severity of then."""

    def row_id(self, prefix: str, text: str, term: Term) -> int:
        """The row a public id in a query names; a misspelt one is refused where it stands."""
        try:
            return self.public_ids.decode(prefix, text)
        except NotFound:
            raise wrong(f"'{text[:60]}' is no id of that kind", term.position) from None
