"""Statistics of tables that have grown to another size, as soon as they have.

PostgreSQL looks once a minute. Until then it plans for tables as they were, and of an empty one that has five thousand
rows by now a page of findings takes a second: an installation's first minute would be its slowest.
"""

from typing import Final

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from hauberk.db.session import transaction

_ANALYZE_GROWN: Final = text("select analyze_grown()")
_log = structlog.get_logger(__name__)


def renew(engine: Engine) -> None:
    """Those of tables with more than twice the pages of when they were analyzed; what cannot be done is left to the server."""
    try:
        with transaction(engine) as connection:
            connection.execute(_ANALYZE_GROWN)
    except SQLAlchemyError as error:
        _log.warning("statistics_not_renewed", error=type(error).__name__)
