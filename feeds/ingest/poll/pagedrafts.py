"""From the bytes of an article's own page, or of a file, to a draft: read, normalize, hold against the listing. Pure."""

from __future__ import annotations

from dataclasses import replace

from feeds.errors import ParseError
from feeds.ingest.formats.charset import as_utf8
from feeds.ingest.pages.markdown import read_markdown
from feeds.ingest.pages.page import read_page
from feeds.ingest.pages.plaintext import read_text
from feeds.ingest.pages.reading import merged
from feeds.ingest.poll.tasks import PageTask
from feeds.ingest.rules.normalize import normalize
from feeds.model.articles import Draft
from feeds.model.fetched import Failed
from feeds.model.incoming import ParsedFeed, ParsedPage
from feeds.text.urls import shown_url, unsecret_url


def make_page_draft(task: PageTask) -> Draft | Failed:
    """What page and listing say together, or why the page cannot be read."""
    try:
        page = read_form(task)
    except ParseError as error:
        return Failed(url=shown_url(task.url), state=error.state, detail=str(error))
    draft = draft_of(task, page)
    if draft is None:
        return Failed(url=shown_url(task.url), state="unreadable", detail="There is no article on the page.")
    return merged(task.source, task.listed, draft)


def read_form(task: PageTask) -> ParsedPage:
    """The page or file as parsed; raises ParseError if there is no article in it."""
    listed = task.listed
    if task.form == "page":
        return read_page(
            task.body,
            url=unsecret_url(task.url),
            content_type=task.content_type,
            now=task.now,
            known_date=listed.published_at,
            # A title that was made of the address is nobody's.
            known_title=listed.title if listed.url is not None and not listed.is_title_guessed else None,
        )
    text = as_utf8(task.body, task.content_type).split(b"?>", 1)[1].decode("utf-8", "replace")
    if task.form == "markdown":
        return read_markdown(text, name=task.name or None, title=task.title, now=task.now)
    return read_text(text, name=task.name or None, title=task.title, now=task.now)


def draft_of(task: PageTask, page: ParsedPage) -> Draft | None:
    """The page as a draft by itself; None if it says nothing."""
    parsed = ParsedFeed(
        format="page",
        title=page.site_name,
        home_url=page.home_url,
        language=page.language,
        license_url=task.license_url,
        entries=(page.entry,),
    )
    url = unsecret_url(task.url)
    made = normalize(
        parsed, source=task.source, url=url, now=task.now, max_entries=1, max_ahead=task.max_ahead
    )
    if not made.drafts:
        return None
    return replace(made.drafts[0], is_title_guessed=page.is_title_guessed)
