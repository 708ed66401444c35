"""Frames and players as links: where a reader can watch or hear what a page only embeds. Pure; loads nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

_YOUTUBE = re.compile(
    r"(?:^|\.)(?:youtube(?:-nocookie)?\.com/(?:embed|v|shorts|live)/|youtube\.com/watch\?(?:.{0,200}&)?v=|youtu\.be/)([\w-]{1,20})",
    re.IGNORECASE,
)
_YOUTUBE_LIST = re.compile(
    r"(?:^|\.)youtube(?:-nocookie)?\.com/embed/?(?:videoseries)?\?.*\blist=([\w-]{6,60})", re.IGNORECASE
)
_VIMEO = re.compile(
    r"^player\.vimeo\.com/video/(\d{1,20})(?:\?(?:.{0,200}&)?h=([0-9a-f]{6,20}))?", re.IGNORECASE
)
_DAILYMOTION = re.compile(
    r"^(?:www\.|geo\.)?dailymotion\.com/(?:embed/video/|player(?:/\w+)?\.html\?video=)(\w{4,20})",
    re.IGNORECASE,
)
_MOVED = (
    (re.compile(r"^open\.spotify\.com/embed/(?:v\d/)?"), "open.spotify.com/"),
    (re.compile(r"^embed\.podcasts\.apple\.com/"), "podcasts.apple.com/"),
    (re.compile(r"^embed\.music\.apple\.com/"), "music.apple.com/"),
    (re.compile(r"^embed\.ted\.com/"), "www.ted.com/"),
    (re.compile(r"^archive\.org/embed/"), "archive.org/details/"),
    (re.compile(r"^(www\.)?instagram\.com/(p|reel)/([\w-]+)/embed.*"), r"www.instagram.com/\2/\3/"),
    (re.compile(r"^([\w.-]+)/videos/embed/([\w-]{8,40}).*"), r"\1/videos/watch/\2"),
)
_SILENT = re.compile(
    r"(?:^|\.)(?:googletagmanager\.com|doubleclick\.net|googlesyndication\.com|google-analytics\.com|"
    r"facebook\.com/(?:plugins/(?:like|share|page)|tr)|platform\.twitter\.com/widgets|addthis\.com|disqus\.com)",
    re.IGNORECASE,
)
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-url", "data", "href")
"""Where the address of a frame stands; the second to fifth where a script loads it late."""
SHOWN_CHARS = 80


def frame_as_link(stated: Mapping[str, str]) -> str:
    """A frame as a link to what it shows; empty for one that shows nothing to people."""
    address = next((one for name in _SOURCES if _is_address(one := stated.get(name, "").strip())), "")
    if not address or _is_unseen(stated):
        return ""
    bare = re.sub(r"^(?:https?:)?//", "", address)
    if _SILENT.search(bare.split("?", 1)[0]):
        return ""
    url, picture = page_of(address)
    return _link(
        url, picture, stated.get("title") or stated.get("aria-label") or stated.get("playlabel") or ""
    )


def player_as_link(name: str, stated: Mapping[str, str]) -> str:
    """A player element of its own name (`lite-youtube`, `amp-vimeo`) as a link; empty if it names no film."""
    key = next(
        (stated[one] for one in ("videoid", "data-videoid", "video-id", "data-video-id") if stated.get(one)),
        "",
    )
    if not re.fullmatch(r"[\w-]{3,40}", key):
        return ""
    kinds = {"youtube": "https://www.youtube.com/embed/", "vimeo": "https://player.vimeo.com/video/"}
    kinds["dailymotion"] = "https://www.dailymotion.com/embed/video/"
    base = next((kinds[one] for one in kinds if one in name), None)
    return frame_as_link({**stated, "src": base + key}) if base else ""


def page_of(address: str) -> tuple[str, str | None]:
    """The page on which people see what a frame at that address shows, and a picture of it where the player is known."""
    bare = re.sub(r"^(?:https?:)?//", "", address.strip())
    if found := _YOUTUBE_LIST.search(bare):
        return f"https://www.youtube.com/playlist?list={found[1]}", None
    if found := _YOUTUBE.search(bare):
        return (
            f"https://www.youtube.com/watch?v={found[1]}",
            f"https://i.ytimg.com/vi/{found[1]}/hqdefault.jpg",
        )
    if found := _VIMEO.search(bare):
        return f"https://vimeo.com/{found[1]}" + (f"/{found[2]}" if found[2] else ""), None
    if found := _DAILYMOTION.search(bare):
        picture = f"https://www.dailymotion.com/thumbnail/video/{found[1]}"
        return f"https://www.dailymotion.com/video/{found[1]}", picture
    if bare.startswith("w.soundcloud.com/player"):
        address_in = parse_qs(urlsplit(address).query).get("url", [""])[0]
        return (
            (address_in, None)
            if re.match(r"https?://(?:www\.)?soundcloud\.com/", address_in)
            else (address, None)
        )
    for pattern, page in _MOVED:
        if pattern.match(bare):
            return "https://" + pattern.sub(page, bare, count=1), None
    return address, None


def _link(url: str, picture: str | None, title: str) -> str:
    href = html.escape(url)
    words = " ".join(title.split())[:200] or shown_address(url)
    text = html.escape(words, quote=False)
    shown = f'<a href="{href}"><img src="{picture}" alt=""></a><br>' if picture else ""
    return f'<p>{shown}<a href="{href}">{text}</a></p>'


def shown_address(url: str) -> str:
    """The address as words: without what all begin with, cut where it is long."""
    bare = re.sub(r"^(?:https?:)?//(?:www\.)?", "", url).rstrip("/")
    return bare if len(bare) <= SHOWN_CHARS else bare[:SHOWN_CHARS].rstrip() + "…"


def _is_address(text: str) -> bool:
    return bool(text) and not text.lower().startswith(("about:", "javascript:", "data:", "blob:", "#"))


def _is_unseen(stated: Mapping[str, str]) -> bool:
    if any(stated.get(name, "").strip() in ("0", "1", "0px", "1px") for name in ("width", "height")):
        return True
    return bool(
        re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", stated.get("style", ""), re.IGNORECASE)
    )
