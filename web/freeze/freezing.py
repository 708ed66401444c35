"""Freezes a site: walks all its addresses, writes what they answer, and the configurations that answer so again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from db.store import Store
from feeds.actions.publishing.publish import publish_touched, site_info
from feeds.actions.publishing.site_look import site_look
from feeds.errors import RenderError
from feeds.model.outgoing import FeedKey
from feeds.model.settings import Settings
from web.app import create_app
from web.freeze import caddy, nginx
from web.freeze.asking import Asked, Asker
from web.freeze.catalog import Catalog, file_of, open_catalog
from web.freeze.tree import UNDATED, Tree, new_state
from web.freeze.walk import walk
from web.language import Spoken, gettext, spoken
from web.problems import NOTHING, problem_html
from web.public.look import look_paths
from web.public.past import months_of
from web.public.sample import FOLDER, MEDIA_TYPES

SITE, GONE, PROBLEMS, MAPS = "site", "gone", "problems", "nginx"
SERVERS = ("nginx", "caddy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What a freeze came to."""

    addresses: int
    moved: int
    gone: int
    written: int
    """Files that are new or other than in the former state."""
    kept: int
    """Files that are as they were."""
    removed: int
    """Files of the former state that are no more."""
    path: Path


def freeze(
    settings: Settings,
    store: Store,
    folder: Path,
    *,
    now: datetime,
    servers: tuple[str, ...] = SERVERS,
    progress: Callable[[int, int, str], None] = lambda done, total, at: None,
) -> Frozen:
    """The public site in `folder/current`, as it answers now. `progress` hears how far it is."""
    publish_touched(store, now)
    app = create_app(
        settings=settings,
        store_factory=lambda: store,
        clock=lambda: now,
        is_refreshing=False,
        is_keeping=False,
        begun=site_look(settings.site, store),
    )
    total = _guess(store, settings.site.timezone)
    with new_state(folder, now) as tree:
        catalog = open_catalog(
            site_info(settings).base_url, folder.resolve(), tree.begun(f"{MAPS}/addresses.map")
        )
        with catalog.addresses:
            taker = _Taker(Asker(app, catalog.base_url), tree, catalog, is_marked="caddy" in servers)
            done = 0
            for done, at in enumerate(walk(store, taker, _samples(settings, store)), 1):
                progress(done, max(total, done), at)
        _write_problems(app, tree, now)
        root = f"{catalog.folder}/{tree.final.name}"
        if "nginx" in servers:
            for name, text in nginx.configuration(catalog, root).items():
                tree.put(name, text.encode())
        else:
            (tree.path / f"{MAPS}/addresses.map").unlink()
        if "caddy" in servers:
            tree.put("Caddyfile", caddy.configuration(catalog, root).encode())
    return Frozen(
        addresses=sum(catalog.counts.values()),
        moved=len(catalog.moved),
        gone=taker.gone,
        written=tree.written,
        kept=tree.kept,
        removed=tree.gone,
        path=tree.final,
    )


class _Taker:
    """Asks the app for each address and puts down what it answers."""

    def __init__(self, asker: Asker, tree: Tree, catalog: Catalog, *, is_marked: bool) -> None:
        self._asker, self._tree, self._catalog, self._is_marked = asker, tree, catalog, is_marked
        self._at, self._pasts = "", set[str]()
        self.gone = 0

    def take(self, path: str, *, past: str = "", kind: str = "") -> Asked:
        """Asks for the address, or a place in its past, and puts down what is there."""
        asked = self._asker.get(path, f"{kind}={past}" if past else "")
        if past:
            if path != self._at:
                self._at, self._pasts = path, set()
            self._pasts.add(past)
        if asked.status == 200:
            self._put(asked, past, kind)
        elif asked.status in (307, 308):
            self._catalog.moved[path] = (asked.status, asked.location)
        elif asked.status == 410:
            self._tree.put(f"{GONE}{path}.html", asked.body)
            self.gone += 1
        elif asked.status >= 500:
            raise RenderError(f"{path} could not be frozen: the site itself answers {asked.status} there.")
        return asked

    def has(self, path: str, past: str) -> bool:
        """True if that place of that address was put down."""
        return path == self._at and past in self._pasts

    def note_month(self, month: str, place: str) -> None:
        """A month is read backwards from that place."""
        self._catalog.months[month] = place

    def _put(self, asked: Asked, past: str, kind: str) -> None:
        name = f"{SITE}/{file_of(asked, past, kind)}"
        stated = asked.changed_at.timestamp() if asked.changed_at is not None else UNDATED
        dated = self._tree.put(name, asked.body, changed_at=stated)
        if asked.changed_at is not None:
            # The same bytes keep the date under which readers know them.
            asked = replace(asked, changed_at=datetime.fromtimestamp(dated, tz=UTC))
        if asked.gzipped is not None:
            self._tree.put(f"{name}.gz", asked.gzipped, changed_at=dated)
        number = self._catalog.add(asked, past)
        if self._is_marked:
            self._tree.put(f"{name}.etag", f'"{asked.etag}"'.encode())
            if asked.gzipped is not None:
                self._tree.put(f"{name}.gz.etag", f'"{asked.etag}-gzip"'.encode())
            if not self._catalog.is_first(number):
                self._tree.put(f"{name}.h{number}", b"")


def _guess(store: Store, timezone: str) -> int:
    """About how many steps there are, if every feed goes back as far as the oldest: enough for whoever waits."""
    counts = store.upkeep.counts()
    months = len(months_of(store.feeds.span(FeedKey(kind="all")), timezone))
    return int(counts["articles"] * 1.2) + (months + 3) * int(counts["feeds"]) + 20


def _samples(settings: Settings, store: Store) -> Iterator[str]:
    yield from look_paths(settings, store)
    if settings.sample_base is not None:
        for path in sorted(FOLDER.iterdir()):
            if path.is_file() and path.suffix in MEDIA_TYPES:
                yield f"/sample/{path.name}"


def _write_problems(app: Flask, tree: Tree, now: datetime) -> None:
    with app.test_request_context("/frozen"):
        ended = Spoken(
            gettext(
                "This site is kept as it was on %(day)s. Searches, mixes of your own, private addresses, the API and"
                " subscriptions by push or mail have ended. Articles and feeds are still at their addresses.",
                day=spoken().day(now),
            )
        )
        tree.put(f"{PROBLEMS}/404.html", problem_html(404, NOTHING).encode())
        tree.put(f"{PROBLEMS}/ended.html", problem_html(410, ended).encode())
