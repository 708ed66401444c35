"""The log as `[log]` says: lines for people, or JSON."""

from __future__ import annotations

import logging
import sys

import msgspec

from feeds.model.settings import Settings


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def start_logging(settings: Settings) -> None:
    """Writes the log to standard error as `[log]` says."""
    handler = logging.StreamHandler(sys.stderr)
    if settings.log.format == "json":
        handler.setFormatter(_JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log.level.upper(), handlers=[handler], force=True)
    for noisy in ("apscheduler", "asyncio", "feedgen"):
        logging.getLogger(noisy).setLevel("WARNING")
    # That a tick is still at work when its turn comes again is meant, and warned of each time.
    logging.getLogger("apscheduler.scheduler").setLevel("ERROR")
