"""The web server around the API: Granian by default, Gunicorn with Uvicorn workers, or Uvicorn alone."""

from hauberk.infra.web_server.running import run

__all__ = ["run"]
