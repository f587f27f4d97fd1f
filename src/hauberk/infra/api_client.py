"""The client of a Hauberk server, for the command line: finds server and token, and turns problems into sentences."""

import json
import os
import sys
from pathlib import Path
from typing import Any, Final, Self

import httpx2

from hauberk.kit.errors import Refusal, Unauthenticated, Unavailable

DEFAULT_URL: Final = "http://127.0.0.1:8000"
TIMEOUT: Final = httpx2.Timeout(30.0, connect=5.0)
UPLOAD_TIMEOUT: Final = httpx2.Timeout(30.0, connect=5.0, read=120.0, write=60.0)


class ProblemError(Refusal):
    """The server's refusal: its problem document's words, and the document itself."""

    default_code = "problem"

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.document = document
        fields = [f"{each['pointer']}: {each['message']}" for each in document.get("errors") or ()]
        request = document.get("request_id")
        words = [document.get("detail") or document.get("title") or f"The server answered {status}.", *fields]
        super().__init__("\n  ".join(words) + (f" (request {request})" if request and status >= 500 else ""))


class ApiClient:
    """`client.get("/findings", q="is:open")`; paths are below /api/v1. Use it as a context manager."""

    def __init__(self, url: str, token: str | None, *, transport: httpx2.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._http = httpx2.Client(
            base_url=f"{self.url}/api/v1", headers=headers, timeout=TIMEOUT, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self.request("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Any = None) -> Any:
        return self.request("POST", path, json=body)

    def request(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON (None when it has none). Raises ProblemError, Unavailable."""
        answer = self.send(method, path, **options)
        return answer.json() if answer.content else None

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """The answer itself, for its headers; raises as `request`."""
        try:
            answer = self._http.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"{self.url} cannot be reached ({type(error).__name__}: {error}). Is the server running?"
            ) from error
        if not answer.is_success:
            raise _problem(answer)
        return answer


def _problem(answer: httpx2.Response) -> ProblemError:
    try:
        document = answer.json()
    except ValueError:
        document = {"detail": f"The server answered {answer.status_code} without a problem document."}
    return ProblemError(answer.status_code, document if isinstance(document, dict) else {})


def credentials_file() -> Path:
    """Where `hauberk login` keeps tokens, by server: mode 600, in the person's own configuration folder."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "hauberk" / "credentials.json"


def kept_tokens() -> dict[str, str]:
    """Token by server; empty when nobody ever logged in."""
    try:
        found = json.loads(credentials_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep_token(url: str, token: str) -> Path:
    """Remembers the token of a server; the last one logged in to is the default server."""
    path = credentials_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    tokens = {known: kept for known, kept in kept_tokens().items() if known != url} | {url: token}
    draft = path.with_suffix(".new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(tokens, file, indent=1)
    draft.replace(path)
    return path


def connect() -> ApiClient:
    """Server from HAUBERK_URL, token from HAUBERK_TOKEN, else what `hauberk login` kept."""
    tokens = kept_tokens()
    url = (os.environ.get("HAUBERK_URL") or next(reversed(tokens), DEFAULT_URL)).rstrip("/")
    token = os.environ.get("HAUBERK_TOKEN") or tokens.get(url)
    if not token:
        raise Unauthenticated(
            f"There is no token for {url}: set HAUBERK_TOKEN, or run 'hauberk login {url}' once."
        )
    return ApiClient(url, token)
