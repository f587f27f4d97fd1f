"""The OpenAPI document as tests are made from it: its operations, and strategies that obey or break it."""

from functools import cache
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation

from hauberk.api import openapi
from hauberk.api.app import create_app
from hauberk.infra.settings.loading import read_settings
from hauberk.infra.settings.secret_keys import new_secret

NOWHERE = "127.0.0.1:1"
# Asked elsewhere: streams do not end, and a look at the whole installation takes as long as all of this.
ELSEWHERE = {
    ("get", "/api/v1/events"),
    ("get", "/api/v1/scans/{scan_id}/events"),
    ("get", "/api/v1/readiness"),
    ("get", "/api/v1/readiness/document"),
    ("post", "/api/v1/readiness/reports"),
}


@cache
def document() -> dict[str, Any]:
    """Of an application that is described and never started."""
    described = read_settings(
        {
            "HAUBERK_ENVIRONMENT": "test",
            "HAUBERK_HOME": "/nonexistent",
            "HAUBERK_DATABASE_URL": f"postgresql://nobody@{NOWHERE}/none",
            "HAUBERK_DATABASE_OWNER_URL": f"postgresql://nobody@{NOWHERE}/none",
            "HAUBERK_QUEUE_URL": f"redis://{NOWHERE}/0",
            "HAUBERK_CACHE_URL": f"redis://{NOWHERE}/0",
            "HAUBERK_SECRET_KEYS": new_secret(),
        }
    )
    return openapi.describe(create_app(described))


@cache
def _schema() -> Any:
    return schemathesis.openapi.from_dict(document())


def operations() -> list[tuple[str, str]]:
    found = [(method, path) for path, each in document()["paths"].items() for method in each]
    return [each for each in found if each not in ELSEWHERE]


def secured(*, with_body: bool = False) -> list[tuple[str, str]]:
    """Those that need somebody to be signed in; with a body, those that take JSON."""
    found = []
    for method, path in operations():
        operation = document()["paths"][path][method]
        takes_json = "application/json" in operation.get("requestBody", {}).get("content", {})
        if "security" in operation and (takes_json or not with_body):
            found.append((method, path))
    return found


def may_be_without_body(method: str, path: str) -> bool:
    body = document()["paths"][path][method].get("requestBody")
    return body is not None and not body.get("required", False)


def operation(method: str, path: str) -> APIOperation:
    found: APIOperation = _schema()[path][method.upper()]
    return found


def cases(
    method: str,
    path: str,
    *,
    known: dict[str, list[str]],
    modes: tuple[GenerationMode, ...] = tuple(GenerationMode),
) -> st.SearchStrategy[Case]:
    """Requests that are as described, and such that are not. What exists is named in half of the first kind: random
    ids find nothing, and what finds nothing does nothing."""
    asked = operation(method, path)
    obeying = st.tuples(asked.as_strategy(GenerationMode.POSITIVE), st.randoms(use_true_random=False)).map(
        lambda drawn: _naming(drawn[0], drawn[1], known)
    )
    kinds = {GenerationMode.POSITIVE: obeying, GenerationMode.NEGATIVE: _breaking(asked)}
    chosen = [kind for mode in modes if (kind := kinds[mode]) is not None]
    return st.one_of(chosen).map(_to_this_host)


def _to_this_host(case: Case) -> Case:
    """What is drawn for another name is answered before its address is looked at."""
    for name in [each for each in case.headers or {} if each.lower() == "host"]:
        del case.headers[name]
    return case


def _breaking(asked: APIOperation) -> st.SearchStrategy[Case] | None:
    """None where nothing can be said wrongly: there are neither parameters nor a body."""
    if not any((asked.path_parameters, asked.query, asked.headers, asked.body)):
        return None
    return asked.as_strategy(GenerationMode.NEGATIVE)


def _naming(case: Case, chance: Any, known: dict[str, list[str]]) -> Case:
    for parameters in (case.path_parameters, case.query):
        for name in list(parameters or {}):
            if name in known and chance.random() < 0.75:
                parameters[name] = chance.choice(known[name])
    case.body = _named(case.body, chance, known)
    return case


def _named(value: Any, chance: Any, known: dict[str, list[str]]) -> Any:
    if isinstance(value, list):
        return [_named(each, chance, known) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: chance.choice(known[name])
        if name in known and isinstance(each, str) and chance.random() < 0.75
        else _named(each, chance, known)
        for name, each in value.items()
    }
