"""A folder of text, Markdown or HTML files as a listing: one article a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from feeds.model.articles import Draft, DraftFeed
from feeds.model.fetched import Failed, Fetched
from feeds.model.incoming import Source

KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "page",
    ".htm": "page",
}
MOST_FILES = 20_000


def folder_of(source: Source) -> Path:
    """Where the files are."""
    return Path(unquote(urlsplit(source.fetch_url).path))


def list_folder(source: Source) -> tuple[Fetched, DraftFeed] | Failed:
    """The folder's state, and a draft without text for each file; Failed where it cannot be read.

    Files whose name begins with a dot, and links that lead out of the folder, are passed over. The
    guid is the file's path within the folder; its hash tells size and time of change.
    """
    folder = folder_of(source)
    if not folder.is_dir():
        return Failed(url=source.slug, state="missing", detail=f"There is no folder {folder}.")
    drafts: list[Draft] = []
    faults: list[str] = []
    try:
        for path in _files(folder):
            if len(drafts) >= MOST_FILES:
                faults.append(f"The folder holds more than {MOST_FILES} files; the others were left out.")
                break
            stat = path.stat()
            name = path.relative_to(folder).as_posix()
            if not _is_text(name):
                # No store takes such a name; it must not keep all others from being read.
                shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                faults.append(f"{shown}: the name is not in UTF-8; rename the file.")
                continue
            drafts.append(_draft(name, stat.st_size, stat.st_mtime_ns, is_closed=not _may_read(path)))
    except OSError as error:
        return Failed(
            url=source.slug, state="unreadable", detail=f"The folder cannot be read: {error.strerror}."
        )
    listed = "\n".join((*(f"{one.guid}\0{one.hash}" for one in drafts), *faults))
    state = hashlib.sha256(listed.encode()).hexdigest()[:32]
    fetched = Fetched(url=source.fetch_url, body=b"", content_type="", body_hash=f"folder-{state}")
    return fetched, DraftFeed(
        format="folder",
        title=folder.name,
        drafts=tuple(drafts),
        entry_count=len(drafts),
        # Of files that were left out nobody knows whether they are still there.
        names=frozenset(one.guid for one in drafts) if len(drafts) < MOST_FILES else frozenset(),
        faults=tuple(faults),
    )


def read_file(source: Source, guid: str, most: int) -> bytes | Failed:
    """What the file holds; Failed where it is too large, gone, or not within the folder."""
    folder = folder_of(source)
    path = folder / guid
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return Failed(url=guid, state="refused", detail=f"{guid} lies outside the folder.")
        with path.open("rb") as file:
            body = file.read(most + 1)
    except OSError as error:
        return Failed(url=guid, state="missing", detail=f"{guid} cannot be read: {error.strerror}.")
    if len(body) > most:
        return Failed(url=guid, state="large", detail=f"{guid} is larger than {most:,} bytes.")
    return body


def kind_of(name: str) -> str | None:
    """page, text or markdown by the file's ending; None for other files."""
    return KINDS.get(os.path.splitext(name)[1].lower())


def _files(folder: Path) -> Iterator[Path]:
    inside = folder.resolve()
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root) / name
            if kind_of(name) is None or name.startswith(".") or not path.is_file():
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                continue
            yield path


def _is_text(name: str) -> bool:
    """True for a name of characters alone; bytes that are none stand in it as surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _may_read(path: Path) -> bool:
    return os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)


def _draft(name: str, size: int, changed_ns: int, *, is_closed: bool) -> Draft:
    # Giving leave to read a file moves no time of it: it would never be tried again.
    state = "-closed" if is_closed else ""
    return Draft(
        guid=name,
        is_guid_given=True,
        url=None,
        canonical_url=None,
        title=name,
        summary="",
        content_html="",
        published_at=None,
        modified_at=datetime.fromtimestamp(changed_ns // 1_000_000_000, UTC),
        hash=f"{size}-{changed_ns}{state}",
    )
