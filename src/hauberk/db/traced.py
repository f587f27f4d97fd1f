"""Statements as spans: the driver's own cursors, so that nothing passes by them. Only used where traces are on."""

from typing import Any

import psycopg

from hauberk.infra.telemetry import tracing


class TracedCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if not tracing.is_recording():
            return super().execute(query, params, **options)
        name, attributes = tracing.statement(query)
        with tracing.span(name, "client", attributes):
            return super().execute(query, params, **options)


class TracedAsyncCursor(psycopg.AsyncCursor[Any]):
    async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        if not tracing.is_recording():
            return await super().execute(query, params, **options)
        name, attributes = tracing.statement(query)
        with tracing.span(name, "client", attributes):
            return await super().execute(query, params, **options)
