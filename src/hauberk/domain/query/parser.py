"""Tokens into a tree. `and` binds before `or`, words side by side mean `and`, `not` and `-` bind to what follows."""

from collections.abc import Iterator

from hauberk.domain.query.keys import KEYS
from hauberk.domain.query.nodes import AllOf, AnyOf, Comparison, Node, Not, Term, Value, Word
from hauberk.domain.query.tokens import Mark, Token, tokens, wrong

MAX_DEPTH = 20
MAX_TERMS = 100
MAX_VALUES = 200

_ENDS = (Mark.CLOSING, Mark.OR)


def parse(query: str) -> Node | None:
    """The tree of a query, None for an empty one; whatever is wrong with it is `Invalid` at `/q`."""
    reader = _Reader(tokens(query), end=len(query) + 1)
    if reader.current is None:
        return None
    node = reader.alternatives(depth=0)
    if reader.current is not None:
        raise wrong("This bracket closes nothing", reader.current.position)
    return node


class _Reader:
    """Recursive descent with one token of look-ahead; `depth` bounds the recursion."""

    def __init__(self, found: Iterator[Token], *, end: int) -> None:
        self._found = found
        self._end = end
        self._terms = 0
        self._values = 0
        self.current = next(found, None)

    def alternatives(self, depth: int) -> Node:
        parts = [self._conjunction(depth)]
        while self.current is not None and self.current.mark is Mark.OR:
            self._advance()
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self, depth: int) -> Node:
        parts = [self._negation(depth)]
        while self.current is not None and self.current.mark not in _ENDS:
            if self.current.mark is Mark.AND:
                self._advance()
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _negation(self, depth: int) -> Node:
        token = self._take()
        if depth > MAX_DEPTH:
            raise wrong(f"A query nests at most {MAX_DEPTH} deep", token.position)
        match token.mark:
            case Mark.NOT:
                return Not(self._negation(depth + 1))
            case Mark.OPENING:
                return self._group(token, depth)
            case Mark.WORD:
                self._count(token, 0)
                if not token.text.strip():
                    raise wrong("There is nothing between these quotation marks", token.position)
                return Word(token.text, token.position)
            case Mark.TERM:
                self._count(token, len(token.values))
                return _term(token)
            case _:
                raise wrong(f"Something is missing before '{token.text}'", token.position)

    def _group(self, opening: Token, depth: int) -> Node:
        if self.current is not None and self.current.mark is Mark.CLOSING:
            raise wrong(
                "There is nothing between these brackets; put text with brackets in quotation marks",
                opening.position,
            )
        node = self.alternatives(depth + 1)
        if self.current is None:
            raise wrong("This bracket is never closed", opening.position)
        self._advance()
        return node

    def _count(self, token: Token, values: int) -> None:
        self._terms += 1
        self._values += values
        if self._terms > MAX_TERMS or self._values > MAX_VALUES:
            raise wrong(f"A query has at most {MAX_TERMS} terms and {MAX_VALUES} values", token.position)

    def _take(self) -> Token:
        token = self.current
        if token is None:
            raise wrong("Something is missing at the end", self._end)
        self._advance()
        return token

    def _advance(self) -> None:
        self.current = next(self._found, None)


def _term(token: Token) -> Term:
    key = KEYS.get(token.text)
    if key is None:
        raise wrong(
            f"There is no key '{token.text}'; to search for the text itself, put it in quotation marks",
            token.position,
        )
    if token.comparison is Comparison.IS:
        if not key.matches:
            raise wrong(f"'{token.text}' takes a comparison, as in {token.text}>30d", token.position)
    elif not key.compares:
        raise wrong(f"'{token.text}' has no order: write {token.text}:…", token.position)
    elif len(token.values) > 1:
        raise wrong(f"'{token.text}{token.comparison}' takes one value", token.values[1][1])
    read: list[Value] = []
    for word, position in token.values:
        try:
            read.append(key.read(word))
        except ValueError as error:
            raise wrong(f"'{word[:60]}' is no value of '{token.text}': it takes {error}", position) from None
    return Term(token.text, token.comparison, tuple(read), token.position)
