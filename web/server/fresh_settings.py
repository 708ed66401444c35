"""The settings with the declarations of the config file as it is now: their change renews no process."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace

from feeds.config.load import load
from feeds.errors import ConfigError
from feeds.model.settings import Settings


class FreshSettings:
    """Reads the file again where it was written since."""

    def __init__(self, settings: Settings) -> None:
        self._begun = settings
        self._fresh: tuple[tuple[int, int], Settings] = ((0, 0), settings)

    def __call__(self) -> Settings:
        """The settings; the former ones where the file is gone or wrong."""
        try:
            stat = self._begun.path.stat()
            mark = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            return self._fresh[1]
        if mark != self._fresh[0]:
            with contextlib.suppress(ConfigError):
                found = load(self._begun.path, os.environ)
                self._fresh = (mark, replace(self._begun, declarations=found.declarations))
        return self._fresh[1]
