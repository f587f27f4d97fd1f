"""Log records to a collector by OTLP, for machines whose stdout nobody collects."""

import json
import os
from datetime import datetime
from typing import Any, Final

from hauberk.infra.settings import Settings
from hauberk.infra.telemetry import tracing

_DELAY_MS: Final = 1_000
_SEVERITIES: Final = {"debug": 5, "info": 9, "warning": 13, "error": 17, "critical": 21}


class ShippedLog:
    """Takes records as JSON, redacted already, and sends them in batches from a thread of its own."""

    _made: "ShippedLog | None" = None

    def __init__(self, settings: Settings) -> None:
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter  # noqa: PLC0415
        from opentelemetry.sdk._logs import LoggerProvider  # noqa: PLC0415
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415

        self.pid = os.getpid()
        self._provider = LoggerProvider(resource=tracing.resource(settings), shutdown_on_exit=False)
        exporter = OTLPLogExporter(
            endpoint=f"{settings.otlp.endpoint}/v1/logs", headers=dict(settings.otlp.header_pairs), timeout=5
        )
        self._provider.add_log_record_processor(
            BatchLogRecordProcessor(exporter, schedule_delay_millis=_DELAY_MS)
        )
        self._logger = self._provider.get_logger("hauberk")

    def take(self, line: str) -> None:
        from opentelemetry._logs import LogRecord, SeverityNumber  # noqa: PLC0415

        fields: dict[str, Any] = json.loads(line)
        at = int(datetime.fromisoformat(fields.pop("at")).timestamp() * 1e9)
        level = str(fields.pop("level", "info"))
        attributes = {
            name: value if isinstance(value, str | int | float | bool) else json.dumps(value)
            for name, value in fields.items()
            if value is not None and name != "event"
        }
        self._logger.emit(
            LogRecord(
                timestamp=at,
                observed_timestamp=at,
                severity_text=level,
                severity_number=SeverityNumber(_SEVERITIES.get(level, 9)),
                body=str(fields.get("event", "")),
                attributes=attributes,
            )
        )

    def close(self) -> None:
        self._provider.shutdown()


def logs_to(settings: Settings) -> ShippedLog | None:
    """The process's own; None where no collector wants them."""
    if not settings.otlp.endpoint or not settings.otlp.logs:
        return None
    made = ShippedLog._made  # noqa: SLF001
    if made is None or made.pid != os.getpid():
        ShippedLog._made = made = ShippedLog(settings)  # noqa: SLF001
    return made


def shutdown() -> None:
    if ShippedLog._made is not None:  # noqa: SLF001
        ShippedLog._made.close()  # noqa: SLF001
        ShippedLog._made = None  # noqa: SLF001
