"""Redaction: what must not leave the process, by the name of its field and by its shape."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

MAX_FIELD_CHARS: Final = 4_000
REDACTED: Final = "[redacted]"
_SECRET_KEYS = re.compile(
    r"authorization|cookie|passw|secret|token|api.?key|credential|session|csrf|dsn|private.?key",
    re.IGNORECASE,
)
# What reports say about other people's systems, and what people write: never in a log, whatever it is called there.
_CONTENT_KEYS = frozenset(
    {
        "body",
        "title",
        "description",
        "snippet",
        "comment",
        "file_name",
        "location",
        "evidence",
        "report",
        "email",
    }
)
_FROM_THE_END = frozenset({"exception", "stack"})
_KEPT_KEYS = frozenset({"token_id", "session_id"})
_SECRET_SHAPES = re.compile(
    r"hbk_[0-9a-z]{6,}_[\w-]+"  # our own tokens
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # JSON web tokens
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abposr]-[\w-]{10,}|sk-[\w-]{32,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password in an address
    r"|(?i:\b(?:bearer|basic)\s+[\w.~+/-]{8,}=*)"
    r"|(?i:(?<=[?&#]token=)|(?<=[?&#]code=)|(?<=[?&#]password=)|(?<=[?&#]secret=)|(?<=[?&#]email=))[^&\s\"'\[]+"
)
# What PostgreSQL adds to an error repeats values of the row.
_ROW_VALUES = re.compile(r"(?m)^(DETAIL|CONTEXT|\[parameters): .*$")
_EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_REAL_SECRETS = re.compile(
    r"hbk_[0-9a-z]{12}_[\w-]{43}|AKIA[0-9A-Z]{16}(?<!EXAMPLE)|gh[pousr]_[A-Za-z0-9]{36}"
    r"|-----BEGIN (RSA |EC |OPENSSH )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{60}"
)
_NAMED_SECRETS = re.compile(
    r"(?i)(?<![^\W_])(authorization|set-cookie|cookie|password|passwd|passphrase|secret|token|api_?key"
    r"|(?:secret|access|private|encryption)_?(?:access_?)?keys?)[\"']?\s*[=:]\s*[\"']?"
    r"(?!\[redacted\]|none\b|null\b|\*+)[^\s\"',;]{8,}"
)


def redact(text: str) -> str:
    """The text without anything that has the shape of a secret, and without the values of rows."""
    return _ROW_VALUES.sub(r"\1: " + REDACTED, _SECRET_SHAPES.sub(REDACTED, text))


def impersonal(text: str) -> str:
    """The same, and without addresses of people, for what goes to somebody else's server."""
    return _EMAIL.sub(REDACTED, redact(text))


def has_secret(text: str) -> bool:
    """Whether a real secret seems to be in the text: shapes that no example and no documentation has."""
    return _REAL_SECRETS.search(text) is not None


def leaks(line: str) -> bool:
    """Whether a log line holds what would have been redacted on its way there."""
    return _SECRET_SHAPES.search(line) is not None or _NAMED_SECRETS.search(line) is not None


def redact_record(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The last processor before rendering: no field with a secret's name or shape leaves the process."""
    return {key: _clean(key, value) for key, value in record.items()}


def _clean(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return REDACTED if value is not None and _is_secret(key) else value
    if _is_secret(key):
        return REDACTED
    if isinstance(value, str):
        return value if _is_plain(value) else _redacted(value, keeps_end=key in _FROM_THE_END)
    if isinstance(value, dict):
        return {name: _clean(str(name), each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, each) for each in value]
    return value


_known_keys: dict[str, bool] = {}
_harmless: set[str] = set()
"""Values that come with every record: names of events, routes, levels."""


def _is_plain(value: str) -> bool:
    """Ids and numbers: of all shapes of secrets only the keys of AWS have nothing but letters and digits."""
    if value in _harmless:
        return True
    return value.isalnum() and len(value) < MAX_FIELD_CHARS and not value.startswith(("AKIA", "ASIA"))


def _redacted(value: str, *, keeps_end: bool) -> str:
    """What a traceback comes to, and where a stack is, stands at its end."""
    whole = redact(value)
    found = whole[-MAX_FIELD_CHARS:] if keeps_end else whole[:MAX_FIELD_CHARS]
    if found == value and len(value) < 100 and len(_harmless) < 2_000:
        _harmless.add(value)
    return found


def _is_secret(key: str) -> bool:
    """Field names are few and ours, and are asked for with every record."""
    found = _known_keys.get(key)
    if found is None:
        found = key not in _KEPT_KEYS and (key in _CONTENT_KEYS or _SECRET_KEYS.search(key) is not None)
        if len(_known_keys) < 1_000:
            _known_keys[key] = found
    return found
