"""`tests/golden_rules.md` is true: every rule has a section, and its example comes out as it is shown.

After adding a rule: a section with its dotted name and a *Before*, then `.venv/bin/python -m tests.test_normalization --write`.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from feeds.config.expressions import parse_expression
from feeds.ingest.formats.episodexml import read_episode
from feeds.ingest.pages.semantic_hints import Hinted
from feeds.ingest.pages.structured import Stated
from feeds.ingest.people.byline_parts import read_byline_parts
from feeds.ingest.rules.expressions import Folded
from feeds.ingest.rules.rights import read_terms
from feeds.ingest.rules.versions import version_hash
from feeds.model.articles import Draft, DraftAuthor, KnownArticle
from feeds.model.incoming import Byline
from feeds.model.kept import Matchable
from tests.fakes import NOON

PAGE = Path(__file__).resolve().parent / "golden_rules.md"
AUTHORS = PAGE.parent.parent / "docs" / "authors.md"
MODULES = (
    "feeds.text.dateguess",
    "feeds.text.folding",
    "feeds.ingest.people.agencies",
    "feeds.ingest.people.asides",
    "feeds.ingest.people.authors",
    "feeds.ingest.people.biographies",
    "feeds.ingest.people.bylines",
    "feeds.ingest.people.caption_credits",
    "feeds.ingest.people.closing_lines",
    "feeds.ingest.people.contacts",
    "feeds.ingest.people.credits",
    "feeds.ingest.people.eastern",
    "feeds.text.datelines",
    "feeds.ingest.rules.episodes",
    "feeds.ingest.rules.expiry",
    "feeds.ingest.rules.expressions",
    "feeds.ingest.pages.surroundings",
    "feeds.ingest.pages.boilerplate",
    "feeds.ingest.rules.languages",
    "feeds.ingest.people.names",
    "feeds.ingest.people.job_titles",
    "feeds.ingest.poll.parked",
    "feeds.ingest.pages.semantic_hints",
    "feeds.ingest.pages.pagescope",
    "feeds.ingest.pages.pagetitle",
    "feeds.ingest.pages.profilelinks",
    "feeds.ingest.formats.platforms",
    "feeds.ingest.rules.rights",
    "feeds.ingest.rules.rotation",
    "feeds.ingest.people.byline_parts",
    "feeds.ingest.rules.versions",
)
"""Modules of rules: each public function in them has a section."""
SECTION = re.compile(
    r"^### (?P<title>[^\n`]+): `(?P<name>[\w.]+)`\n\nBefore:\n\n```text\n(?P<before>(?:(?!```).)*?)\n```\n\nAfter:\n\n```text\n(?P<after>(?:(?!```).)*?)```$",
    re.MULTILINE | re.DOTALL,
)
URL = "https://tideline.example/skiffs"


def tree(text: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><head></head><body>{text}</body></html>")


def changed(rule: Any, text: str) -> object:
    root = tree(text)
    rule(root)
    return html.tostring(root.body[0], encoding="unicode")


def drafts(text: str) -> list[Draft]:
    """A draft for each line: `title | text`, the same guid and address for none of them."""
    made: list[Draft] = []
    for number, line in enumerate(text.split("\n")):
        title, _, body = line.partition(" | ")
        draft = Draft(
            guid=f"{len(text)}-{number}", is_guid_given=True, url=None, canonical_url=None, title=title, summary="",
            content_html=body, published_at=NOON, modified_at=None,
        )  # fmt: skip
        made.append(replace(draft, hash=version_hash(draft)))
    return made


def known(draft: Draft, number: int) -> KnownArticle:
    return KnownArticle(
        id=number, urn="", source_id=1, canonical_url=None, hash=draft.hash, status="published", updated_at=NOON,
        first_seen_at=NOON, title=draft.title, published_at=NOON,
    )  # fmt: skip


def linked(text: str) -> tuple[list[DraftAuthor], list[DraftAuthor]]:
    """A name as one telling has it, and `name <- address` of the other."""
    first, _, second = text.partition("\n")
    name, _, link = second.partition(" <- ")
    return [DraftAuthor(name=first)], [DraftAuthor(name=name, url=link)]


def flap(rule: Any, hashes: list[str]) -> object:
    """The first hash was before the second one, and the third is told now."""
    return rule(hashes[2], hashes[1], hashes[:1])


def rotated(rule: Any, text: str) -> object:
    """The lines above the blank one are known, those below are told now."""
    before, _, after = text.partition("\n\n")
    found = rule(drafts(after), [known(draft, number) for number, draft in enumerate(drafts(before), 1)])
    return tuple(f"line {place + 1} is article {number}" for place, number in found.items())


STORY = Matchable(
    id=1, source_slugs=("tideline",), source_topics=(), title="The ferry waits in fog", summary="",
    text_html="<p>The pilot boat came at noon.</p>", url="https://tideline.example/sea/1", categories=("Sea Life",),
)  # fmt: skip
CALLS: dict[str, Callable[[Any, str], object]] = {
    "judge_bylines": lambda rule, text: rule(
        [Byline(text=one) for one in text.split("\n")], titles=["Tideline"], fallback=None, base_url=URL
    ),
    "of_others": changed,
    "guess_date": lambda rule, text: rule(text, language=None, zone="UTC", now=NOON),
    "ends_at": lambda rule, text: rule(text, zone="UTC", now=NOON),
    "condition": lambda rule, text: rule(parse_expression(text))(Folded(STORY)),
    "read_aloud": lambda rule, text: rule(parse_expression(text)),
    "has_phrase": lambda rule, text: rule(*text.split(" in: ")),
    "contradicts": lambda rule, text: rule(*text.split(": ", 1)),
    "is_asked": lambda rule, text: rule(*text.split(": ", 1)),
    "is_available": lambda rule, _text: rule() in (True, False),
    "is_parked": lambda rule, text: rule(text.encode(), URL),
    "clean_episode": lambda rule, text: rule(read_episode(etree.fromstring(text)), URL),
    "license_of": lambda rule, text: rule(etree.fromstring(text)),
    "license_of_headers": lambda rule, text: rule([line.split(": ", 1) for line in text.split("\n")], URL),
    "read_terms": lambda rule, text: rule(etree.fromstring(text)),
    "read_page_terms": lambda rule, text: rule(html.document_fromstring(text), URL),
    "joined_terms": lambda rule, text: rule(read_terms(etree.fromstring(text)), URL),
    "what_terms_forbid": lambda rule, text: "\n".join(
        rule(read_terms(etree.fromstring(one))) or "nothing" for one in text.split("\n")
    ),
    "terms_in_words": lambda rule, text: rule(*read_terms(etree.fromstring(text))),
    "looks_rotated": lambda rule, text: rule(*(int(one) for one in text.split(" of "))),
    "renamed_guids": rotated,
    "version_hash": lambda rule, text: len({rule(draft) for draft in drafts(text)}),
    "is_major": lambda rule, text: rule(*(draft.hash for draft in drafts(text))),
    "is_by_same_rules": lambda rule, text: rule(*(draft.hash for draft in drafts(text))),
    "is_same": lambda rule, text: rule(*(draft.hash for draft in drafts(text))),
    "goes_back": lambda rule, text: flap(rule, [draft.hash for draft in drafts(text)]),
    "is_flap": lambda rule, text: flap(rule, [draft.hash for draft in drafts(text)]),
    "major_part": lambda rule, text: len({rule(draft.hash) for draft in drafts(text)}),
    "own_links": lambda rule, text: rule(text.split("\n"), URL),
    "with_links": lambda rule, text: rule(*linked(text)),
    "photographers_of": lambda rule, text: rule([Byline(text=text)]),
    "is_introduction": lambda rule, text: rule(text, "Ines Calder"),
    "is_shorter_form": lambda rule, text: rule(text, "Ines Calder"),
    "is_login_of": lambda rule, text: rule(text, "Ines Calder"),
    "take_biographies": lambda rule, text: rule(text, ["Ines Calder"]),
    "lead_credit": lambda rule, text: rule(text.split("\n")),
    "is_today": lambda rule, text: rule(date.fromisoformat(text), NOON),
    "named_boilerplate": lambda rule, text: rule(html.fromstring(text)),
    "prune": lambda rule, text: changed(lambda root: rule(root, text_chars=len(text)), text),
    "find_biographies": lambda rule, text: rule(text.split("\n"), ["Ines Calder"]),
    "read_surroundings": lambda rule, text: rule(text.split("\n"), title="Skiffs come home", now=NOON),
    "choose_title": lambda rule, text: rule([("title", text)], site_name="Tideline", host="tideline.example"),
    "site_of_title": lambda rule, text: rule(text, "Skiffs come home"),
    "title_node": lambda rule, text: rule(tree(text), ["Skiffs come home - Tideline"], None),
    "is_akin": lambda rule, text: rule(text, "Skiff race in the harbour | Tideline"),
    "is_agreed": lambda rule, text: rule(text, ["Skiffs come home | Tideline"]),
    "scope_of": lambda rule, text: rule(tree(text), next(tree(text).iter("h1"))),
    "name_links": lambda rule, text: changed(lambda root: rule(root, ["Ines Calder"]), text),
    "body_node": lambda rule, text: rule(tree(text)),
    "marked_bylines": lambda rule, text: rule(Hinted(tree(text)), "en"),
    "profiled_bylines": lambda rule, text: rule(next(tree(text).iter("h1")), "en"),
    "first_published": lambda rule, text: rule(
        [
            (where, Stated(published=published, modified=modified))
            for where, published, modified in (line.split(" | ") for line in text.split("\n"))
        ]
    ),
    "with_local_day": lambda rule, text: rule(*text.split(" shown as ")),
    "labelled_date": lambda rule, text: rule(text.split("\n"), language="en", now=NOON),
    "opening_date": lambda rule, text: rule(text.split("\n"), language="en"),
    "marked_date": lambda rule, text: rule(Hinted(tree(text)), language="en", now=NOON),
    "marked_categories": lambda rule, text: rule(Hinted(tree(text))),
    "author_boxes": lambda rule, text: rule(Hinted(tree(text)), ["Ines Calder"], URL),
    "neighbours": lambda rule, text: rule(tree(text), URL),
}
"""How a rule is called that takes more, or other, than one text."""


def sections() -> list[re.Match[str]]:
    return list(SECTION.finditer(PAGE.read_text("utf-8")))


def outcome(name: str, before: str) -> str:
    """What the rule makes of the example, as the page shows it."""
    module, function = name.rsplit(".", 1)
    rule: Any = getattr(importlib.import_module(module), function)
    return shown(CALLS[function](rule, before) if function in CALLS else rule(before))


def shown(value: object) -> str:
    if value is None or value == ():
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, html.HtmlElement):
        return str(html.tostring(value, encoding="unicode", with_tail=False))
    if is_dataclass(value) and not isinstance(value, type):
        told = ((one.name, getattr(value, one.name)) for one in fields(value))
        return "\n".join(f"{key}: {_inner(one)}" for key, one in told if one not in (None, (), False))
    if isinstance(value, tuple) and any(is_dataclass(one) or isinstance(one, tuple) for one in value):
        return "\n".join(shown(one) for one in value)
    return _inner(value)


def _inner(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        return " · ".join(_inner(one) for one in (sorted(value) if isinstance(value, frozenset) else value))
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(
            f"{one.name} {_inner(found)}" for one in fields(value) if (found := getattr(value, one.name))
        )
    return str(value)


@pytest.mark.parametrize("section", sections(), ids=lambda one: one["name"].rsplit(".", 1)[-1])
def test_the_example_comes_out_as_it_is_shown(section: re.Match[str]) -> None:
    said = "run: .venv/bin/python -m tests.test_normalization --write"
    assert section["after"].rstrip("\n") == outcome(section["name"], section["before"]), said


def test_every_rule_has_a_section() -> None:
    listed = {one["name"] for one in sections()}
    rules = {
        f"{module}.{name}"
        for module in MODULES
        for name, one in inspect.getmembers(importlib.import_module(module), inspect.isfunction)
        if one.__module__ == module and not name.startswith("_")
    }
    assert rules
    assert not rules - listed, "these rules have no section in tests/golden_rules.md"


def test_every_heading_with_a_rule_is_a_whole_section() -> None:
    headings = re.findall(r"^### .+: `([\w.]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings == [one["name"] for one in sections()]


def test_the_bylines_of_the_page_about_authors_are_read_as_it_says() -> None:
    rows = re.findall(r"^\| `(.+)` \| (.+?) \|(.*)\|$", AUTHORS.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 5
    for line, authors, pictures in rows:
        read = read_byline_parts(line)
        named = [f"{one.name} ({one.role})" if one.role else one.name for one in read.signed]
        assert ("; ".join(named), "; ".join(read.pictures_by)) == (authors, pictures.strip()), line


if __name__ == "__main__" and "--write" in sys.argv:
    PAGE.write_text(
        SECTION.sub(
            lambda one: (
                f"{one[0][: one.start('after') - one.start()]}{outcome(one['name'], one['before'])}\n```"
            ),
            PAGE.read_text("utf-8"),
        ),
        "utf-8",
    )
