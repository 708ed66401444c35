"""What other parsers read from a document, as statements of one form: a place, a field, a value.

Five forms of expectation files are known: clauses about single fields (feedparser's cases), a unified
model (feed-rs), full parses (feedsmith) and snapshots (rss-parser, fastfeedparser).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One value that another parser reads from a document."""

    tool: str
    path: str
    """The document, inside the folder of feeds."""
    place: int | None
    """Which entry; None for the feed itself."""
    field: str
    """What it is about; `-name` for what we do not keep."""
    value: str
    where: str
    """Where the other parser has it."""
    content_type: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Document:
    tool: str
    path: str

    def say(self, place: int | None, where: str, **values: object) -> Iterator[Statement]:
        """A statement for each value that is one, several for a list."""
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str | int | float) and str(one).strip():
                    yield Statement(
                        tool=self.tool, path=self.path, place=place, field=name, value=str(one), where=where
                    )


def statements(folder: Path) -> Iterator[Statement]:
    """Everything that the expectation files of a corpus say."""
    cases = folder / "expect" / "feedparser_cases.jsonl"
    for line in cases.read_text(encoding="utf-8").splitlines():
        yield from _clauses(json.loads(line))
    for tool, read in _FORMS.items():
        for file in sorted((folder / "expect" / tool).glob("*.json")):
            path = _document_of(folder, tool, file)
            if path is not None:
                yield from read(_Document(tool, path), json.loads(_text_of(file)))


def _document_of(folder: Path, tool: str, file: Path) -> str | None:
    stem = file.name.split(".serde")[0].removesuffix(".json").removesuffix(".expected")
    for place in (
        folder / "feeds" / "odd" / tool,
        folder / "feeds" / "real" / tool,
        folder / "jsonfeed" / tool,
    ):
        for name in (stem, stem.removeprefix("jsonfeed__")):
            for ending in (".xml", ".rss", ".atom", ".json"):
                if (place / f"{name}{ending}").is_file():
                    return str((place / f"{name}{ending}").relative_to(folder))
    return None


_ENTRY_FIELDS = {
    "title": "title", "title_detail.value": "title", "link": "link", "id": "id", "guid": "id",
    "description": "text", "summary": "text", "summary_detail.value": "text", "content.0.value": "text",
    "subtitle": "text", "author": "author line", "author_detail.name": "author",
    "author_detail.email": "author email", "author_detail.url": "author address", "category": "category",
    "published": "published as written", "published_parsed": "published", "created": "published as written",
    "created_parsed": "published", "updated": "updated as written", "updated_parsed": "updated",
    "content.0.language": "language", "title_detail.language": "language", "rights": "rights",
    "rights_detail.value": "rights", "license": "rights", "content.0.type": "-type of a text",
}  # fmt: skip
_FEED_FIELDS = {
    "title": "title", "title_detail.value": "title", "link": "link", "id": "feed id", "guid": "feed id",
    "language": "language", "rights": "rights", "copyright": "rights", "rights_detail.value": "rights",
    "copyright_detail.value": "rights", "subtitle": "subtitle", "tagline": "subtitle", "info": "subtitle",
    "description": "subtitle", "tagline_detail.value": "subtitle", "info_detail.value": "subtitle",
    "subtitle_detail.value": "subtitle", "author": "author line", "author_detail.name": "author",
    "author_detail.email": "author email", "author_detail.url": "author address", "ttl": "ttl",
}  # fmt: skip


def _clauses(case: Raw) -> Iterator[Statement]:
    headers = {name.lower(): value for name, value in (case["headers"] or {}).items()}
    for clause in case["clauses"]:
        path: list[Any] = clause.get("path") or ["(expression)"]
        place = path[1] if path[0] == "entries" and len(path) > 2 else None
        rest = ".".join(str(part) for part in path[2:] if place is not None) or ".".join(
            str(part) for part in path[1:]
        )
        field = _field(rest, is_entry=place is not None) if path[0] in ("entries", "feed") else f"-{path[0]}"
        value = clause.get("value", clause.get("expr", clause["op"]))
        if path == ["bozo"]:
            field, value = "well-formed", "no" if clause["op"] == "truthy" else "yes"
        elif path == ["version"]:
            field = "format"
        elif clause["op"] != "eq" or value is None:
            field = "-(expression)" if clause["op"] == "python" else field if field[0] == "-" else f"-{rest}"
        if isinstance(value, list) and len(value) == 9:
            value = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*value[:6])
        elif not isinstance(value, str):
            field = field if field[0] == "-" else f"-{rest}"
        yield Statement(
            tool="feedparser", path=f"feeds/odd/feedparser/{case['file']}", place=place, field=field,
            value=str(value), where=".".join(map(str, path)), content_type=headers.get("content-type", ""),
            url=headers.get("content-location", ""),
        )  # fmt: skip


def _field(rest: str, *, is_entry: bool) -> str:
    parts = rest.split(".")
    if parts[0] == "tags" and parts[-1] in ("term", "label") and is_entry:
        return "category"
    if parts[0] == "authors" and len(parts) == 3:
        return {"name": "author", "email": "author email", "url": "author address"}[parts[2]]
    if parts[0] == "enclosures" and len(parts) == 3 and is_entry:
        return "enclosure" if parts[2] in ("href", "url") else f"enclosure {parts[2]}"
    return (_ENTRY_FIELDS if is_entry else _FEED_FIELDS).get(rest, f"-{parts[0]}")


def _feed_rs(document: _Document, data: Raw) -> Iterator[Statement]:
    yield from document.say(
        None, "", title=_of(data["title"], "content"), subtitle=_of(data["description"], "content"),
        language=data["language"], rights=_of(data["rights"], "content"), link=_alternate(data["links"]),
    )  # fmt: skip
    for place, entry in enumerate(data["entries"]):
        media = entry["media"] or []
        files = [one for group in media for one in group["content"]]
        yield from document.say(
            place, "", title=_of(entry["title"], "content"), link=_alternate(entry["links"]),
            text=[_of(entry["content"], "body"), _of(entry["summary"], "content")],
            author=[one["name"] for one in entry["authors"]],
            published=entry["published"], updated=entry["updated"], rights=_of(entry["rights"], "content"),
            category=[one["label"] or one["term"] for one in entry["categories"]],
            image=[one["url"] for one in files if (one["content_type"] or "").startswith("image/")]
            + [one["image"]["uri"] for group in media for one in group["thumbnails"]],
            enclosure=[one["url"] for one in files if not (one["content_type"] or "").startswith("image/")],
            credit=[one["entity"] for group in media for one in group["credits"]],
            **({} if _is_hash(entry["id"]) else {"id": entry["id"]}),
        )  # fmt: skip


def _feedsmith(document: _Document, data: Raw) -> Iterator[Statement]:
    """Its Atom form has entries and links, its RSS and RDF forms items; namespaces stand under their prefix."""
    dc = data.get("dc") or {}
    yield from document.say(
        None, "", title=_plain(data.get("title")), subtitle=data.get("subtitle") or data.get("description"),
        link=data.get("link") or _alternate(data.get("links")), language=data.get("language") or dc.get("language"),
        rights=_plain(data.get("rights")) or data.get("copyright"), ttl=data.get("ttl"),
    )  # fmt: skip
    for place, entry in enumerate(data.get("entries") or data.get("items") or []):
        dc, media = entry.get("dc") or {}, entry.get("media") or {}
        content = entry.get("content")
        files = [
            *media.get("contents", []),
            *(one for group in media.get("groups", []) for one in group["contents"]),
        ]
        authors = [one if isinstance(one, str) else one.get("name") for one in entry.get("authors") or []]
        yield from document.say(
            place, "", title=_plain(entry.get("title")), link=entry.get("link") or _alternate(entry.get("links")),
            text=[content.get("encoded") if isinstance(content, dict) else content,
                  _plain(entry.get("summary")), entry.get("description")],
            id=_of(entry.get("guid"), "value") if "guid" in entry else entry.get("id"),
            published=entry.get("published") or entry.get("pubDate"), updated=entry.get("updated"),
            category=[_of(one, "label") or _of(one, "term") or _of(one, "name") for one in entry.get("categories") or []]
            + [dc.get("subject")],
            rights=_plain(entry.get("rights")),
            enclosure=[one["url"] for one in entry.get("enclosures") or []],
            image=[one["url"] for one in files if one.get("medium") == "image"]
            + [one["url"] for one in media.get("thumbnails", [])],
            **{"author line" if isinstance(_first(entry.get("authors")), str) else "author":
               authors or dc.get("creators")},
        )  # fmt: skip


def _rss_parser(document: _Document, data: Raw) -> Iterator[Statement]:
    head = data["feed"]
    yield from document.say(
        None, "", title=head.get("title"), subtitle=head.get("description"), link=head.get("link"),
        language=head.get("language"), rights=head.get("copyright"), ttl=head.get("ttl"),
    )  # fmt: skip
    for place, entry in enumerate(head.get("items") or []):
        tags = entry.get("categories") or []
        yield from document.say(
            place, "", title=entry.get("title"), link=entry.get("link"), id=entry.get("guid") or entry.get("id"),
            text=[entry.get("content:encoded"), entry.get("content"), entry.get("summary")],
            published=entry.get("isoDate") if "pubDate" in entry else None,
            category=[one if isinstance(one, str) else _of(one, "_") for one in tags],
            enclosure=_of(entry.get("enclosure"), "url"),
            **{"author line": [entry.get("creator") or entry.get("author")]},
        )  # fmt: skip


def _fastfeedparser(document: _Document, data: Raw) -> Iterator[Statement]:
    head = data.get("feed") or {}
    yield from document.say(
        None, "", title=head.get("title"), subtitle=head.get("subtitle"), link=head.get("link"),
        language=head.get("language"),
    )  # fmt: skip
    for place, entry in enumerate(data.get("entries") or []):
        yield from document.say(
            place, "", title=entry.get("title"), link=entry.get("link"), id=entry.get("id"),
            text=[one.get("value") for one in entry.get("content") or []] + [entry.get("description")],
            published=entry.get("published"), updated=entry.get("updated"),
            category=[one.get("label") or one.get("term") for one in entry.get("tags") or []],
            enclosure=[one.get("url") or one.get("href") for one in entry.get("enclosures") or []],
            image=[one.get("url") for one in entry.get("media_content") or [] if one.get("medium") == "image"],
            **{"author line": entry.get("author")},
        )  # fmt: skip


_FORMS: dict[str, Callable[[_Document, Raw], Iterator[Statement]]] = {
    "feed-rs": _feed_rs,
    "feedsmith": _feedsmith,
    "rss-parser": _rss_parser,
    "fastfeedparser": _fastfeedparser,
}


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _first(values: Any) -> Any:
    return values[0] if values else None


def _plain(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _alternate(links: list[Raw] | None) -> str | None:
    return next((one["href"] for one in links or [] if one.get("rel") in (None, "alternate")), None)


def _is_hash(text: str) -> bool:
    """True for an id that feed-rs made up where there was none."""
    return len(text) in (32, 36) and all(char in "0123456789abcdef-" for char in text)


def _text_of(file: Path) -> str:
    """The text of a snapshot; one of rss-parser's is written in Latin-1."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return file.read_text(encoding="latin-1")
