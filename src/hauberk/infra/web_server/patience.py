"""A connection that was accepted in the moment of stopping is answered.

Uvicorn closes what has no request when it stops. Whoever connected just before has sent one, which only was not read yet, and
would find the connection closed: under Gunicorn, each time that processes are replaced.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SILENT_SECONDS = 1.0
"""How long after it was told to stop a connection may still send its first request."""


class PatientProtocol(HttpToolsProtocol):
    def shutdown(self) -> None:
        if self.cycle is None:
            self.loop.call_later(SILENT_SECONDS, super().shutdown)
        else:
            super().shutdown()
