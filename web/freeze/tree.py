"""Writes a folder of files beside the present one, which then takes its place at once.

`FOLDER/current` leads to the newest whole state. What is the same as in the former one is linked, not written; the
former one stays until the next, for servers that have not been told yet.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from feeds.errors import RequestError

CURRENT = "current"
PART = ".part"
MARK = ".feedwright-frozen"
_STATE = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
UNDATED = 0
"""The file time of what has no Last-Modified: web servers send none for it."""


class Tree:
    """One state of the folder while it is written."""

    def __init__(self, path: Path, former: Path | None, final: Path) -> None:
        self.path, self.former, self.final = path, former, final
        self.written = self.kept = self.gone = 0
        self._folders: set[str] = set()

    def put(self, name: str, body: bytes, *, changed_at: float = UNDATED) -> float:
        """Writes one file, or links it where it was the same; returns the time that the file bears."""
        target, old = self.path / name, self.former / name if self.former is not None else None
        self._make_room(target.parent)
        found = _same(old, body)
        if old is not None and found is not None and (found == UNDATED) == (changed_at == UNDATED):
            self.kept += 1
            _link(old, target)
            return found
        self.written += 1
        with target.open("xb") as file:
            file.write(body)
        target.chmod(0o644)
        os.utime(target, (changed_at, changed_at))
        return changed_at

    def begun(self, name: str) -> Path:
        """The path of a file, empty yet, that the caller writes itself."""
        path = self.path / name
        self._make_room(path.parent)
        path.touch()
        path.chmod(0o644)
        return path

    def _make_room(self, folder: Path) -> None:
        if str(folder) not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            for one in (folder, *folder.parents):
                if one == self.path.parent or str(one) in self._folders:
                    break
                one.chmod(0o755)
                self._folders.add(str(one))


@contextmanager
def new_state(folder: Path, now: datetime) -> Iterator[Tree]:
    """A state to be filled; it takes the present one's place at the end, or leaves no trace where it failed."""
    _take(folder)
    lock = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RequestError(f"Another freeze writes into {folder} at this moment.") from error
        for left in folder.glob(f"*{PART}"):
            if _STATE.fullmatch(left.name.removesuffix(PART)):
                shutil.rmtree(left)
        present = folder / CURRENT
        former = present.resolve() if present.is_symlink() and present.exists() else None
        final = _free(folder, f"{now:%Y%m%dT%H%M%SZ}")
        tree = Tree(final.with_name(final.name + PART), former, final)
        tree.path.mkdir()
        tree.path.chmod(0o755)
        try:
            yield tree
            tree.gone = _count_gone(tree)
            os.sync()
            tree.path.rename(final)
            _point(present, final.name)
        finally:
            # After the renaming there is nothing left by that name.
            shutil.rmtree(tree.path, ignore_errors=True)
        staying = {final.name, former.name if former is not None else ""}
        for one in folder.iterdir():
            if _STATE.fullmatch(one.name) and one.name not in staying:
                shutil.rmtree(one)
    finally:
        os.close(lock)


def _take(folder: Path) -> None:
    """Raises RequestError if the folder holds what is not ours: it would be deleted by and by."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MARK).exists() and any(folder.iterdir()):
        raise RequestError(f"{folder} holds other files. Name a folder that is empty, or not there yet.")


def _free(folder: Path, name: str) -> Path:
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path


def _point(link: Path, name: str) -> None:
    beside = link.with_name(f"{CURRENT}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(name)
    beside.replace(link)


def _same(old: Path | None, body: bytes) -> float | None:
    """The time of the former file where it holds the same bytes; else None."""
    if old is None:
        return None
    try:
        stated = old.stat()
        if stated.st_size != len(body) or old.read_bytes() != body:
            return None
    except OSError:
        return None
    return stated.st_mtime


def _link(old: Path, target: Path) -> None:
    try:
        target.hardlink_to(old)
    except OSError:
        # A file system without links, or a file with too many.
        shutil.copy2(old, target)


def _count_gone(tree: Tree) -> int:
    if tree.former is None:
        return 0
    count = 0
    for folder, _, names in os.walk(tree.former):
        here = tree.path / Path(folder).relative_to(tree.former)
        count += sum(not (here / name).exists() for name in names)
    return count
