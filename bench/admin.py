"""What each admin page costs with very many sources and articles: CPU of a request, the better of two.

.venv/bin/python -m bench.admin [--sources 10000] [--articles 1000000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from db import archives
from db.engines.sqlite import SqliteEngine
from db.migrate import migrate
from db.store import Store
from feeds.actions.declaring.specs import spec_at
from feeds.model.articles import TopicRule
from tests.fakes import NOON
from tests.web.admin.office import Office

TOPICS, AUTHORS, LABELS, CHANGES = 20, 5_000, 300, 50_000
FIRST = 1_700_000_000_000
PAGES = (
    "/", "/sources", "/sources?page=100", "/sources?q=s99", "/sources?group=trouble", "/sources/s5-example", "/hosts",
    "/sources/s5-example/articles", "/sources/s5-example/settings", "/topics", "/topics/t1", "/topics/t1/rule",
    "/articles", "/articles?q=number+777", "/articles?topic=t3&page=50", "/articles?source=s5-example",
    "/articles?author=author-7", "/articles?mark=withdrawn", "/articles/5", "/articles/5/change", "/authors",
    "/authors/author-7", "/merges", "/feeds", "/feeds?kind=source", "/log", "/log/1", "/log?q=s77-example", "/log?q=nothing", "/settings", "/people",
    "/me", "/me/second", "/add/source", "/add/sources", "/add/topic", "/articles/5/correct", "/write", "/feeds/lint",
    "/feeds/lint?address=/all.atom", "/feeds/mixes", "/feeds/partners", "/feeds/private", "/feeds/push", "/settings/look",
    "/settings/export", "/topics/t1/rename", "/topics/t1/retire",
)  # fmt: skip
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"


def fill(path: Path, sources: int, articles: int) -> None:
    """A database with so much in it, written by SQL alone where rows are many."""
    engine = SqliteEngine(path)
    migrate(engine)
    store = Store(engine)
    store.kept.site_id(lambda: "11111111-2222-4333-8444-555555555555")
    with store.write():
        for number in range(sources):
            store.sources.add(spec_at(f"https://s{number}.example/feed"), NOON)
        for number in range(TOPICS):
            rule = TopicRule(phrases=(f"word{number}",))
            store.topics.put(
                slug=f"t{number}",
                title=f"Topic {number}",
                description="",
                rule=rule,
                origin="admin",
                now=NOON,
            )
    joining = "INSERT INTO memberships (feed_id, article_id, sort_at, joined_seq, left_seq)"
    statements = (
        f"{NUMBERS.format(most=articles)} INSERT INTO articles (id, urn, source_id, url, canonical_url, url_key, title,"
        " first_seen_at, effective_at, updated_at, sort_at, published_at, hash, status, is_date_guessed, is_title_guessed,"
        f" is_restricted) SELECT i, 'urn:x:' || i, 1 + i % {sources}, 'https://x.example/' || i, 'https://x.example/' || i,"
        f" 'x/' || i, 'Title number ' || i, {FIRST} + i * 1000, {FIRST} + i * 1000, {FIRST} + i * 1000,"
        f" {FIRST} + i * 1000, {FIRST} + i * 1000, 'h' || i, 'published', 0, 0, 0 FROM n",
        "INSERT INTO contents (article_id, summary, content_html, images, enclosures) SELECT id, 'A short summary of it',"
        " '<p>' || title || ' and some words that follow it, to have a body.</p>', '[]', '[]' FROM articles",
        "INSERT INTO sightings (source_id, guid, article_id, is_guid_given, first_seen_at, last_seen_at)"
        " SELECT source_id, 'g' || id, id, 1, first_seen_at, first_seen_at FROM articles",
        "INSERT INTO article_categories (article_id, position, label, folded)"
        f" SELECT id, 0, 'Label ' || id % {LABELS}, 'label ' || id % {LABELS} FROM articles",
        f"INSERT INTO article_topics (article_id, topic_id, evidence) SELECT id, 1 + id % {TOPICS}, 'x' FROM articles"
        " WHERE id % 3 = 0",
        f"{NUMBERS.format(most=AUTHORS)} INSERT INTO authors (id, slug, name, domain, bio, links, origin, added_at)"
        f" SELECT i, 'author-' || i, 'Author ' || (i - (i % 50 = 0)), CASE WHEN i % 50 THEN 'x.example' ELSE 'y.example' END,"
        f" '', '[]', 'found', {FIRST} FROM n",
        "INSERT INTO slugs (kind, slug, target_id, is_current, given_at)"
        f" SELECT 'author', slug, id, 1, {FIRST} FROM authors",
        "INSERT INTO author_names (folded, domain, author_id, name) SELECT lower(name), domain, id, name FROM authors",
        "INSERT INTO article_authors (article_id, position, author_id, name)"
        f" SELECT id, 0, 1 + id % {AUTHORS}, 'Author ' || (1 + id % {AUTHORS}) FROM articles",
        "INSERT INTO feeds (kind, target_id, key, changed_seq, changed_at, state)"
        f" VALUES ('all', 0, 'all/', 1, {FIRST}, 'open')",
        "INSERT INTO feeds (kind, target_id, key, changed_seq, changed_at, state)"
        f" SELECT 'author', id, 'author/' || slug, 1, {FIRST}, 'open' FROM authors",
        f"{joining} SELECT f.id, a.id, a.sort_at, a.id, NULL FROM articles a JOIN feeds f ON f.kind = 'all'",
        f"{joining} SELECT f.id, a.id, a.sort_at, a.id, NULL FROM articles a"
        " JOIN feeds f ON f.kind = 'source' AND f.target_id = a.source_id",
        f"{joining} SELECT f.id, a.id, a.sort_at, a.id, NULL FROM articles a JOIN article_authors b ON b.article_id = a.id"
        " JOIN feeds f ON f.kind = 'author' AND f.target_id = b.author_id",
        f"{joining} SELECT f.id, a.id, a.sort_at, a.id, NULL FROM articles a JOIN article_topics m ON m.article_id = a.id"
        " JOIN feeds f ON f.kind = 'topic' AND f.target_id = m.topic_id",
        f"{NUMBERS.format(most=CHANGES)} INSERT INTO changes (id, made_at, who, via, kind, what, steps, effects)"
        f" SELECT i, {FIRST} + i, 'mara', 'page', 'source', 'paused s' || i % {sources} || '-example', '[]', '[]' FROM n",
        f"{NUMBERS.format(most=CHANGES)} INSERT INTO change_subjects (change_id, subject)"
        f" SELECT i, 'source/' || (1 + i % {sources}) FROM n",
        "UPDATE poll_states SET status = CASE WHEN source_id % 100 = 0 THEN 'missing' ELSE 'well' END",
        "ANALYZE",
    )
    with engine.write():
        for statement in statements:
            engine.run(statement)
        archives.close_full(engine, [row["id"] for row in engine.rows("SELECT id FROM feeds")])
    store.close()


def main(arguments: list[str]) -> int:
    """Writes a table of what every page costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=1_000_000)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.db"
        fill(path, given.sources, given.articles)
        print(f"{given.sources:,} sources, {given.articles:,} articles, {path.stat().st_size / 1e6:,.0f} MB")
        office = Office(Path(folder), path)
        web = office.signed_in()
        print("| page | ms |\n| --- | ---: |")
        for page in PAGES:
            web.client.get(f"/admin{page}")
            best = float("inf")
            for _ in range(2):
                # Lists that are remembered for a moment are made anew.
                office.clock.move(seconds=100)
                begun = time.process_time()
                answer = web.client.get(f"/admin{page}")
                best = min(best, time.process_time() - begun)
                assert answer.status_code == 200, (page, answer.status_code)
            print(f"| `/admin{page}` | {best * 1000:.1f} |")
        office.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
