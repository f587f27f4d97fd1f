"""Errors: their documents, their words, and whether the API's own document tells of them."""

import re
from typing import Any

import httpx2

from hauberk.api.checks.requests import FAULT, refusals
from hauberk.infra.readiness import Answer, NoDocumentError, Probe, failed, passed, readiness

INSIDE = ("Traceback", "site-packages", "sqlalchemy", "psycopg", "SELECT ", '.py"')
_MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}
_PROBLEM = "application/problem+json"
TRIED = 12
_NOT_THERE = {403, 404, 422}
_PARAMETER = re.compile(r"\{[^}]*\}")
_ALWAYS = {"406", "500", "503", "504"}


@readiness("ERR-1")
async def problem_documents(probe: Probe) -> Answer:
    answers = await refusals(probe)
    for expected, answer in answers.items():
        if other := _is_other(expected, answer):
            return failed(other, FAULT)
        if missing := _MEMBERS - set(answer.json()):
            return failed(f"The {expected} problem has no {', '.join(sorted(missing))}.", FAULT)
        if answer.json()["request_id"] != answer.headers.get("x-request-id"):
            return failed(f"The {expected} problem names another request than its header.", FAULT)
    return passed(f"{', '.join(map(str, answers))}: each a problem document with its request id.")


def _is_other(expected: int, answer: httpx2.Response) -> str | None:
    """What came in its place, as a proxy's own page does."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code == expected and kind == _PROBLEM:
        return None
    return f"Instead of a {expected} problem: {answer.status_code} {kind}."


@readiness("WEB-5")
async def errors_are_for_people(probe: Probe) -> Answer:
    for code, answer in (await refusals(probe)).items():
        if other := _is_other(code, answer):
            return failed(other, FAULT)
        if found := [word for word in INSIDE if word in answer.text]:
            return failed(f"A {code} shows {', '.join(found)}.", FAULT)
        if not answer.json().get("detail"):
            return failed(f"A {code} says nothing to the person.", FAULT)
    codes = ", ".join(map(str, await refusals(probe)))
    return passed(f"{codes}: a sentence and a request id, no traceback, path or SQL.")


@readiness("ERR-6")
async def wrong_values_are_named(probe: Probe) -> Answer:
    answer = (await refusals(probe))[422]
    if other := _is_other(422, answer):
        return failed(other, FAULT)
    wrong = answer.json().get("errors", [])
    named = [each["pointer"] for each in wrong]
    if named != ["/value"] or not wrong[0].get("message"):
        return failed(f"A wrong value was told as {named}.", FAULT)
    return passed(f"A wrong value is 422, names its field and says: {wrong[0]['message']}")


@readiness("ERR-2")
async def refusals_are_documented(probe: Probe) -> Answer:
    """Every operation of the API's own document, by what it takes and by what it does."""
    try:
        document = await probe.document()
    except NoDocumentError as error:
        return failed(str(error), FAULT)
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    silent = []
    for method, path, operation in operations:
        if lacks := _lacking(method, path, operation):
            silent.append(f"{method.upper()} {path}: {', '.join(sorted(lacks))}")
    if silent or not operations:
        return failed(f"Not documented: {'; '.join(silent[:5]) or 'there is no operation'}.", FAULT)
    asked = await _refused_otherwise(probe, document["paths"])
    if isinstance(asked, str):
        return failed(asked, FAULT)
    told = sum(code >= "400" for *_, operation in operations for code in operation["responses"])
    return passed(
        f"All {len(operations)} operations document what they refuse with: {told} refusals, each with an example."
        f" Of something that is not there {asked} told as their document says."
    )


async def _refused_otherwise(probe: Probe, paths: dict[str, Any]) -> int | str:
    """What the document says, tried: the first places of single things are asked for one that there is not."""
    headers = (await probe.tenant()).headers
    asked = 0
    for path in [path for path, methods in paths.items() if "get" in methods and path.count("{") == 1][
        :TRIED
    ]:
        answer = await probe.site.http.get(_PARAMETER.sub("there-is-none", path), headers=headers)
        if answer.status_code == 429:
            break  # others have asked much; what was not asked was not refused either
        kind = answer.headers.get("content-type", "")
        if answer.status_code not in _NOT_THERE or kind != _PROBLEM:
            return f"GET {path} of something that is not there answered {answer.status_code} {kind}."
        if str(answer.status_code) not in paths[path]["get"]["responses"]:
            return f"GET {path} answered {answer.status_code}, which its document does not tell."
        asked += 1
    return asked


def _lacking(method: str, path: str, operation: dict[str, Any]) -> set[str]:
    answers = operation["responses"]
    needed = {"500"} if path.startswith("/health") else {"429", *_ALWAYS}
    needed |= {"401", "403"} if "security" in operation else set()
    needed |= {"404"} if "{" in path else set()
    needed |= {"413", "415", "422"} if "requestBody" in operation and method != "delete" else set()
    needed |= {"422"} if any(each.get("in") == "query" for each in operation.get("parameters", ())) else set()
    lacks = needed - set(answers)
    if not any(code < "400" for code in answers):
        lacks.add("a success")
    for code, answer in answers.items():
        content = answer.get("content", {}).get(_PROBLEM)
        if code >= "400" and not path.startswith("/health") and not (content and "example" in content):
            lacks.add(f"an example of {code}")
    return lacks
