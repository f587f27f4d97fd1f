"""Where browsers tell that a page tried what our policy forbids: counted, and noted without what the page showed."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request
from prometheus_client import Counter

from hauberk.infra.security_headers import REPORTS_PATH

MOST_AT_ONCE = 20
_EXTENSIONS = ("chrome-extension", "moz-extension", "safari-extension", "safari-web-extension")
_WORDS = frozenset(
    {"inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink", "data", "blob"}
)
_DIRECTIVE = re.compile(
    r"(default|script|style|img|font|connect|manifest|worker|object|frame|media)-src(-elem|-attr)?"
    r"|form-action|base-uri|frame-ancestors|require-trusted-types-for|trusted-types"
)

_EXAMPLE = {"effectiveDirective": "img-src", "blockedURL": "https://example.org/pixel.png"}

REPORTS = Counter(
    "csp_reports_total", "What pages tried against our content policy", ["directive", "blocked"]
)
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"examples": [example]}}
            for kind, example in (
                ("application/reports+json", [{"type": "csp-violation", "body": _EXAMPLE}]),
                ("application/csp-report", {"csp-report": {"effective-directive": "img-src"}}),
                ("application/json", [{"type": "csp-violation", "body": _EXAMPLE}]),
            )
        },
    }
}

router = APIRouter(tags=["health"])
log = structlog.get_logger(__name__)


@router.post(REPORTS_PATH, status_code=204, openapi_extra=_BODY)
async def take_reports(request: Request) -> None:
    """Take what a browser reports. Whoever can send anything can send this, so it is counted and believed no further."""
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError):
        return
    for report in (given if isinstance(given, list) else [given])[:MOST_AT_ONCE]:
        if isinstance(report, dict):
            _count(report)


def _count(report: dict[str, Any]) -> None:
    """A report of the Reporting API, or the older kind with hyphens."""
    body = report.get("body") if report.get("type") == "csp-violation" else report.get("csp-report")
    if not isinstance(body, dict):
        return
    directive = str(
        body.get("effectiveDirective") or body.get("effective-directive") or body.get("violated-directive")
    )
    blocked = _kind(str(body.get("blockedURL") or body.get("blocked-uri") or ""))
    page = _path(str(body.get("documentURL") or body.get("document-uri") or "")[:2000])
    directive = directive if _DIRECTIVE.fullmatch(directive) else "other"
    REPORTS.labels(directive, blocked).inc()
    log.warning("content_policy_violated", directive=directive, blocked=blocked, page=page[:200])


def _path(url: str) -> str:
    """Of what may be no address at all."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _kind(blocked: str) -> str:
    """A few words, for a label must not take every address that somebody makes up."""
    if blocked in _WORDS:
        return blocked
    scheme = blocked.partition(":")[0]
    if scheme in _EXTENSIONS:
        return "browser-extension"
    return scheme if scheme in ("data", "blob", "http", "https", "ws", "wss") else "other"
