"""The kinds of values that settings have, and how each is checked."""

import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr
from pydantic_settings import NoDecode

MIB = 1024 * 1024
GIB = 1024 * MIB


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    STAGING = "staging"
    PRODUCTION = "production"

    @property
    def is_exposed(self) -> bool:
        """Staging and production: other people can reach it, so nothing weak is accepted."""
        return self in (Environment.STAGING, Environment.PRODUCTION)


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part for part in (each.strip() for each in re.split(r"[,\s]+", value)) if part)
    return value


Strings = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]


def _check_database_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not url:
        return url
    if not separator or scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("is not a PostgreSQL address such as postgresql://user:password@host:5432/hauberk")
    return f"postgresql://{rest}"


def _check_redis_url(url: str) -> str:
    if url and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("is not a Redis or Valkey address such as redis://:password@host:6379/0")
    return url


def _check_http_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("is not an address such as http://collector:4318")
    return url.rstrip("/")


def _check_rate(rate: str) -> str:
    if not re.fullmatch(r"[1-9]\d*\s*/\s*([1-9]\d*\s*)?(second|minute|hour|day)s?", rate):
        raise ValueError("is not a rate such as 100/minute")
    return rate


def _check_origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in origin:
        raise ValueError("must be exact origins such as https://app.example.org, without *")
    if origin != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"must be exact origins without a path: {parts.scheme}://{parts.netloc}")
    return origin


DatabaseUrl = Annotated[str, AfterValidator(_check_database_url)]
RedisUrl = Annotated[str, AfterValidator(_check_redis_url)]
HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
Rate = Annotated[str, AfterValidator(_check_rate)]
Origins = Annotated[
    tuple[Annotated[str, AfterValidator(_check_origin)], ...], NoDecode, BeforeValidator(_split)
]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
