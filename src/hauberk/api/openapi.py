"""The OpenAPI document: every route with the refusals it may answer with, and a page that shows it."""

import asyncio
import base64
import hashlib
from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

import hauberk
from hauberk.features.identity.access import CSRF_SCHEME, SESSION_SCHEME
from hauberk.features.identity.serving import EVERYWHERE, Problem, refusals

PREFIX = "/api/v1"
PUBLIC_TAG = "public"
DESCRIPTION = """\
Sign in with `POST /auth/login` and send the cookie (writes also need `X-CSRF-Token`), or send a token:
`Authorization: Bearer hbk_…`. Lists take `limit` (1..200) and `cursor` or `offset`. Errors are problem documents
(RFC 9457) with a `request_id` to quote."""

router = APIRouter(include_in_schema=False)


_described: dict[tuple[int, ...], tuple[list[object], dict[str, Any]]] = {}
"""By their routes: applications of one process have the same, and describing those takes half a second."""


def describe(app: FastAPI) -> dict[str, Any]:
    """Made once; what FastAPI makes, with our problem document in the place of its own error schema."""
    routes = [getattr(route, "original_router", route) for route in app.routes]
    numbers = tuple(map(id, routes))
    if numbers not in _described:
        _described[numbers] = (routes, _document(app))  # kept with them, so that no other gets their numbers
    return _described[numbers][1]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Hauberk",
        version=hauberk.__version__,
        description=DESCRIPTION,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    # Routes depend on the token's scheme alone: each would be looked for in every request, and the caller is found once.
    for scheme in (SESSION_SCHEME, CSRF_SCHEME):
        model = jsonable_encoder(scheme.model, by_alias=True, exclude_none=True)
        document["components"].setdefault("securitySchemes", {})[scheme.scheme_name] = model
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    everywhere = EVERYWHERE if path.startswith(PREFIX) else (429, 500)
    for code, answer in refusals(*everywhere).items():
        if code in (401, 403) and "security" not in operation:
            continue
        if code == 422 and "parameters" not in operation and "requestBody" not in operation:
            answers.pop("422", None)
            continue
        answers[str(code)] = answer
    if "{" in path:
        answers.setdefault("404", refusals(404)[404])
    if path.startswith(PREFIX) and "parameters" in operation:
        answers.update({"414": refusals(414)[414]})
    if "requestBody" in operation:
        for code, answer in refusals(413, 415, 422).items():
            answers.setdefault(str(code), answer)
    # A session or a token: alternatives, of which FastAPI lists each alone.
    if "security" in operation:
        session: dict[str, list[str]] = {"session": []}
        if method not in ("get", "head"):
            session["csrf"] = []
        operation["security"] = [{"token": []}, session]


@router.get("/api/v1/openapi.json")
async def read_document(request: Request) -> Response:
    """Made and written in a thread: the first time takes half a second, in which others are answered."""
    return await asyncio.to_thread(lambda: JSONResponse(describe(request.app)))


def _content(name: str) -> str:
    return resources.files("hauberk.api").joinpath("documentation", name).read_text(encoding="utf-8")


def _file(name: str, media_type: str) -> Response:
    return Response(_content(name), media_type=media_type)


def _page() -> str:
    """With the hash of its script, as the front end's page has it."""
    digest = base64.b64encode(hashlib.sha384(_content("page.js").encode()).digest()).decode()
    return _content("page.html").replace("<script defer", f'<script defer integrity="sha384-{digest}"')


@router.get("/api/v1/docs")
async def read_page() -> Response:
    return Response(_page(), media_type="text/html")


@router.get("/api/v1/docs/page.js")
async def read_script() -> Response:
    return _file("page.js", "text/javascript")


@router.get("/api/v1/docs/page.css")
async def read_styles() -> Response:
    return _file("page.css", "text/css")
