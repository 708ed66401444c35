"""What a source is to be, from what people state: an address, a declaration, a stored row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from feeds.config.load import own_addresses
from feeds.config.own_addresses import own_problem
from feeds.config.values import SAMPLE_PREFIX
from feeds.errors import RequestError
from feeds.model.declarations import SourceDeclaration
from feeds.model.incoming import Source
from feeds.model.kept import SourceSpec
from feeds.model.rights import Share
from feeds.model.settings import Settings
from feeds.text.urls import (
    absolute_url,
    host_of,
    is_secret,
    polite_domain,
    publisher_domain,
    without_feed_scheme,
)

FOLDER_HOST = "localhost"
IMPORTED, DESK = "imported", "desk"
"""The sources that stand for what was taken in by hand, and what is written here: folders that nobody polls."""


def spec_at(url: str, *, sample_base: str | None = None) -> SourceSpec:
    """A source at the address, everything else by default; raises RequestError for what is no address.

    `/sample/…` hangs on the run's own address. User info stays in `fetch_url` alone: an address
    that holds credentials or a token is never shown to anybody.
    """
    text = without_feed_scheme(url)
    is_sample = text.startswith(SAMPLE_PREFIX)
    if is_sample and sample_base is None:
        raise RequestError(f"{text}: addresses below /sample/ lead somewhere in the demonstration only.")
    whole = absolute_url(f"{sample_base}{text}" if is_sample else text)
    if whole is None:
        raise RequestError(f"{url!r} is no address: it must begin with http:// or https://.")
    host = host_of(whole)
    return SourceSpec(
        fetch_url=_with_user_info(whole, text),
        public_url=None if is_secret(text) else whole,
        host=host,
        host_domain=polite_domain(host),
        domain=publisher_domain(host),
        is_sample=is_sample,
    )


def spec_of(declared: SourceDeclaration, settings: Settings) -> SourceSpec:
    """The source that a declaration states; raises RequestError for what is no source, such as an address of ours."""
    spec = declared_spec(declared, sample_base=settings.sample_base, base=settings.path.parent)
    own = (
        None
        if spec.is_sample or spec.kind == "folder"
        else own_problem(spec.fetch_url, own_addresses(settings))
    )
    if own:
        raise RequestError(own)
    return spec


def folder_spec(path: str, base: Path) -> SourceSpec:
    """A source of files in the folder at the path, seen from `base`; raises RequestError if there is none."""
    folder = (base / Path(path).expanduser()).resolve()
    if not folder.is_dir():
        raise RequestError(f"{path!r} is no folder (looked for {folder}).")
    return spec_of_folder(folder)


def spec_of_folder(folder: Path) -> SourceSpec:
    """A source of files in the folder, whether or not there is one."""
    # All folders are this machine's own: an author named in two of them is one.
    return SourceSpec(
        fetch_url=folder.as_uri() + "/",
        public_url=None,
        host=FOLDER_HOST,
        host_domain=FOLDER_HOST,
        domain=FOLDER_HOST,
        kind="folder",
    )


def usual_share(kind: str, is_full_text: bool, is_ours: bool) -> Share:
    """What may be passed on where nobody said: text fetched from pages as an excerpt, all else in full."""
    is_fetched = kind in ("sitemap", "page") or is_full_text
    return "excerpt" if is_fetched and not is_ours else "full"


def folder_path(source: Source) -> str:
    """The path of a folder source."""
    return unquote(urlsplit(source.fetch_url).path)


def declared_spec(declared: SourceDeclaration, *, sample_base: str | None, base: Path) -> SourceSpec:
    """The source that a declaration states; a folder's path is seen from `base`."""
    is_folder = declared.kind == "folder"
    return replace(
        folder_spec(declared.url, base) if is_folder else spec_at(declared.url, sample_base=sample_base),
        slug=declared.slug,
        title=declared.title,
        author_name=declared.author,
        language=declared.language,
        timezone=declared.timezone or "UTC",
        share=declared.share or usual_share(declared.kind, declared.full_text, declared.ours),
        is_ours=declared.ours,
        interval=declared.interval,
        topic_slugs=declared.topics,
        kind=declared.kind,
        options=declared.options(),
        origin="file",
    )


def stored_spec(source: Source, host: str) -> SourceSpec:
    """The source as it is stored, to be changed in parts."""
    return SourceSpec(
        fetch_url=source.fetch_url,
        public_url=source.public_url,
        host=host,
        host_domain=polite_domain(host),
        domain=source.domain,
        slug=source.slug,
        title=source.own_title,
        author_name=source.author_name,
        language=source.language,
        timezone=source.timezone,
        share=source.share,
        is_ours=source.is_ours,
        is_sample=source.is_sample,
        interval=source.interval,
        topic_slugs=source.topic_slugs,
        kind=source.kind,
        options=source.options,
        origin=source.origin,
    )


def _with_user_info(whole: str, written: str) -> str:
    before = urlsplit(written).netloc.rpartition("@")[0]
    if not before:
        return whole
    parts = urlsplit(whole)
    return urlunsplit((parts.scheme, f"{before}@{parts.netloc}", parts.path, parts.query, parts.fragment))
