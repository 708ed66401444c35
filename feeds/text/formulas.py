"""Formulas (MathML) and drawings (SVG) in words: the sentence around them says something else without them. Pure."""

from __future__ import annotations

import html
import re

from lxml import etree

_TEX = re.compile(
    r"<annotation\b[^>]*\bencoding\s*=\s*[\"']?(?:application/x-tex|text/x-tex|latex)[^>]*>(.*?)</annotation\s*>",
    re.I | re.S,
)
_ALTTEXT = re.compile(r"^<[^>]*?\balttext\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)
_TEX_SCRIPT = re.compile(
    r"(?:<span\b[^<>]{0,100}MathJax_Preview[^<>]{0,100}>[^<]{0,2000}</span\s*>\s{0,20})?"
    r"<script\b[^<>]{0,200}?\btype\s*=\s*[\"']?math/tex(?P<mode>[^<>\"']{0,40})[\"']?[^<>]{0,200}>(?P<tex>[^<]*+(?:<(?!/?script\b)[^<]*+)*+)</script\s*>",
    re.I | re.S,
)
_DRAWN = re.compile(
    r"<(span|nobr)\b(?=[^<>]{0,300}\baria-hidden\s*=\s*[\"']?true)(?:(?<=nobr)|(?=[^<>]{0,300}(?:katex-html|mjx-math)))[^<>]{0,600}>",
    re.I,
)
_TEX_WRAPPING = re.compile(r"\A\s*%\s*(?:<!\[CDATA\[)?\s*?\n?|%?\s*\]\]>\s*\Z|\s*%\s*\Z")
"""As kramdown hides formulas with a `<` in them: `% <![CDATA[ … %]]>`."""
_PRINTED = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_LABEL = re.compile(r"^<[^>]*?\baria-label\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)
_HIDDEN = re.compile(r"^<[^>]*?\baria-hidden\s*=\s*[\"']?true", re.I)
_NAMED = tuple(
    re.compile(rf"<{name}\b[^>]*>(.*?)</{name}\s*>", re.I | re.S)
    for name in ("title", "desc", "text", "foreignObject")
)
_ANY = re.compile(r"<[^<>]*>")
WORDS = 500
MOST_DEPTH = 60


def formula_in_words(markup: str) -> str:
    """The formula as TeX where it says how it is written so, else as a line: `e^(kt)+1/2`."""
    tex = _TEX.search(markup)
    stated = html.unescape(tex[1]).strip() if tex else ""
    if not stated and (alt := _ALTTEXT.match(markup)):
        stated = html.unescape(alt[1] or alt[2] or "").strip()
    if stated:
        return html.escape(f"\\({stated}\\)", quote=False)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    bare = re.sub(
        r"&([A-Za-z]\w*);",
        lambda found: html.unescape(found[0]).replace("&", "&amp;").replace("<", "&lt;"),
        markup,
    )
    try:
        root = etree.fromstring(re.sub(r"(</?)\w{1,10}:(?=\w)", r"\1", bare).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    line = _line(root, MOST_DEPTH) if root is not None else html.unescape(_ANY.sub("", markup))
    return html.escape(" ".join(line.split()), quote=False)


def scripts_in_words(source: str) -> str:
    """The HTML with formulas that stand in scripts for MathJax (`<script type="math/tex">`) as TeX.

    What is shown until that script has run says the same once more.
    """
    return _TEX_SCRIPT.sub(_script_in_words, source) if "math/tex" in source else source


def without_drawn_formulas(source: str) -> str:
    """The HTML without what KaTeX and MathJax draw beside the MathML that says the same, hidden from who is read to."""
    if "aria-hidden" not in source or "<math" not in source:
        return source
    pieces: list[str] = []
    at = 0
    for drawn in _DRAWN.finditer(source):
        if drawn.start() < at:
            continue
        end = _end_of(source, drawn[1], drawn.end())
        if end is None:
            break
        pieces.append(source[at : drawn.start()])
        at = end
    return "".join((*pieces, source[at:]))


def _end_of(source: str, name: str, at: int) -> int | None:
    """The place behind the element of that name that begins before `at`; None where it is never closed."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}\b[^<>]*>", re.I).finditer(source, at):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _script_in_words(script: re.Match[str]) -> str:
    tex = _TEX_WRAPPING.sub("", html.unescape(script["tex"])).strip()
    is_block = "display" in (script["mode"] or "").lower()
    opened, closed = ("\\[", "\\]") if is_block else ("\\(", "\\)")
    return html.escape(f"{opened}{tex}{closed}", quote=False) if tex else ""


def drawing_in_words(markup: str) -> str:
    """What a drawing says of itself: its title, its label, what it describes, else the words in it."""
    if _HIDDEN.match(markup):
        return ""
    label = _LABEL.match(markup)
    labels = [html.unescape(label[1] or label[2] or "")] if label else []
    for pattern in _NAMED:
        labels.append(" ".join(html.unescape(_ANY.sub(" ", one)) for one in pattern.findall(markup)[:100]))
    words = next(
        (
            clean
            for one in (labels[1:2] + labels[:1] + labels[2:] if label else labels)
            if (clean := " ".join(one.split()))
        ),
        "",
    )
    return f"<span>{html.escape(words[:WORDS], quote=False)}</span>" if words else ""


def _line(node: etree._Element, left: int) -> str:
    if left <= 0 or not isinstance(node.tag, str):
        return ""
    name = node.tag.rsplit("}", 1)[-1]
    if name in _PRINTED:
        return "".join(map(str, node.itertext())).strip()
    if name in ("annotation", "annotation-xml", "mphantom"):
        return ""
    parts = [_line(child, left - 1) for child in node]
    if name in ("msup", "msub", "mfrac", "mroot", "mover", "munder") and len(parts) == 2:
        sign = {"msup": "^", "msub": "_", "mfrac": "/", "munder": "_", "mover": "^"}.get(name)
        if sign is None:
            return f"{_escaped(parts[1])}√{_escaped(parts[0])}"
        return f"{_escaped(parts[0])}{sign}{_escaped(parts[1])}"
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return f"{_escaped(parts[0])}_{_escaped(parts[1])}^{_escaped(parts[2])}"
    if name == "msqrt":
        return f"√{_escaped(''.join(parts))}"
    if name in ("mtr", "mtable"):
        return (", " if name == "mtr" else "; ").join(parts)
    return (" " if name == "mspace" else "") + (node.text or "").strip() + "".join(parts)


def _escaped(part: str) -> str:
    return part if len(part) <= 1 or (part.isalnum() and (part.isdigit() or len(part) == 1)) else f"({part})"
