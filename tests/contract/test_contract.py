"""The API keeps its word: requests made from the OpenAPI document, valid and broken ones, are answered as it says.

A small set for every run; `make contract` asks two hundred times as often, with another chance each time.
"""

import copy
import os

import pytest
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contract import described

# Threads of the application are in this process too, and spread their retries by chance while an example is drawn.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

EXAMPLES = int(os.environ.get("HAUBERK_CONTRACT_EXAMPLES", "4"))
KEPT_WORDS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
SECONDS = 40
REFUSED = (401,) if EXAMPLES < 50 else (401, 429)  # who guesses for twenty minutes is told to wait
TOLERANT = ("post", "/api/v1/reports")  # takes what browsers of all ages report, and does not argue with them
TOO_LONG = (413, 414)  # it is not looked at, so nothing is said of what is wrong in it

chance = settings(settings.get_profile("contract"), max_examples=EXAMPLES, derandomize=EXAMPLES < 50)
once = settings(settings.get_profile("contract"), max_examples=1)


def each(operations):
    return pytest.mark.parametrize(("method", "path"), operations)


class Caller:
    """The tenant's administrator by token; in a browser, where a token may not."""

    def __init__(self, site, method, path):
        self._site = site
        self.member = site.tenant(method, path).member
        self._headers = dict(self.member.headers)
        self._is_signed_in = False

    def ask(self, case):
        answer = case.call(base_url=self._site.url, headers=self._headers, timeout=SECONDS)
        needs_session = answer.status_code == 403 and answer.json()["type"].endswith(":session_needed")
        if needs_session and not self._is_signed_in:
            self._is_signed_in = True
            cookie, csrf = self._site.session(self.member)
            self._headers = {"Cookie": cookie, "X-CSRF-Token": csrf}
            answer = case.call(base_url=self._site.url, headers=self._headers, timeout=SECONDS)
        return answer


@pytest.mark.long
@pytest.mark.timeout(60 + 2 * EXAMPLES)
@each(described.operations())
def test_answers_are_as_described(site, method, path):
    caller = Caller(site, method, path)

    @chance
    @given(case=described.cases(method, path, known=site.tenant(method, path).known))
    def asked(case):
        is_tolerated = (method, path) == TOLERANT or (
            case.body is NOT_SET and described.may_be_without_body(method, path)
        )
        answer = caller.ask(case)
        # Of a parameter that is there several times the last one counts.
        is_repeated = any(isinstance(value, list) for value in (case.query or {}).values())
        is_tolerated |= answer.status_code in TOO_LONG or is_repeated
        case.validate_response(answer, checks=KEPT_WORDS[:-1] if is_tolerated else KEPT_WORDS)

    asked()


@each(described.secured())
def test_whoever_is_not_signed_in_is_refused_whatever_he_sends(site, method, path):
    known = site.tenant(method, path).known

    @once
    @given(case=described.cases(method, path, known=known, modes=(GenerationMode.POSITIVE,)))
    def asked(case):
        for headers in (
            {},
            {"Authorization": "Bearer hbk_000000000000_" + "a" * 43},
            {"Cookie": "hauberk=x"},
        ):
            answer = case.call(base_url=site.url, headers=headers, timeout=SECONDS)
            assert answer.status_code in REFUSED, answer.text

    asked()


@each(described.secured(with_body=True))
def test_a_field_that_is_not_described_is_refused_by_name(site, method, path):
    caller = Caller(site, method, path)
    known = site.tenant(method, path).known

    @once
    @given(case=described.cases(method, path, known=known, modes=(GenerationMode.POSITIVE,)))
    def asked(case):
        case.media_type = "application/json"
        case.body = {**copy.deepcopy(case.body if isinstance(case.body, dict) else {}), "undescribed": 1}
        answer = caller.ask(case)
        assert answer.status_code == 422, answer.text
        assert "/undescribed" in {each["pointer"] for each in answer.json()["errors"]}, answer.text

    asked()


@pytest.mark.long
def test_what_is_asked_elsewhere_is_still_there():
    assert {(method, path) for path, by in described.document()["paths"].items() for method in by} >= (
        described.ELSEWHERE
    )
