"""The command: builds the clients, shows them one article, then walks them through the states; exit code 1 where one fails there."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.clients.article import PATH, judged, stages
from bench.clients.entries import Client, MissingError, Shown
from bench.clients.keepers import KEEPERS
from bench.clients.parsers import PARSERS
from bench.clients.walking import Watch
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from tests.conftest import SITE
from tests.walk import FEEDS, Site, served_site, walk, walking_newsroom

CLIENTS = {**PARSERS, **KEEPERS}
SHOWN_FAULTS = 4
"""Of one client; more are only counted."""


def main() -> int:
    """Prints both tables; returns the exit code."""
    parser = argparse.ArgumentParser(prog="bench.clients", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=CLIENTS, default=list(CLIENTS), metavar="NAME")
    only = parser.parse_args().only
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="feedwright-clients-") as folder, ExitStack() as stack:
        clients: list[Client] = []
        for name in only:
            if (client := _built(name, Path(folder) / name)) is not None:
                stack.callback(client.close)
                clients.append(client)
        _show_article(clients, Path(folder))
        return _walk_states(clients, Path(folder))


def _built(name: str, place: Path) -> Client | None:
    started = time.monotonic()
    place.mkdir()
    try:
        client: Client = CLIENTS[name](place)
    except (MissingError, OSError) as fault:
        print(f"{name} is left out: {fault}", flush=True)
        return None
    print(f"{client.name} {client.version}, ready in {time.monotonic() - started:.0f} s", flush=True)
    return client


@contextmanager
def _site(place: Path) -> Iterator[Site]:
    place.mkdir()
    engine = SqliteEngine(place / "site.db")
    migrate(engine)
    store = Store(engine)
    store.kept.site_id(lambda: SITE)
    with served_site(walking_newsroom(store), place / "site.db") as site:
        yield site
    store.close()


def _show_article(clients: Sequence[Client], folder: Path) -> None:
    seen: dict[tuple[str, str], list[Shown]] = {}
    with _site(folder / "article") as site:
        for _ in stages(site):
            for client in clients:
                urls = {f"{site.address}{PATH}.{format}": format for format in client.formats}
                for shown in client.look(list(urls)):
                    seen.setdefault((client.name, urls[shown.url]), []).append(shown)
    print("\n| client | format | what it does not show |\n| --- | --- | --- |")
    for (name, format), (first, then) in seen.items():
        fault = first.error or then.error
        print(f"| {name} | {format} | {fault or judged(format, first.entries, then.entries)} |")


def _walk_states(clients: Sequence[Client], folder: Path) -> int:
    watches: list[Watch] = []
    with _site(folder / "walk") as site:
        for client in clients:
            urls = [f"{site.address}{path}.{format}" for path in FEEDS for format in client.formats]
            watches.append(Watch(client, urls))
        for state, count in walk(site):
            for watch in watches:
                watch.look(state, count)
    print("\n| client | feeds | states | what went wrong |\n| --- | --- | --- | --- |")
    for watch in watches:
        wrong = "; ".join(watch.wrong[:SHOWN_FAULTS]).replace(site.address, "") or "nothing"
        wrong += f"; and {len(watch.wrong) - SHOWN_FAULTS} more" if len(watch.wrong) > SHOWN_FAULTS else ""
        print(f"| {watch.client.name} | {len(watch.urls)} | {watch.states} | {wrong} |")
    return int(any(watch.wrong for watch in watches))


if __name__ == "__main__":
    sys.exit(main())
