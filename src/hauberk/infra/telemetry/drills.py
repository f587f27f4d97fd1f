"""The drill of error reports: one is sent on purpose, with planted secrets, and seen to arrive without them."""

import asyncio
import json
import secrets
from typing import Any, Final

import sentry_sdk
from sentry_sdk.transport import HttpTransport

from hauberk.infra.readiness import Outcome, Probe, drill
from hauberk.infra.settings import Settings
from hauberk.infra.telemetry import errors

ERROR_REPORT: Final = "error-report"
CANARY: Final = "canary0123456789abcdefCANARY0123456789abcdef"


class ReadinessDrillError(Exception):
    """What people see in the error tracker."""


@drill(ERROR_REPORT, breaks="sends one error, marked as a drill, to the error tracker", timeout=60)
async def error_report(probe: Probe) -> Outcome:
    if probe.inside.settings.sentry.dsn is None:
        return Outcome(False, "HAUBERK_SENTRY_DSN is not set.")
    return await asyncio.to_thread(_send, probe.inside.settings)


def _send(settings: Settings) -> Outcome:
    answers: list[int] = []
    sent: list[dict[str, Any]] = []

    class Watched(HttpTransport):
        def _request(self, *args: Any, **options: Any) -> Any:
            answer = super()._request(*args, **options)
            answers.append(answer.status)
            return answer

    def keep(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
        sent.append(errors.scrub(event, hint))
        return sent[-1]

    client = sentry_sdk.Client(**{**errors.options(settings), "transport": Watched, "before_send": keep})
    mark = f"drill-{secrets.token_hex(4)}"
    with sentry_sdk.new_scope() as scope:
        scope.set_client(client)
        scope.set_tag("request_id", mark)
        try:
            _fail()
        except ReadinessDrillError as error:
            scope.capture_exception(error)
    client.close(timeout=10)
    if not sent or CANARY in json.dumps(sent, default=str):
        return Outcome(False, "A planted secret passed into the report.")
    if not any(200 <= each < 300 for each in answers):
        return Outcome(False, f"The server of HAUBERK_SENTRY_DSN did not take it ({answers or 'no answer'}).")
    return Outcome(
        True,
        f"Error {mark} of release {sent[0]['release']} was accepted, without the planted secrets.",
        {"server": settings.sentry.server},
    )


def _fail() -> None:
    password = f"hbk_0123456789ab_{CANARY}"
    raise ReadinessDrillError(
        f"A drill, nothing is wrong: not shown are '{password}' and https://x:{CANARY}@db"
    )
