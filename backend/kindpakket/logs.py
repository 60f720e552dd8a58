"""Logs: one line for each event on standard error, for programs or for people."""

import logging
import sys
import traceback
from pathlib import Path
from typing import Literal, TextIO, cast

import structlog
from structlog.typing import Processor

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "console"]


class _StandardError:
    """Standard error as it is at the moment: tests replace it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


class _Libraries(logging.StreamHandler[TextIO]):
    """The handler for lines of libraries, which use the standard library's logging."""


def configure(level: Level, form: Format, stream: TextIO | None = None) -> None:
    """Set up the logs of this process, those of libraries from warnings on.

    No line has the values of variables: tracebacks have source lines only.

    Args:
        stream: where lines go; by default standard error.
    """
    stream = cast(TextIO, _StandardError()) if stream is None else stream
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor]
    if form == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback
        last = [structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    libraries = _Libraries(stream)
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=[remove, *last])
    )
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, _Libraries)]
    root.addHandler(libraries)


def place_of(error: Exception) -> dict[str, str]:
    """Return the kind of an error and the line that raised it, for a log: not its message, which
    may have values in it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"error": type(error).__name__, "where": where}
