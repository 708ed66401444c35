"""Counters of this process and the sum over all: each process keeps one small file in a folder.

A file that nobody has touched for an hour belongs to a process that is gone and is removed; to
Prometheus that looks like any restart.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

WRITE_EVERY = timedelta(seconds=5)
FORGET_AFTER = timedelta(hours=1)

log = logging.getLogger(__name__)


class Counters:
    """Counts by name; names carry their labels, as Prometheus writes them."""

    def __init__(self, folder: Path, *, started_at: datetime, process_id: int | None = None) -> None:
        self._folder = folder
        self._file = folder / f"{process_id or os.getpid()}-{int(started_at.timestamp() * 1000)}.json"
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._written_at = started_at

    def add(self, name: str, amount: int = 1) -> None:
        """Counts."""
        with self._lock:
            self._counts[name] += amount

    def count(self, kind: str, status: int, sent_bytes: int) -> None:
        """Counts an answer by what it was about and its status."""
        self.add(f'responses_total{{kind="{kind}",status="{status}"}}')
        self.add("sent_bytes", sent_bytes)

    def write_if_due(self, now: datetime) -> None:
        """Leaves the counts for the other processes to sum, every few seconds."""
        if now - self._written_at >= WRITE_EVERY:
            self.write(now)

    def write(self, now: datetime) -> None:
        """Leaves the counts for the other processes to sum. A full disk costs the sum, not the page."""
        self._written_at = now
        with self._lock:
            text = json.dumps(self._counts)
        draft = self._file.with_suffix(".new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._file)
        except OSError as fault:
            log.warning("counters cannot be kept in %s: %s", self._folder, fault)

    def total(self, now: datetime) -> Counter[str]:
        """The sum over this process and all others of the same installation."""
        with self._lock:
            summed = Counter(self._counts)
        if not self._folder.is_dir():
            return summed
        for path in self._folder.glob("*.json"):
            if path == self._file:
                continue
            try:
                if now.timestamp() - path.stat().st_mtime > FORGET_AFTER.total_seconds():
                    path.unlink()
                    continue
                counts = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if isinstance(counts, dict):
                summed.update({str(name): int(count) for name, count in counts.items()})
        return summed
