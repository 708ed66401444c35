"""Named mutations of rules that matter, each against the tests that should catch it: caught or survived.

    .venv/bin/python -m bench.mutations [WORD ...]

Each is made in a copy of the tree, alone; with words, only those whose name holds one of them. The exit code is 1
where one survived, or where its text is no longer in its file once.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_S = 100.0
"""Tests that do not end any more have noticed, too; all of one rule take 45 s at most."""
STORE = ("tests/db/test_store_contract.py", "tests/db/test_writers.py", "tests/db/test_subjects.py")
CLAIMS = ("tests/feeds/actions/test_claims.py", *STORE, "tests/db/test_rests.py")
JOBS = ("tests/feeds/actions/test_jobs.py", *STORE)
WRITES = ("tests/feeds/actions/test_poll_saving.py", *CLAIMS)
FEEDS = ("tests/db/test_counts.py", *STORE)
SHOWN = (
    "tests/feeds/publish/test_compose.py",
    "tests/feeds/publish/test_formats.py",
    "tests/db/test_search.py",
)
AUDIENCE = ("tests/db/test_private_sources.py", "tests/db/test_search.py", "tests/web/public/test_pages.py")
ADDRESSES = ("tests/feeds/http/test_transport.py",)
CONDITIONAL = ("tests/web/server/test_conditional.py",)
POLITE = (
    "tests/db/test_rests.py",
    "tests/feeds/actions/test_claims.py",
    "tests/feeds/ingest/poll/test_visits.py",
)
PAST = ("tests/db/test_counts.py", "tests/web/public/test_past.py")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change that breaks one rule, and who should notice."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


_HELD_HOST = " AND claimed_until_at <= :now AND (rest_until_at"
MUTATIONS = (
    Mutation("claims: of hosts that another holds", "db/hosts.py", _HELD_HOST, " AND (rest_until_at", CLAIMS),
    Mutation("claims: of hosts that rest", "db/hosts.py", "OR rest_until_at <= :now)", "OR 1 = 1)", CLAIMS),
    Mutation("claims: of hosts worked on here", "db/hosts.py", '" AND host NOT IN (:busy*)" if busy', '"" if busy', CLAIMS),
    Mutation("claims: of a domain held by another", "db/hosts.py", "AND d.held_until_at > :now", "AND 1 = 0", CLAIMS),
    Mutation("claims: the number stays", "db/hosts.py", "claim_no = claim_no + 1", "claim_no = claim_no", WRITES),
    Mutation("claims: until is not set", "db/hosts.py", "claimed_by = :owner, claimed_until_at = :until\"", "claimed_by = :owner, claimed_until_at = :until * 0\"", CLAIMS),
    Mutation("claims: another's are extended", "db/hosts.py", "WHERE claimed_by = :owner AND host IN (:hosts*)\"\n            \" RETURNING", "WHERE (claimed_by = :owner OR 1 = 1) AND host IN (:hosts*)\"\n            \" RETURNING", CLAIMS),
    Mutation("claims: extension changes nothing", "db/hosts.py", "SET claimed_until_at = :until WHERE claimed_by", "SET claimed_until_at = claimed_until_at + :until * 0 WHERE claimed_by", CLAIMS),
    Mutation("claims: holds of domains are not extended", "db/domains.py", "SET held_until_at = :until WHERE held_by = :owner\"", "SET held_until_at = held_until_at + :until * 0 WHERE held_by = :owner\"", CLAIMS),
    Mutation("claims: another's are let go", "db/hosts.py", "\" WHERE claimed_by = :owner AND host IN (:hosts*)\",", "\" WHERE (claimed_by = :owner OR 1 = 1) AND host IN (:hosts*)\",", CLAIMS),
    Mutation("claims: a domain is let go beside another host", "db/domains.py", "AND h.claimed_by = :owner)", "AND h.claimed_by = :owner AND 1 = 0)", CLAIMS),
    Mutation("claims: slots of a held domain", "db/domains.py", "OR held_by = :owner OR held_until_at <= :now)", "OR 1 = 1 OR held_by = :owner OR held_until_at <= :now)", CLAIMS),
    Mutation("claims: what is lost is asked on", "feeds/actions/gathering/claims.py", "return host in self._lost", "return False", CLAIMS),
    Mutation("claims: a pause is not noticed", "feeds/actions/gathering/claims.py", "and now >= self._until", "and now > self._until + self._settings.claim", CLAIMS),
    Mutation("fences: a late result counts", "db/hosts.py", "if numbers.get(host) != claim_no)", "if False)", WRITES),
    Mutation("fences: a late check passes", "db/hosts.py", 'row["claim_no"] != claim_no', "False", WRITES),
    Mutation("touched: numbered in no order", "db/touched.py", "OVER (ORDER BY id)", "OVER (ORDER BY id DESC)", FEEDS),
    Mutation("touched: the newest first", "db/touched.py", "WHERE seq IS NULL ORDER BY id LIMIT", "WHERE seq IS NULL ORDER BY id DESC LIMIT", FEEDS),
    Mutation("touched: pruned before search has read", "db/touched.py", "AND seq <= :upto", "AND (seq <= :upto OR 1 = 1)", FEEDS),
    Mutation("counts: joins count twice", "db/touched.py", '("joined", "joined_seq", 1)', '("joined", "joined_seq", 2)', FEEDS),
    Mutation("counts: leaving does not count", "db/touched.py", '("left", "left_seq", -1)', '("left", "left_seq", 0)', FEEDS),
    Mutation("jobs: the lease is not extended", "db/jobs.py", "UPDATE jobs SET claimed_until_at = :until WHERE id", "UPDATE jobs SET claimed_until_at = claimed_until_at + :until * 0 WHERE id", JOBS),
    Mutation("jobs: the work is not held", "feeds/actions/operating/jobs.py", "until=tools.clock() + JOB_LEASE)\n            )\n            if how", "until=tools.clock())\n            )\n            if how", JOBS),
    Mutation("jobs: a lost lease is not noticed", "feeds/actions/operating/jobs.py", 'if how != "held":', "if False:", JOBS),
    Mutation("jobs: another's result is overwritten", "db/jobs.py", "finished_at = :now, claimed_by = NULL\"\n            \" WHERE id = :id AND state = 'running' AND claimed_by = :owner\"", "finished_at = :now, claimed_by = NULL\"\n            \" WHERE id = :id AND (claimed_by = :owner OR 1 = 1)\"", JOBS),
    Mutation("jobs: another's progress is overwritten", "db/jobs.py", "message = :message\"\n            \" WHERE id = :id AND state = 'running' AND claimed_by = :owner\"", "message = :message\"\n            \" WHERE id = :id AND (claimed_by = :owner OR 1 = 1)\"", JOBS),
    Mutation("jobs: attempts are not counted", "db/jobs.py", "attempts = attempts + 1", "attempts = attempts", JOBS),
    Mutation("rest: an article page's wish is not heard", "feeds/actions/gathering/rounds.py", "return page is not None and polite_domain", "return False and page is not None and polite_domain", POLITE),
    Mutation("rest: a page of another domain ends the round", "feeds/actions/gathering/rounds.py", "polite_domain(host_of(page.url)) == polite_domain(due.host)", "True", POLITE),
    Mutation("rest: a source's wish is not heard", "feeds/actions/gathering/rounds.py", "if domain_cooldown(polled.result, due.poll.failure_count) is not None:", "if False:", POLITE),
    Mutation("rest: a host's wish is not heard", "feeds/actions/gathering/rounds.py", "resting.add(due.host)", "pass", POLITE),
    Mutation("guard: private IPv4", "feeds/http/address_guard.py", "10.0.0.0/8 ", "", ADDRESSES),
    Mutation("guard: links' own addresses", "feeds/http/address_guard.py", "169.254.0.0/16 ", "", ADDRESSES),
    Mutation("guard: Azure's own", "feeds/http/address_guard.py", "168.63.129.16/32", "168.63.129.17/32", ADDRESSES),
    Mutation("guard: site-local IPv6", "feeds/http/address_guard.py", "address in UNICAST_6 and not", "not", ADDRESSES),
    Mutation("guard: ISATAP", "feeds/http/address_guard.py", " or _is_isatap(address)", "", ADDRESSES),
    Mutation("guard: one of two hidden addresses is enough", "feeds/http/address_guard.py", "return all(is_public", "return any(is_public", ADDRESSES),
    Mutation("guard: 6to4", "feeds/http/address_guard.py", "if address.sixtofour is not None:", "if False:", ADDRESSES),
    Mutation("guard: the sample's port", "feeds/http/address_guard.py", "(host, port) == self.sample", "self.sample is not None and host == self.sample[0]", ADDRESSES),
    Mutation("etag: the tag of gzip is not known", "web/server/conditional.py", 'current = {shown.etag, f"{shown.etag}-gzip", f"{shown.etag}-br"}', "current = {shown.etag}", CONDITIONAL),
    Mutation("etag: the date is asked beside a tag", "web/server/conditional.py", "return any(tag in current for tag in _TAG.findall(tags))", "if any(tag in current for tag in _TAG.findall(tags)):\n            return True", CONDITIONAL),
    Mutation("etag: any tag will do", "web/server/conditional.py", "any(tag in current", "any(True", CONDITIONAL),
    Mutation("etag: later than the client's date", "web/server/conditional.py", "shown.changed_at <= since", "shown.changed_at >= since", CONDITIONAL),
    Mutation("etag: 304 without a tag", "web/server/conditional.py", "return Answer(status=304, headers=tuple(sent)", "return Answer(status=304, headers=()", CONDITIONAL),
    Mutation("share: pictures of what is not shared whole", "feeds/publish/compose.py", 'images = _images(article) if share == "full" else ()', "images = _images(article)", SHOWN),
    Mutation("share: files of what is not shared whole", "feeds/publish/compose.py", 'enclosures=_enclosures(article) if share == "full" else ()', "enclosures=_enclosures(article)", SHOWN),
    Mutation("share: an excerpt is all", "feeds/publish/compose.py", "short = excerpt(text, most)", "short = text", SHOWN),
    Mutation("share: a headline made of the text", "feeds/publish/compose.py", "(not title or _is_of_text(title, article))", "(not title)", SHOWN),
    Mutation("share: terms do not count", "feeds/publish/compose.py", "is_restricted=article.is_restricted)", "is_restricted=False)", SHOWN),
    Mutation("share: search reads whole what is an excerpt", "feeds/publish/compose.py", "running_text(article.content_html), excerpt_chars),)", "running_text(article.content_html), excerpt_chars * 99),)", SHOWN),
    Mutation("audience: a password is nothing", "feeds/model/audience.py", "options.user or options.password or", "options.user or", AUDIENCE),
    Mutation("audience: a secret header is nothing", "feeds/model/audience.py", "or has_secret_header)", "or False)", AUDIENCE),
    Mutation("audience: a secret address is nothing", "feeds/model/audience.py", "bool(has_secret_address or ", "bool(", AUDIENCE),
    Mutation("audience: articles join feeds", "db/saving.py", "    if source.is_private:\n        return\n", "", AUDIENCE),
    Mutation("audience: an edit brings them in", "db/saving.py", 'found["status"] != "published" or found["is_private"]', 'found["status"] != "published"', AUDIENCE),
    Mutation("audience: the source's feed is open", "db/sources.py", "if found.is_private:", "if False:", AUDIENCE),
    Mutation("audience: a carrier's feed shows them", "db/sources.py", " AND is_private = 0", "", AUDIENCE),
    Mutation("audience: search finds them", "db/subjects/search.py", " and not one.source.is_private", "", AUDIENCE),
    Mutation("past: the place itself again", "db/memberships.py", "(sort_at, article_id) < (:sort", "(sort_at, article_id) <= (:sort", PAST),
    Mutation("past: of one moment only the first", "db/memberships.py", "(sort_at, article_id) < (:sort, :article)", "sort_at < :sort AND :article >= 0", PAST),
    Mutation("past: what has left shows", "db/memberships.py", '"SELECT article_id FROM memberships WHERE feed_id = :feed AND left_seq IS NULL', '"SELECT article_id FROM memberships WHERE feed_id = :feed', PAST),
    Mutation("past: a month begins where it ends", "web/public/past.py", "datetime(year + month // 12, month % 12 + 1, 1", "datetime(year, month, 1", PAST),
)  # fmt: skip


def main() -> int:
    """Prints each mutation's fate."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("words", nargs="*", metavar="WORD", help="part of a mutation's name")
    words = options.parse_args().words
    chosen = [one for one in MUTATIONS if not words or any(word in one.name for word in words)]
    if not chosen:
        print(f"No mutation is named {' or '.join(words)}. Without a word, all are tried.", file=sys.stderr)
        return 2
    bad: list[str] = []
    with tempfile.TemporaryDirectory(prefix="feedwright-mutations-") as folder:
        tree = Path(folder)
        _copy(tree)
        for mutation in chosen:
            started = time.monotonic()
            fate = _tried(tree, mutation)
            print(f"{fate:<9}{time.monotonic() - started:6.1f} s  {mutation.name}", flush=True)
            if fate != "caught":
                bad.append(mutation.name)
    print(f"{len(chosen) - len(bad)} of {len(chosen)} caught")
    return 1 if bad else 0


def _copy(tree: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.split()
    for name in listed:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tree / name)


def _tried(tree: Path, mutation: Mutation) -> str:
    path = tree / mutation.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.before) != 1:
        return "not there"
    path.write_text(text.replace(mutation.before, mutation.after), encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", *mutation.tests],
            cwd=tree,
            capture_output=True,
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return "caught"
    finally:
        path.write_text(text, encoding="utf-8")
    # In one process, since several answer 2 both for a failure and for tests that could not be run.
    # 1: tests failed; anything else than 0 and 1 means that they could not be run.
    return {0: "survived", 1: "caught"}.get(ended.returncode, "not run")


if __name__ == "__main__":
    sys.exit(main())
