"""Structured log lines on standard output: one event a line, with the request id bound while a request runs."""

import io
import logging
import sys
import traceback
from typing import Any

import structlog


def configure(log_format: str, level: str) -> None:
    """Set up logging once for the process. `log_format` is `json` or `text`; third-party loggers join at warning."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # in a file, too, a line is there when it was written
        sys.stdout.reconfigure(line_buffering=True)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    exceptions = structlog.processors.ExceptionRenderer(format_without_messages)
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, exceptions, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, exceptions, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def format_without_messages(exc_info: Any) -> str:
    """Return the traceback and the types of an error and its causes, without messages: they may quote personal data."""
    error: BaseException | None = exc_info[1]
    parts: list[str] = []
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        parts.insert(0, "".join(traceback.format_tb(error.__traceback__)) + kind)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nled to\n".join(parts)


log: structlog.stdlib.BoundLogger = structlog.get_logger("keepwarm")
"""The one logger. Events are short phrases; what varies goes into fields, never personal data or secrets."""
