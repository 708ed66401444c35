"""The e-mail of a digest: subject, plain text and HTML, composed of the same entries as every feed. Pure.

No picture is loaded and no link is changed: nobody learns who reads what.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model.digests import DigestNews
from feeds.model.outgoing import DocumentEntry, SiteInfo
from feeds.publish.changes import change_sentence
from feeds.publish.compose import compose_entry, title_of
from feeds.publish.titles import feed_title
from feeds.text.feedwords import day_in, words_in

CORRECTIONS = "Corrections of what you got before"
_STYLE = "font-family: Georgia, serif; max-width: 40em; line-height: 1.5; color: #1c1c1c"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail:
    """A mail that is ready but for its headers."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Digest:
    """What both forms of a digest say."""

    title: str
    entries: Sequence[DocumentEntry]
    changes: Sequence[str]
    more: int
    page: str
    end_url: str
    language: str


def write_digest(news: DigestNews, site: SiteInfo, *, end_url: str, excerpt_chars: int) -> DigestMail:
    """The mail of what is new; `end_url` ends the digest."""
    title = feed_title(news.info, site)
    entries = [compose_entry(one, site, excerpt_chars=excerpt_chars) for one in news.articles]
    language, say = site.language, words_in(site.language)
    changes = [
        change_sentence(one, title_of(one.article) if one.article else "", language) for one in news.changes
    ]
    page = site.base_url + news.info.key.path()
    count = len(entries) + news.more
    what = "corrections" if not count else "1 new article" if count == 1 else "%(count)s new articles"
    made = _Digest(title, entries, changes, news.more, page, end_url, language)
    subject = f"{title}: {say(what) % {'count': count}}"
    return DigestMail(subject=subject, text=_text(made), html=_html(made))


ASKED = "Somebody, most likely you, asked %(site)s to send %(title)s to this address, {}."


def write_question(title: str, *, is_daily: bool, confirm_url: str, site: SiteInfo) -> DigestMail:
    """The first mail: whoever owns the address is asked whether they want it."""
    say = words_in(site.language)
    lines = [
        say(ASKED.format("once a day" if is_daily else "once a week")) % {"site": site.title, "title": title},
        say("To get it, open this address and confirm it there:"),
        confirm_url,
        say("If you do not want it, do nothing: nothing more is sent."),
    ]
    body = "".join(
        f'<p><a href="{html.escape(one)}">{html.escape(one)}</a></p>'
        if one == confirm_url
        else f"<p>{html.escape(one)}</p>"
        for one in lines
    )
    return DigestMail(
        subject=say("Please confirm: %(title)s by e-mail") % {"title": title},
        text="\n\n".join(lines),
        html=f'<div style="{_STYLE}">{body}</div>',
    )


def _text(made: _Digest) -> str:
    say, parts = words_in(made.language), [made.title]
    for entry in made.entries:
        by = _by([one.name for one in entry.authors], made.language)
        parts.append(
            "\n".join(
                part
                for part in (
                    entry.title,
                    f"{by}{entry.source.title}, {day_in(made.language, entry.published_at)}",
                    entry.summary,
                    entry.url,
                )
                if part
            )
        )
    if made.more:
        parts.append(f"{say('And %(count)s more') % {'count': made.more}}: {made.page}")
    if made.changes:
        parts.append(say(CORRECTIONS))
        parts += made.changes
    parts.append(f"{say('All of it')}: {made.page}\n{say('To get this no more:')} {made.end_url}")
    return "\n\n".join(parts)


def _html(made: _Digest) -> str:
    say = words_in(made.language)
    parts = [f'<h1 style="font-size: 1.4em">{html.escape(made.title)}</h1>']
    for entry in made.entries:
        by = html.escape(_by([one.name for one in entry.authors], made.language))
        lang = f' lang="{html.escape(entry.language)}"' if entry.language else ""
        parts.append(
            f'<h2 style="font-size: 1.1em; margin-bottom: 0"{lang} dir="auto"><a href="{html.escape(entry.url)}">'
            f"{html.escape(entry.title)}</a></h2>"
            f'<p style="color: #555; margin: 0">{by}{html.escape(entry.source.title)}, {day_in(made.language, entry.published_at)}</p>'
            + (
                f'<p style="margin-top: 0.3em"{lang} dir="auto">{html.escape(entry.summary)}</p>'
                if entry.summary
                else ""
            )
        )
    if made.more:
        link = f'<a href="{html.escape(made.page)}">{say("%(count)s more") % {"count": made.more}}</a>'
        parts.append(f"<p>{say('And %(link)s') % {'link': link}}</p>")
    if made.changes:
        parts.append(f'<h2 style="font-size: 1.1em">{say(CORRECTIONS)}</h2>')
        parts += [f"<p>{html.escape(one)}</p>" for one in made.changes]
    parts.append(
        f'<p style="color: #555"><a href="{html.escape(made.page)}">{say("All of it")}</a> · '
        f'<a href="{html.escape(made.end_url)}">{say("Get this no more")}</a></p>'
    )
    return f'<div style="{_STYLE}">{"".join(parts)}</div>'


def _by(names: Sequence[str], language: str) -> str:
    return words_in(language)("By %(names)s, ") % {"names": ", ".join(names)} if names else ""
