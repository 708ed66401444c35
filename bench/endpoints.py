"""Whether any public address can be brought to fail, tell a secret or stop: all that strangers send, over real HTTP.

    .venv/bin/python -m bench.endpoints [--engine sqlite|postgres] [--few] [--endpoint NAME …] [--threads N] [--show]

A site with one of everything (`bench.endpoint_site`) is served by its real processes. Every rule of the URL map is asked
with odd words in each place, parameters, headers, methods and bodies (`bench.endpoint_requests`); then come forged and
replayed tokens, what tells private things apart from unknown ones, addresses that lead inside, and requests that never
end (`bench.endpoint_scenes`). Exits non-zero for each answer of 5xx, each secret, path or piece of markup in an answer,
each redirect elsewhere, each refusal of the API without problem details, each answer later than a few seconds, and for each
address of the URL map that nothing here covers. `bench.attacks` is the same for what hostile sources answer.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from werkzeug.routing import Rule

from bench.endpoint_requests import (
    EVIL,
    ODD,
    SAFE,
    WORDS,
    Answer,
    Sent,
    ask,
    authorization,
    bodies,
    in_addresses,
    in_bodies,
    in_headers,
    in_questions,
    places,
    target_of,
)
from bench.endpoint_scenes import SCENES
from bench.endpoint_site import Besieged, besieged
from bench.processes import pss_of

SLOWEST_S = 5.0
MOST_GROWTH = 150_000_000
"""Bytes that the family may have grown by at the end."""
FEW = 1_500
"""Requests of a short run, drawn by chance; each rule and method is among them."""
MARKUP = ("html", "xml")
TAKING_AWAY = (
    "api.change_article", "api.correct_article", "api.change_source", "api.put_topic", "api.retire_topic", "api.remove_source",
    "digests.end",
)  # fmt: skip
SERVER_OWN = (400, 414, 431)
"""What granian answers by itself, without a body, to what is no HTTP."""


def main() -> int:
    """Prints each fault once for each endpoint, and what was asked."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--few", action="store_true", help="a sample of the requests")
    options.add_argument(
        "--endpoint", nargs="*", default=[], help="only these endpoints, or those that begin so"
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--threads", type=int, default=6)
    options.add_argument("--show", action="store_true", help="print the log of the site at the end")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="feedwright-endpoints-") as folder,
        besieged(Path(folder)) as site,
    ):
        faults = [f"{name}: nothing here covers it" for name in uncovered(site)]
        before = sum(pss_of(site.process).values())
        asked = list(requests(site, chosen.endpoint))
        if chosen.few:
            asked = sample(asked, FEW, random.Random(7))
        began = time.monotonic()
        found, statuses = attacked(site, asked, chosen.threads)
        faults += found
        print(
            f"{len(asked):,} requests in {time.monotonic() - began:.0f} s: {dict(sorted(statuses.items()))}"
        )
        for name, scene in SCENES.items():
            if not chosen.endpoint:
                found = list(scene(site))
                print(f"{name}: {len(found)} faults")
                faults += found
        growth = sum(pss_of(site.process).values()) - before
        print(f"memory grew by {growth / 1e6:.0f} MB")
        if growth > MOST_GROWTH:
            faults.append(f"memory grew by {growth / 1e6:.0f} MB")
        log = site.log.read_text(encoding="utf-8", errors="replace")
        if "Traceback" in log:
            faults.append("the site's log holds a traceback; --show prints it")
        if chosen.show:
            print(log)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def rules(site: Besieged) -> Iterator[tuple[Rule, str]]:
    """Every rule with each method that it knows; what takes things away comes last, so that the others find them."""
    for rule in sorted(
        site.app.url_map.iter_rules(),
        key=lambda rule: TAKING_AWAY.index(rule.endpoint) if rule.endpoint in TAKING_AWAY else -1,
    ):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def uncovered(site: Besieged) -> list[str]:
    """Endpoints that the tables of `bench.endpoint_requests` do not know."""
    known, found = bodies(site), []
    for rule, method in rules(site):
        right = places(site, rule.endpoint)
        if any(not right.get(name) for name in rule.arguments):
            found.append(f"{rule.endpoint} ({rule.rule}): a place without a right value")
        if method not in SAFE and rule.endpoint not in known and not rule.endpoint.startswith("admin."):
            found.append(f"{rule.endpoint} ({method} {rule.rule}): no right body")
    return found


def requests(
    site: Besieged, only: Iterable[str] = (), *, odd: Sequence[str] = ODD, words: Sequence[str] = WORDS
) -> Iterator[Sent]:
    """All that is sent, with these odd words in addresses and these in parameters and fields."""
    begins = tuple(only)
    for rule, method in rules(site):
        if begins and not rule.endpoint.startswith(begins):
            continue
        is_admin = rule.endpoint.startswith("admin.")
        yield Sent(endpoint=rule.endpoint, method=method, target=target_of(site, rule))
        yield from in_addresses(site, rule, method, odd if not is_admin else odd[:12])
        yield from in_headers(site, rule, method)
        if method == "GET":
            yield from in_questions(site, rule, words if not is_admin else words[:4], is_each=not is_admin)
        else:
            yield from in_bodies(site, rule, method, words if not is_admin else ())


def sample(asked: list[Sent], count: int, chance: random.Random) -> list[Sent]:
    """Some of them, at least one of each endpoint and method, and few large bodies."""
    by_kind: dict[tuple[str, str], list[Sent]] = {}
    for one in asked:
        if len(one.body) < 1_000_000:
            by_kind.setdefault((one.endpoint, one.method), []).append(one)
    each = max(1, count // len(by_kind))
    return [one for several in by_kind.values() for one in chance.sample(several, min(each, len(several)))]


def attacked(site: Besieged, asked: Iterable[Sent], threads: int) -> tuple[list[str], Counter[int]]:
    """What is wrong with the answers, each kind of fault once for each endpoint; and how many of each status came."""
    faults: dict[tuple[str, str], str] = {}
    statuses: Counter[int] = Counter()

    def one(sent: Sent) -> None:
        answer = ask(site.port, sent)
        statuses[answer.status] += 1
        for kind in judged(site, sent, answer):
            faults.setdefault(
                (sent.endpoint, kind.split(":")[0]),
                f"{sent.endpoint}: {kind} — {sent.method} {sent.target[:160]} {str(sent.headers)[:160]}"
                f" {sent.body[:120]!r} → {answer.status} {answer.body[:160]!r}",
            )

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, asked))
    return list(faults.values()), statuses


def judged(site: Besieged, sent: Sent, answer: Answer) -> Iterator[str]:
    """Each fault of an answer, in words."""
    if answer.status == 0:
        yield "no answer"
        return
    if answer.status >= 500 and not (answer.status == 501 or sent.endpoint.startswith("health.")):
        yield f"status {answer.status}"
    if answer.seconds > SLOWEST_S:
        yield f"slow: {answer.seconds:.1f} s"
    text, own = answer.body.decode("utf-8", "replace"), sent.text()
    for secret in site.hidden:
        if secret in text and secret not in own and not _may_show(sent, secret, site):
            yield f"tells what is hidden: {secret}"
    yield from _headers(site, sent, answer)
    kind = answer.header("content-type")
    if any(one in kind for one in MARKUP) and ("<xss-9" in text or "<script>alert(9)" in text):
        yield "markup of the request in the answer"
    is_empty = not answer.body or (answer.status in SERVER_OWN and len(answer.body) < 30)
    if (
        sent.target.startswith("/api/v1/")
        and answer.status >= 400
        and not is_empty
        and kind != "application/problem+json"
    ):
        yield f"no problem details: {answer.status} {kind}"


def _may_show(sent: Sent, secret: str, site: Besieged) -> bool:
    """What an address of the right token, or one that a token lets in, is there to show."""
    return site.tokens["private"] in sent.target or bool(authorization(site, sent.endpoint))


def _headers(site: Besieged, sent: Sent, answer: Answer) -> Iterator[str]:
    names = {name for name, _ in answer.headers}
    if "x-injected" in names:
        yield "a header of the request's making"
    if "access-control-allow-credentials" in names:
        yield "pages elsewhere may send credentials"
    is_write = sent.method.upper() not in SAFE and answer.status not in (404, 405)
    if is_write and sent.target.startswith("/api/v1/") and answer.header("access-control-allow-origin"):
        yield f"pages elsewhere may read a write's answer: {answer.status}"
    if "set-cookie" in names and "/admin" not in sent.target:
        yield "a cookie outside of the admin pages"
    if (
        answer.body
        and answer.status not in SERVER_OWN
        and answer.header("x-content-type-options") != "nosniff"
    ):
        yield f"no nosniff: {answer.status}"
    to = answer.header("location")
    if (
        to
        and not (to.startswith((f"{site.base}/", "/")) and not to.startswith(("//", "/\\")))
        and to != site.base
    ):
        yield f"leads elsewhere: {to[:80]}"
    shown = answer.body.decode("utf-8", "replace") + str(answer.headers)
    if any(EVIL in value and name != "User-Agent" for name, value in sent.headers) and EVIL in shown:
        yield "believes a header about the site's address"


if __name__ == "__main__":
    sys.exit(main())
