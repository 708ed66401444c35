"""What `bench.year` measures of a store each month, and what it makes of it: tables, and a verdict."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import statistics
import time
from dataclasses import dataclass, field
from datetime import datetime

from db.engines.engine import Engine
from feeds.model.settings import Settings
from parts.backups import database_file
from parts.store import open_store

FROM_MONTH = 4
"""`[keep]` has set in by then."""
MOST_GROWTH, MOST_MEMORY, MOST_COST = 1.1, 1.1, 1.25
LITTLE_BYTES, LITTLE_MS, LITTLE_HIGH_MS = 400_000, 1.0, 20.0
"""Growth below that is none: tables begin with pages of their own, and a shared machine measures a tick unevenly."""
FOREVER = {
    "articles": "identity", "sightings": "identity", "aliases": "identity", "pages": "identity",
    "tombstones": "tombstones", "memberships": "what left which feed, for readers that were away", "archives": "archive documents",
    "slugs": "addresses", "feeds": "addresses", "authors": "identity", "author_names": "identity",
}  # fmt: skip
"""Kept for ever by design; their growth is told in bytes a year."""
LATER = {"partner_ledger": 400, "partner_uses": 400, "alerts": 365}
"""Tables that are pruned after more than a month of this year: days."""
POLLS_EACH = 100
"""Reports of polls that are kept of a source by default; quiet sources take more than a year to have as many."""
YARDSTICK = "yardstick"
LINEAR = {"backup": "copies and reads all that is stored"}
"""Ticks whose cost goes with what is stored by design; it is judged by the row: a copy's indexes are read row by row."""


@dataclass(slots=True)
class Month:
    """The site at the end of a month."""

    number: int
    articles: int
    versions: int
    main_bytes: int
    free_bytes: int
    log_bytes: int
    rows: dict[str, int]
    sizes: dict[str, int]
    alerts: dict[str, int]
    stale_alerts: tuple[str, ...]
    """Open alerts of sources that answer."""
    rss: int = 0
    polls: int = 0
    spent: dict[str, list[float]] = field(default_factory=dict)

    @staticmethod
    def head() -> str:
        """The titles of the columns of `row`."""
        return (
            f"{'month':>5} {'articles':>9} {'identities':>10} {'polls':>8} {'main MB':>8} {'free MB':>8} {'log MB':>7}"
            f" {'RSS MB':>7} {'round ms':>9} {'p99':>7}  open alerts"
        )

    def costs(self) -> str:
        """The dearest ticks of the month, in CPU milliseconds a round."""
        mean = {name: statistics.fmean(several) for name, several in self.spent.items()}
        dearest = sorted(mean, key=lambda name: -mean[name])[:8]
        return " ".join(f"{name} {mean[name]:.0f}" for name in dearest)

    def row(self) -> str:
        """One line of the monthly table; a round is all ticks of a step together."""
        costs = [several for name, several in self.spent.items() if name != YARDSTICK]
        rounds = [sum(one) for one in zip(*costs, strict=True)]
        return (
            f"{self.number:>5} {self.articles:>9,} {self.rows['articles']:>10,} {self.polls:>8,} {self.main_bytes / 1e6:>8.1f}"
            f" {self.free_bytes / 1e6:>8.1f} {self.log_bytes / 1e6:>7.1f} {self.rss / 1e6:>7.1f}"
            f" {statistics.median(rounds):>9.1f} {high(rounds):>7.1f}  {self.alerts or 'none'}"
        )


def yardstick() -> float:
    """CPU milliseconds of work that is always the same, of the kinds that ticks do: how quick the machine is just now."""
    before = time.process_time()
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE yards (id INTEGER PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL)")
    connection.execute("CREATE INDEX yards_by_name ON yards (name)")
    rows = [
        (f"name {number * 7919 % 2003}", json.dumps({"number": number, "text": "tide " * 20}))
        for number in range(2_000)
    ]
    connection.executemany("INSERT INTO yards (name, body) VALUES (?, ?)", rows)
    found = connection.execute("SELECT name, body FROM yards ORDER BY name").fetchall()
    hashlib.blake2b("".join(json.loads(body)["text"] for _, body in found).encode()).digest()
    connection.close()
    return (time.process_time() - before) * 1000


def high(several: list[float]) -> float:
    """The 99th percentile."""
    return sorted(several)[min(len(several) - 1, int(len(several) * 0.99))]


def measured(settings: Settings, number: int, now: datetime) -> Month:
    """The store as it is now."""
    store, path = open_store(settings), database_file(settings)
    try:
        rows, sizes, free = counted(store.engine)
        opened = store.alerts.open_ones()
        alerts = {
            kind: sum(one.kind == kind for one in opened) for kind in sorted({one.kind for one in opened})
        }
        well = {
            row["slug"]
            for row in store.engine.rows(
                "SELECT s.slug FROM sources s JOIN poll_states p ON p.source_id = s.id WHERE p.failure_count = 0"
            )
        }
        stale = tuple(
            f"{one.subject}: {one.message}" for one in opened if one.kind == "source" and one.subject in well
        )
        log = path.with_name(f"{path.name}-wal") if path is not None else None
        return Month(
            number=number,
            articles=store.upkeep.counts()["articles"],
            versions=rows["versions"],
            main_bytes=path.stat().st_size if path is not None else sum(sizes.values()),
            free_bytes=free,
            log_bytes=log.stat().st_size if log is not None and log.exists() else 0,
            rows=rows,
            sizes=sizes,
            alerts=alerts,
            stale_alerts=stale,
        )
    finally:
        store.close()


def counted(engine: Engine) -> tuple[dict[str, int], dict[str, int], int]:
    """Rows and bytes of each table, indexes included, and the bytes that stand free in the file."""
    if engine.name == "postgres":
        found = engine.rows(
            "SELECT relname AS name, pg_total_relation_size(oid) AS size FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        sizes, free = {row["name"]: row["size"] for row in found}, 0
    else:
        found = engine.rows(
            "SELECT COALESCE(m.tbl_name, d.name) AS name, sum(d.pgsize) AS size FROM dbstat AS d"
            " LEFT JOIN sqlite_master AS m ON m.name = d.name GROUP BY 1"
        )
        sizes = {row["name"]: row["size"] for row in found}
        free = (
            engine.rows("PRAGMA freelist_count")[0]["freelist_count"]
            * engine.rows("PRAGMA page_size")[0]["page_size"]
        )
    rows = {
        name: engine.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"]
        for name in sizes
        if not name.startswith(("sqlite_", "_words"))
    }
    return rows, sizes, free


def print_report(months: list[Month]) -> int:
    """Prints ticks, tables and the verdict; 1 where something grew that should not."""
    shown = [months[place - 1] for place in (1, FROM_MONTH, 8, 12) if place <= len(months)]
    if months[-1] not in shown:
        shown.append(months[-1])
    print("\nCPU of a tick, ms: median / 99th percentile")
    print(f"{'tick':<16}" + "".join(f"{f'month {one.number}':>20}" for one in shown))
    for name in shown[0].spent:
        cells = (f"{statistics.median(one.spent[name]):.2f} / {high(one.spent[name]):.1f}" for one in shown)
        print(f"{name:<16}" + "".join(f"{cell:>20}" for cell in cells))
    print("\nRows and kB of each table")
    print(f"{'table':<20}" + "".join(f"{f'month {one.number}':>22}" for one in shown))
    for name, size in sorted(shown[-1].sizes.items(), key=lambda one: -one[1]):
        if size >= 100_000:
            cells = (f"{one.rows.get(name, 0):,} {one.sizes.get(name, 0) // 1000:>9,}" for one in shown)
            print(f"{name:<20}" + "".join(f"{cell:>22}" for cell in cells))
    if len(months) <= FROM_MONTH:
        print("\nNo verdict: it takes more than four months.")
        return 0
    return verdict(months[FROM_MONTH - 1], months[-1])


def verdict(first: Month, last: Month) -> int:
    """Prints what grew between two months; 1 where it should not have."""
    span, faults = (last.number - first.number) / 12, list[str]()
    print(f"\nFrom month {first.number} to month {last.number}")
    for name, why in FOREVER.items():
        gain, rows = (
            (last.sizes[name] - first.sizes[name]) / span,
            (last.rows[name] - first.rows[name]) / span,
        )
        print(f"kept for ever ({why}): {name:<14} {gain / 1e6:8.2f} MB and {rows:>10,.0f} rows a year")
    forever = sum(last.sizes[name] - first.sizes[name] for name in FOREVER)
    print(f"kept for ever, together: {forever / span / 1e6:.1f} MB a year")
    for name, size in last.sizes.items():
        gain = size - first.sizes.get(name, 0)
        if name in LATER and gain > 0:
            print(f"kept for {LATER[name]} days: {name} grew by {gain / 1e6:.2f} MB")
        elif name == "polls":
            most = POLLS_EACH * last.rows["sources"]
            print(f"kept by number: polls, {last.rows[name]:,} of at most {most:,} rows")
            if last.rows[name] > most:
                faults.append(f"table polls holds {last.rows[name]:,} rows")
        elif name not in FOREVER and gain > LITTLE_BYTES and size > first.sizes.get(name, 0) * MOST_GROWTH:
            faults.append(f"table {name} grew from {first.sizes.get(name, 0):,} to {size:,} bytes")
    rest = [
        sum(size for name, size in one.sizes.items() if name not in FOREVER and name not in LATER)
        for one in (first, last)
    ]
    print(f"all other tables: {rest[0] / 1e6:.1f} MB, then {rest[1] / 1e6:.1f} MB ({rest[1] / rest[0]:.3f})")
    if rest[1] > rest[0] * MOST_GROWTH:
        faults.append("the other tables together grew")
    print(f"memory: {first.rss / 1e6:.0f} MB, then {last.rss / 1e6:.0f} MB ({last.rss / first.rss:.3f})")
    if last.rss > first.rss * MOST_MEMORY:
        faults.append("memory grew")
    for name, why in LINEAR.items():
        costs = [high(one.spent[name]) for one in (first, last)]
        by_row = [
            cost * 1000 / sum(one.rows.values()) for cost, one in zip(costs, (first, last), strict=True)
        ]
        told = f"tick {name}: {by_row[0]:.2f}, then {by_row[1]:.2f} ms for 1,000 rows"
        print(f"linear by design ({why}): {told}")
        if by_row[1] > by_row[0] * MOST_COST and costs[1] - costs[0] > LITTLE_HIGH_MS:
            faults.append(told)
    faults += grown_ticks(first, last)
    faults += [f"an alert that does not close: {one}" for one in last.stale_alerts]
    print("verdict: " + ("flat" if not faults else "; ".join(faults)))
    return 1 if faults else 0


def grown_ticks(first: Month, last: Month) -> list[str]:
    """The ticks that cost more in the later month, beside those that may."""
    faults = list[str]()
    pace = statistics.median(last.spent[YARDSTICK]) / statistics.median(first.spent[YARDSTICK])
    print(
        f"the machine took {pace:.2f} times as long for the same work in the later month; ticks are held against that"
    )
    for name, several in last.spent.items():
        for what, of, little in (
            ("median", statistics.median, LITTLE_MS),
            ("99th percentile", high, LITTLE_HIGH_MS),
        ):
            before, after = of(first.spent[name]) * pace, of(several)
            if name not in (*LINEAR, YARDSTICK) and after > before * MOST_COST and after - before > little:
                faults.append(f"tick {name}: the {what} went from {before:.1f} to {after:.1f} ms")
    return faults
