"""Secrets that are named, not written: `env:NAME` and `file:PATH` in settings and stored sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PREFIXES = ("env:", "file:")
MOST_BYTES = 16_384
_SENSITIVE = re.compile(r"(?i)auth|cookie|token|secret|key|pass|session|credential")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)")
_OURS = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "if-none-match", "if-modified-since", "te",
     "accept-encoding", "user-agent", "upgrade", "trailer", "proxy-authorization", "expect"}
)  # fmt: skip


def is_reference(text: str) -> bool:
    """True for `env:NAME` and `file:PATH`."""
    return text.startswith(PREFIXES) and len(text.split(":", 1)[1].strip()) > 0


def reference(text: str) -> str:
    """The reference; raises ValueError for a secret that is written out (and does not repeat it)."""
    if not is_reference(text.strip()):
        raise ValueError("expected env:NAME or file:PATH, so that the secret itself stands nowhere else")
    return text.strip()


def header_line(text: str) -> str:
    """A header as `Name: value`; raises ValueError for what is none, ours to set, or a secret written out."""
    found = _HEADER.fullmatch(text.strip())
    if found is None or any(ord(one) < 32 or ord(one) == 127 for one in text):
        raise ValueError("expected a header such as `Accept-Language: nn`")
    name, value = found[1], found[2].strip()
    if name.lower() in _OURS:
        raise ValueError(f"the header {name} is not for a source to set")
    if _SENSITIVE.search(name) and not is_reference(value):
        raise ValueError(f"the header {name} looks like a secret: write `{name}: env:NAME` or file:PATH")
    return f"{name}: {value}"


def split_header(line: str) -> tuple[str, str]:
    """Name and value of a header line that was checked."""
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def secret_of(text: str, environ: Mapping[str, str], folder: Path) -> str:
    """What a reference stands for, any other text itself; raises ValueError that says what is missing."""
    if not is_reference(text):
        return text
    kind, _, name = text.partition(":")
    name = name.strip()
    if kind == "env":
        if name not in environ:
            raise ValueError(f"the environment variable {name} is not set")
        return environ[name].strip()
    try:
        with (folder / name).open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the file {name} cannot be read ({type(error).__name__})") from error
