"""Authors: who writes, who may be one person, merging and splitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.declaring.declare import declaration_of
from feeds.actions.editing import author_edits
from feeds.actions.sorting import authors
from feeds.actions.sorting.authors import Candidate
from feeds.config.toml_writer import declarations_toml
from feeds.errors import RequestError
from feeds.model.authors import AuthorFacts
from feeds.model.declarations import AuthorDeclaration, Declarations
from feeds.model.kept import ArticleFilter
from web.admin.content.forms import AuthorForm
from web.admin.form import lines
from web.admin.frame import PER_PAGE, Frame
from web.language import gettext

MANY, REMEMBERED = 2_000, timedelta(seconds=60)


def add(frame: Frame) -> None:
    """Hangs the screens into the frame."""
    remembered: list[tuple[datetime, tuple[authors.MergeGroup, ...]]] = []

    @frame.get("/authors")
    def author_list() -> AnyResponse:
        page, words = frame.number(), request.args.get("q", "").strip()[:100]
        return frame.page(
            "authors.html",
            rows=frame.store.changes.author_page(words, most=PER_PAGE, offset=(page - 1) * PER_PAGE),
            total=frame.store.changes.author_count(words),
            page=page,
            per_page=PER_PAGE,
            words=words,
        )

    @frame.get("/merges")
    def merges() -> AnyResponse:
        page, per_page = frame.number(), 10
        found = _groups(frame, remembered)
        return frame.page(
            "merges.html",
            proposals=authors.proposals_of(frame.store, found[(page - 1) * per_page : page * per_page]),
            total=len(found),
            page=page,
            per_page=per_page,
            fullest=_fullest,
        )

    @frame.post("/merges", "authors")
    def do_merge() -> AnyResponse:
        desk, slugs = frame.desk(), request.form.getlist("author")
        remembered.clear()
        if request.form.get("do") == "apart":
            author_edits.tell_apart(desk, slugs)
            return frame.go("/merges", gettext("Kept as different people; they are not proposed again."))
        kept = request.form.get("keep", "")
        others = [one for one in slugs if one != kept]
        if kept not in slugs or not others:
            raise RequestError("Choose which name to keep.")
        stays, change = author_edits.merge_authors(desk, others[0], kept)
        for one in others[1:]:
            stays, change = author_edits.merge_authors(desk, one, kept)
        return frame.go(
            "/merges",
            gettext("Merged into %(name)s; former addresses redirect there.", name=stays.name),
            change,
        )

    _add_one(frame)


def _fullest(candidates: Sequence[Candidate]) -> str:
    """The slug of whose name says most, `Ines Halvorsen` before `I. Halvorsen`; of equal ones, who wrote most."""
    best = max(candidates, key=lambda one: (len(one.author.name), one.article_count))
    return best.author.slug


def _add_one(frame: Frame) -> None:
    """One author."""

    @frame.get("/authors/<slug>")
    def author(slug: str) -> AnyResponse:
        return _page(frame, slug, None)

    @frame.post("/authors/<slug>", "authors")
    def set_author(slug: str) -> AnyResponse:
        desk, form = frame.desk(), AuthorForm()
        verb = request.form.get("do", "")
        if verb == "together":
            author_edits.tell_apart(desk, [slug, request.form.get("other", "")], is_apart=False)
            return frame.go(f"/authors/{slug}", gettext("Merging them may be proposed again."))
        if verb == "split":
            made = author_edits.split_author(desk, slug, request.form.get("name", ""))
            return frame.go(
                f"/authors/{made.slug}", gettext("%(name)s is an author of their own again.", name=made.name)
            )
        if verb == "merge":
            into = request.form.get("into", "").strip()
            kept, change = author_edits.merge_authors(desk, slug, into)
            return frame.go(f"/authors/{kept.slug}", gettext("Merged into %(name)s.", name=kept.name), change)
        if form.validate_on_submit():
            facts = AuthorFacts(
                role=(form.role.data or "").strip(),
                bio=(form.bio.data or "").strip(),
                picture_url=(form.picture.data or "").strip(),
                links=tuple(lines(form.links.data)),
                known_as=tuple(lines(form.known_as.data)),
            )
            try:
                _, change = author_edits.set_author(desk, slug, facts)
            except RequestError as problem:
                form.known_as.errors = [*form.known_as.errors, str(problem)]
            else:
                return frame.go(f"/authors/{slug}", gettext("Saved."), change)
        return _page(frame, slug, form, 400)


def _groups(
    frame: Frame, remembered: list[tuple[datetime, tuple[authors.MergeGroup, ...]]]
) -> tuple[authors.MergeGroup, ...]:
    """Who may be one person; of very many authors that is not found out anew for each page."""
    now = frame.context.clock()
    if remembered and now - remembered[0][0] < REMEMBERED:
        return remembered[0][1]
    found = authors.merge_groups(frame.store)
    remembered[:] = [(now, found)] if frame.store.changes.author_count("") > MANY else []
    return found


def _page(frame: Frame, slug: str, form: AuthorForm | None, status: int = 200) -> AnyResponse:
    found = authors.show_author(frame.store, slug)
    who = found.author
    form = form or AuthorForm(
        formdata=None,
        data={
            "role": who.role,
            "bio": who.bio,
            "picture": who.picture_url or "",
            "links": "\n".join(who.links),
        },
    )
    declared = declaration_of(frame.settings(), "author", who.slug)
    assert declared is None or isinstance(declared, AuthorDeclaration)
    return frame.page(
        "author.html",
        status,
        line=declared.line if declared else None,
        owned=declarations_toml(Declarations(authors=(declared,))).strip() if declared else "",
        found=found,
        author=who,
        form=form,
        articles=frame.store.changes.article_page(ArticleFilter(author=who.slug), most=20, offset=0),
        changes=frame.store.changes.changes(subject=f"author/{who.id}", most=5),
    )
