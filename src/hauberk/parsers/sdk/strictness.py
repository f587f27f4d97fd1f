"""What another package's parser yields, held against what a record is: nobody here checked its types."""

from collections.abc import Iterator
from typing import Any

import msgspec

from hauberk.domain.reported import ItemProblem, ReportedFinding, ReportHeader
from hauberk.parsers.sdk.errors import ParserMistake
from hauberk.parsers.sdk.soundness import mended, titled

_AT = " - at `$."


def strictly(records: Iterator[Any]) -> Iterator[Any]:
    """The same records in their proper types: a word for a severity, a list for a tuple will do.

    A finding that cannot be taken so becomes a problem that names its field; anything else is the parser's mistake.
    """
    count = 0
    for record in records:
        if isinstance(record, ReportedFinding):
            count += 1
            yield _finding(record, f"finding {count}")
        elif isinstance(record, ReportHeader | ItemProblem):
            try:
                yield _converted(record)
            except (msgspec.ValidationError, TypeError) as error:
                raise ParserMistake(f"it yields a {type(record).__name__} with {_told(error)}") from error
        else:
            raise ParserMistake(
                f"it yields {_described(record)} where a ReportedFinding, a ReportHeader or an ItemProblem is due"
            )


def _finding(finding: ReportedFinding, position: str) -> Any:
    try:
        return _converted(finding if finding.title else titled(finding))
    except (msgspec.ValidationError, TypeError) as error:
        reason = _told(error)
    try:
        return _converted(mended(finding))
    except msgspec.ValidationError as error:  # mending helped, and something else is wrong
        reason = _told(error)
    except (TypeError, AttributeError):
        pass
    return ItemProblem(position=position, reason=f"its parser gives it {reason}")


def _converted(record: Any) -> Any:
    return msgspec.convert(msgspec.to_builtins(record), type(record))


def _told(error: Exception) -> str:
    """`locations`: Expected `array`, got `object`."""
    what, _, where = str(error).partition(_AT)
    return f"a wrong {where.rstrip('`')}: {what}" if where else f"what is no value ({what})"


def _described(record: Any) -> str:
    return f"{type(record).__name__} {record!r:.60}"
