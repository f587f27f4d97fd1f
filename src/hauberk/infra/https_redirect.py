"""The plain-HTTP listener beside HTTPS: it answers every request with the same path under the public URL."""

import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_PATH_CHARS = 8_000


class Redirect(BaseHTTPRequestHandler):
    """Never uses the request's Host header: only the configured address is ever named."""

    target = ""
    timeout = 10
    server_version = "hauberk"
    sys_version = ""

    def answer(self) -> None:
        path = self.path if self.path.startswith("/") and not self.path.startswith("//") else "/"
        self.send_response(308)
        self.send_header("Location", self.target + path[:MAX_PATH_CHARS])
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Requests are counted where they are served."""


def run(host: str, port: int, target: str) -> None:
    Redirect.target = target
    listener = type(
        "Listener",
        (ThreadingHTTPServer,),
        {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET},
    )
    listener((host, port), Redirect).serve_forever()


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), sys.argv[3])
