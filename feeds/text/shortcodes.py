"""Marks in square brackets that a content system forgot to carry out (`[caption …]`, `[embed]`): what they hold is kept. Pure.

Such systems hand their feeds to plugins that do not know them all. Words in brackets without an attribute of their own
(`[sic]`, `[Update]`) are words, and so is all that stands in code: it tells how such marks are written.
"""

from __future__ import annotations

import html
import re

from feeds.text.embeds import frame_as_link, player_as_link

_QUOTE = r"(?:[\"'“”„″‘’′]|&(?:quot|ldquo|rdquo|lsquo|rsquo|[Pp]rime|#0?3[49]|#82(?:1[67]|2[012]|4[23]));)"
_ATTRIBUTE = re.compile(
    rf"([a-z][\w-]{{0,30}})\s?=\s?{_QUOTE}(.*?){_QUOTE}(?=[\s/]|$)", re.IGNORECASE | re.DOTALL
)
_IS_ASKED = re.compile(
    rf"\[(?:[a-z][\w-]{{1,40}}\s[^\[\]<>]{{0,400}}?=\s?{_QUOTE}|embed\b|gallery\b|playlist\b|(?:youtube|vimeo|audio|video)\s|(?:vc|et_pb|fusion)_)"
)
_CODE = re.compile(r"<(pre|code|kbd|samp|textarea)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z][^<>\[]*\[[^<>]*>")
_CAPTION = re.compile(
    r"(?<!\[)\[((?:wp_)?caption)\s([^\[\]]{1,2000})\]([^\[]*+(?:\[(?!/?(?:wp_)?caption\b)[^\[]*+)*+)\[/\1\]"
)
_PICTURE = re.compile(
    r"\s*((?:<p>)?\s*(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a\s*>)?)(.*)", re.IGNORECASE | re.DOTALL
)
_EMBED = re.compile(
    r"(?<!\[)\[embed(?:\s[^\[\]]{0,300})?\]\s*(?:<a\b[^<>]*>)?\s*(https?://[^\s<>\[\]\"]{4,2000})\s*(?:</a\s*>)?\s*\[/embed\]",
    re.IGNORECASE,
)
_PLAYER = re.compile(
    r"(?<!\[)\[(youtube|vimeo|dailymotion|soundcloud|spotify|tweet|twitter|instagram|facebook)\s([^\[\]]{1,1000})\](?:\[/\1\])?"
)
_FILE = re.compile(r"(?<!\[)\[(audio|video)\s([^\[\]]{1,2000})\](?:[^\[\]]{0,2000}\[/\1\])?")
_FILE_NAMES = ("src", "url", "mp3", "m4a", "ogg", "wav", "flac", "mp4", "m4v", "webm", "ogv", "mov")
_ADDRESS = re.compile(r"https?://[^\s<>\[\]\"'“”″|]{4,2000}")
_LIST = re.compile(
    rf"(?<!\[)\[(?:gallery|playlist)\s[^\[\]<>]{{0,1000}}?=\s?{_QUOTE}[^\[\]<>]{{0,2000}}\](?!\])"
    r"|(?:(?<=<p>)|(?<=\n)|^)\s*\[(?:gallery|playlist)\]\s*(?=</p>|\n|$)"
)
_LAYOUT = re.compile(
    r"(?<!\[)\[/?(?:vc|et_pb|fusion|av|mk|kc|ux|tatsu|nectar|qode|eltdf?|mkdf|wpb)_[a-z0-9_]{1,60}(?:\s[^\[\]<>]{0,5000})?\]"
)
_OTHER = re.compile(
    rf"(?<!\[)\[([a-z][\w-]{{1,40}})\s([^\[\]<>]{{0,2000}}?=\s?{_QUOTE}[^\[\]<>]{{0,2000}})\](?!\])"
)
_END = re.compile(r"\[/([a-z][\w-]{1,40})\]")
_FORMS = re.compile(
    r"contact-form|gravityforms?$|wpforms|ninja_forms?$|mc4wp|formidable|smartslider|rev_slider|newsletter"
)
_WORDS = frozenset(
    "title heading label text caption content name author cite quote subtitle alt description url href link src".split()
)
_REFERENCE = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def without_shortcodes(source: str) -> str:
    """The text with a picture, link or player for each mark that names one, and without the others; the same where none is."""
    if "[" not in source or not _IS_ASKED.search(source):
        return source
    pieces: list[str] = []
    place = 0
    for code in _CODE.finditer(source):
        pieces += (_carried_out(source[place : code.start()]), code[0])
        place = code.end()
    return "".join((*pieces, _carried_out(source[place:])))


def _carried_out(text: str) -> str:
    # In attributes they are the editor's notes to itself.
    text = _TAG.sub(lambda tag: tag[0].replace("[", "&#91;"), text)
    text = _CAPTION.sub(_captioned, text)
    text = _EMBED.sub(lambda found: frame_as_link({"src": html.unescape(found[1])}), text)
    text = _PLAYER.sub(_played, text)
    text = _FILE.sub(_filed, text)
    text = _LAYOUT.sub("", _LIST.sub("", text))
    taken: set[str] = set()
    text = _OTHER.sub(lambda found: _taken_out(found, taken), text)
    if taken:
        # An end goes with its beginnings, where none of them is left.
        taken -= {found[1] for found in _OTHER.finditer(text)}
        text = _END.sub(lambda found: "" if found[1] in taken else found[0], text)
    return text


def _taken_out(found: re.Match[str], taken: set[str]) -> str:
    if not _says_nothing(found):
        return found[0]
    taken.add(found[1])
    return ""


def _says_nothing(found: re.Match[str]) -> bool:
    """True for a mark of whose attributes none holds words for readers; one of code tells what its words are."""
    if "code" in found[1]:
        return False
    return bool(_FORMS.match(found[1])) or _WORDS.isdisjoint(_attributes(found[2]))


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value).strip() for name, value in _ATTRIBUTE.findall(text)}


def _captioned(found: re.Match[str]) -> str:
    """A picture with its caption; the words alone where no picture stands before them."""
    stated = _attributes(found[2])
    if not stated:
        return found[0]
    picture = _PICTURE.fullmatch(found[3])
    if picture is None:
        return found[3]
    words = re.sub(r"^\s*</p>|</?p\b[^<>]*>", " ", picture[2]).strip()
    words = words or "".join(_REFERENCE.get(sign, sign) for sign in stated.get("caption", ""))
    shown = picture[1].replace("<p>", "").strip()
    return f"<figure>{shown}<figcaption>{words}</figcaption></figure>" if words else shown


def _played(found: re.Match[str]) -> str:
    name, text = found[1], html.unescape(found[2]).strip()
    address = _ADDRESS.search(text)
    if address:
        return frame_as_link({"src": address[0]})
    key = re.search(r"(?:^|id\s?=\s?[\"'“”]?)([\w-]{6,20})", text)
    return (player_as_link(name, {"videoid": key[1]}) if key else "") or found[0]


def _filed(found: re.Match[str]) -> str:
    stated = _attributes(found[2])
    given = next((stated[name] for name in _FILE_NAMES if stated.get(name)), "")
    address = _ADDRESS.search(given or html.unescape(found[2]))
    return f'<{found[1]} src="{html.escape(address[0])}" controls=""></{found[1]}>' if address else found[0]
