"""HTML and text: sanitizing, the text of HTML, excerpts, characters that XML cannot carry. Pure.

The only home of nh3. What is stored as content has passed `sanitize`; nothing else is HTML.
"""

from __future__ import annotations

import html
import re
import unicodedata
from contextvars import ContextVar

import nh3

from feeds.text.angles import with_words_in_angles
from feeds.text.embeds import shown_address
from feeds.text.rawtext import without_raw_text
from feeds.text.references import mended_references
from feeds.text.replaced import with_meaning
from feeds.text.shortcodes import without_shortcodes
from feeds.text.signs import composed, with_directions_closed, without_unseen
from feeds.text.tagnames import TAG_BODY, tag_names
from feeds.text.unseen import may_hide, without_hidden
from feeds.text.urls import absolute_url
from feeds.text.wrappings import unwrapped

MAX_HTML = 1_000_000
"""Characters of one article; nh3 costs 20 ms for 200 KB."""
MAX_DEPTH = 400
"""nh3 is quadratic in nested blocks: 50,000 of them (250 KB) take 9 s; deeper ones are flattened."""

MAX_ATTRIBUTES = 200
"""nh3 is quadratic in the attributes of one tag as well."""

TAGS = frozenset(
    "a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code col colgroup "
    "dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main "
    "mark ol p picture pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody "
    "td tfoot th thead time tr tt u ul var video wbr".split()
)
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "width", "height", "poster"},
    "source": {"src", "type"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"datetime"},
    "ins": {"datetime"},
    "time": {"datetime"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "reversed", "type"},
    "li": {"value"},
}
_DROPPED_WHOLE = frozenset(
    "script style template noscript iframe object embed applet form input button select textarea svg math "
    "title head noframes frameset frame xml xmp plaintext".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_SELF_CLOSING = frozenset("p li td th tr dt dd option thead tbody tfoot".split())
_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|"
    "header|hr|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_OTHER_BLOCKS = "nav|fieldset|legend|dialog|search|hgroup|listing|marquee|menu|dir|optgroup|option|body|form"
_LOST_BLOCKS = frozenset("nav fieldset legend dialog search hgroup listing marquee menu dir".split())
_LOST_BLOCK = re.compile(
    rf"<(/?)(?:(menu|dir)|{'|'.join(sorted(_LOST_BLOCKS - {'menu', 'dir'}))})(?=[\s/>])[^<>]*>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS}|{_OTHER_BLOCKS})\b{TAG_BODY}>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ANY_TAG = re.compile(rf"</?[a-zA-Z]{TAG_BODY}>")
# What nh3 writes holds angles as the ends of tags alone, and names in small letters.
_CLEAN_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS})\b[^>]*>")
_CLEAN_TAG = re.compile(r"<[^>]*>")
_PICTURE_TAG = re.compile(rf"<img\b{TAG_BODY}>")
_ATTRIBUTE = re.compile(r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?+")
_WITH_ATTRIBUTES = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:{_ATTRIBUTE.pattern})*+)")
_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# A start tag alone may be a word in angles; an end tag, or one that has none, is HTML.
_SURELY_HTML = re.compile(
    rf"</(?:{'|'.join(sorted(TAGS | _DROPPED_WHOLE))}|font|span|body|html)\s*>|<(?:br|hr|img|p|wbr)(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LEGAL_ASCII = b"\t\n\r" + bytes(range(0x20, 0x7F))
_PIXEL_WIDTH, _PIXEL_HEIGHT = re.compile(r"\bwidth=\"[01]\""), re.compile(r"\bheight=\"[01]\"")
_FIGURE_TAG = re.compile(r"<(/?)figure\b[^>]*>")
_CITING_TAG, _CITE = re.compile(r"<(?:blockquote|q)\b[^>]*>"), re.compile(r" cite=\"([^\"]*)\"")
_FORMULA_OR_TEMPLATE = re.compile(r"<(script|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"(<br\b[^<>]*+>)\s*+</br\s*+>", re.IGNORECASE)
_PRE_START = re.compile(r"<pre>\n+")
MAX_EMPTY = 30
"""How deep empty elements in empty elements are taken out."""
_NOTHING = r"(?:\s|&nbsp;|[\u00ad\u200b\u2060\ufeff])*+"
_EMPTY = re.compile(
    rf"<(p|h[1-6])>{_NOTHING}</\1>|<(div|figure)>\s*</\2>|<(span|b|i|em|strong)>({_NOTHING})</\3>|<a\b(?![^<>]*\shref=)[^<>]*>({_NOTHING})</a>"
)
OTHER_SCHEMES = frozenset({"mailto", "tel", "sms", "geo", "magnet"})
"""Links that start a message, a call, a map or a download once somebody follows them; no others run or load anything."""
_QUOTED_LINK = re.compile(
    r"(<blockquote\b[^<>]*>\s*(?:<p>)?\s*<a\b[^<>]*\shref=\"(https?://[^\"<>\s]+)\"[^<>]*>)\s*(?=</a>\s*(?:</p>)?\s*</blockquote>)"
)
"""A post elsewhere that a script would have brought: of it, its address is all there is."""
_base_url: ContextVar[str | None] = ContextVar("base_url", default=None)
# One for all: taking in the rules anew for each text costs as much as cleaning it.
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", *OTHER_SCHEMES},
    url_relative=lambda url: absolute_url(url, _base_url.get()),
    link_rel="noopener nofollow",
    strip_comments=True,
)


def strip_illegal(text: str) -> str:
    """The text without characters that XML 1.0 cannot or should not carry.

    Control characters where windows-1252 has a quote or a dash were meant as that (as in HTML).
    """
    # Without the legal characters of ASCII, the pattern has little left to look through, and mostly nothing.
    rest = text.encode("utf-8", "surrogatepass").translate(None, _LEGAL_ASCII)
    if not rest or not _ILLEGAL.search(rest.decode("utf-8", "surrogatepass")):
        return text
    return _ILLEGAL.sub(_as_meant, text)


def _as_meant(found: re.Match[str]) -> str:
    code = ord(found[0])
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code <= 0x9F else ""


def whole_number(text: str | None, *, digits: int) -> int | None:
    """The number that plain digits state; None for anything else (`²` counts as a digit for Python, not for us)."""
    clean = (text or "").strip()
    return int(clean) if clean.isascii() and clean.isdigit() and len(clean) <= digits else None


def one_line(text: str) -> str:
    """The text on one line: legal characters, white space folded, ends trimmed."""
    # Printable holds nothing illegal, and nothing that turns text around; asking costs a tenth of the pattern, and most
    # lines are short.
    if text.isprintable():
        line = " ".join(text.split())
        return line if line.isascii() else composed(line)
    seen = without_unseen(strip_illegal(text))
    return with_directions_closed(composed(" ".join(seen.split())))


def direction(text: str) -> str:
    """rtl or ltr, by the first letter that has a direction (Unicode TR 9, rule P2)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def escape_text(text: str) -> str:
    """Plain text as HTML."""
    return html.escape(text, quote=False)


def html_of_unstated(text: str) -> str:
    """Text of a field that states no type, as HTML: angles are characters where they cannot be tags; entities are meant."""
    if "<" not in text or _SURELY_HTML.search(text):
        return text
    return escape_angles(text)


def escape_angles(text: str) -> str:
    """Text in which entities are meant and angles are characters, as HTML."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


def sanitize(source: str, *, base_url: str | None = None) -> str:
    """HTML that any page may show: allowed tags only, absolute http(s) addresses, no pixels.

    Too deep or too long input is flattened to its text or cut: it must cost nothing.
    """
    legal = strip_illegal(mended_references(source))
    if len(legal) > MAX_HTML:
        legal = legal[:MAX_HTML]
    if not legal.strip():
        return ""
    legal = without_raw_text(legal)
    if "[" in legal:
        legal = without_shortcodes(legal)
    if "<" not in legal:
        return _plain(legal)
    if "</br" in legal or "</BR" in legal:
        # XHTML's `<br/>` written out: HTML reads its end tag as a second one.
        legal = _BREAK.sub(r"\1", legal)
    legal, base_url = unwrapped(legal, base_url)
    legal = with_meaning(without_hidden(_in_blocks(with_words_in_angles(legal))))
    is_deep = legal.count("<") > MAX_DEPTH and depth_of(legal) > MAX_DEPTH
    if is_deep or _has_crowded_tag(legal):
        return f"<p>{escape_text(text_of_html(legal))}</p>"
    cleaned = _cleaned(legal, base_url)
    if "<table" in cleaned:
        # What stands wrongly in a table is put before it, where it may stand wrongly again.
        cleaned = _cleaned(cleaned, base_url)
    return _tidied(cleaned)


def _in_blocks(source: str) -> str:
    """The HTML with blocks for those that are not kept: without any, their words would run together."""
    if _LOST_BLOCKS.isdisjoint(tag_names(source)):
        return source
    return _LOST_BLOCK.sub(lambda tag: f"<{tag[1]}{'ul' if tag[2] else 'div'}>", source)


def _cleaned(source: str, base_url: str | None) -> str:
    token = _base_url.set(base_url)
    try:
        cleaned = _CLEANER.clean(source)
    finally:
        _base_url.reset(token)
    if ' cite="' not in cleaned:
        return cleaned
    return _CITING_TAG.sub(lambda tag: _CITE.sub(lambda cite: _cited(cite[1], base_url), tag[0]), cleaned)


def _cited(url: str, base_url: str | None) -> str:
    """The attribute, which nh3 takes for no address and leaves as it is; nothing where it is none of the web."""
    absolute = absolute_url(html.unescape(url), base_url)
    return f' cite="{html.escape(absolute)}"' if absolute else ""


def depth_of(source: str) -> int:
    """How deep elements may nest in the worst reading of the HTML; counts at most a little too much."""
    depth = deepest = 0
    for closing, name in _OPENING.findall(source):
        tag = name.lower()
        if tag in _VOID or tag in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _has_crowded_tag(source: str) -> bool:
    """True if a tag has so many attributes that only an attack can have written it."""
    return any(
        len(found[1]) > MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(found[1])) > MAX_ATTRIBUTES
        for found in _WITH_ATTRIBUTES.finditer(source)
    )


def text_of_html(source: str) -> str:
    """The words of HTML on one line; blocks are set apart by a space; scripts and styles left out."""
    if "<" in source:
        source = without_raw_text(source[:MAX_HTML], instead=" ")
    if "[" in source:
        source = without_shortcodes(source)
    if "<" not in source:
        return one_line(_unescaped(source))
    bare = with_words_in_angles(source)
    # Looking first costs a tenth of a pattern, and clean HTML holds none of it.
    low = bare.lower()
    if "<template" in low or "math/tex" in low:
        bare = _FORMULA_OR_TEMPLATE.sub(" ", bare)
    if may_hide(low):
        bare = without_hidden(bare)
    if "<math" in low or "<svg" in low or ":math" in low:
        bare = with_meaning(bare)
    if "<![" in bare:
        bare = _CDATA.sub(" ", bare)
    return one_line(_unescaped(_ANY_TAG.sub("", _BLOCK_TAG.sub(" ", bare))))


def text_of_clean(content_html: str) -> str:
    """The same of HTML that `sanitize` made, at half the cost: it holds no scripts, and no angle that ends no tag."""
    return one_line(bare_text(content_html))


def running_text(content_html: str) -> str:
    """The words of clean HTML without those of figures, with which excerpts would begin; all of them where no others are."""
    if "<figure" not in content_html:
        return text_of_html(content_html)
    kept: list[str] = []
    place = depth = 0
    for tag in _FIGURE_TAG.finditer(content_html):
        if depth == 0:
            kept.append(content_html[place : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        place = tag.end()
    if depth == 0:
        kept.append(content_html[place:])
    return text_of_html(" ".join(kept)) or text_of_html(content_html)


def bare_text(content_html: str) -> str:
    """The characters of HTML that `sanitize` made, with its white space; blocks are set apart by a space."""
    bare = content_html[:MAX_HTML]
    if "<" in bare:
        bare = _CLEAN_TAG.sub("", _CLEAN_BLOCK_TAG.sub(" ", bare))
    return html.unescape(bare)


def excerpt(text: str, most: int) -> str:
    """At most `most` characters of a text, cut between words; where cut, an ellipsis comes behind them."""
    if len(text) <= most:
        return text
    cut = text[:most]
    if " " in cut[most // 2 :]:
        cut = cut.rsplit(" ", 1)[0]
    return with_directions_closed(cut.rstrip(" ,;:.–—-") + "…")


def _lazy(tag: re.Match[str]) -> str:
    """A picture that is fetched only when it is looked at, without telling its host from where; no pixels."""
    text = tag[0]
    if ' src="' not in text:
        # Its address was none of the web.
        return ""
    if _PIXEL_WIDTH.search(text) and _PIXEL_HEIGHT.search(text):
        return ""
    return f'<img loading="lazy" referrerpolicy="no-referrer"{text[4:]}'


def _tidied(cleaned: str) -> str:
    # Not by nh3: it writes the attributes it sets in an order that differs from run to run.
    # What nh3 writes holds no `<` in values: this begins a tag.
    without = _PICTURE_TAG.sub(_lazy, cleaned) if "<img" in cleaned else cleaned
    if "<pre>\n" in without:
        # Parsers drop the first line break of a pre, each time one more.
        without = _PRE_START.sub("<pre>", without)
    if "<blockquote" in without:
        without = _QUOTED_LINK.sub(_with_its_address, without)
    for _ in range(MAX_EMPTY):
        fuller, without = without, _EMPTY.sub(lambda empty: empty[4] or empty[5] or "", without)
        if without == fuller:
            break
    return without.strip() if "<" in without else _plain(without)


def _with_its_address(link: re.Match[str]) -> str:
    words = shown_address(html.unescape(link[2]).partition("?")[0])
    return link[1] + escape_text(words)


def _plain(text: str) -> str:
    return escape_text(_unescaped(text)).strip()


def _unescaped(text: str) -> str:
    """The text with its references read; a pair of surrogates is the one character that it means."""
    return html.unescape(mended_references(text))


_WITHOUT_SPACES = re.compile("[\u2e80-\U0010ffff]")
"""Scripts from here on write no spaces between words."""


def weight_of(text: str) -> float:
    """Characters, those of scripts without spaces counted as what they say in others."""
    return len(text) + (0 if text.isascii() else 1.5 * len(_WITHOUT_SPACES.findall(text)))
