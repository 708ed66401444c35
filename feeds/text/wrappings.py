"""What HTML is wrapped in that is none of it: CDATA written out, a form around all of it, where to see it from. Pure."""

from __future__ import annotations

import html
import re

from feeds.text.urls import absolute_url

MOST_FORMS = 20
"""Forms of one text; each that is never closed is looked at to the end."""
_OPENED = "<![CDATA["
_CDATA = re.compile(r"<!\[CDATA\[|\]\](?:>|&gt;)")
_BASE = re.compile(
    r"<base\b[^<>]{0,200}?\bhref\s*=\s*(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})'|([^\s\"'<>]{1,2000}))",
    re.IGNORECASE,
)
_FORM = re.compile(r"<form\b[^<>]*>(.*?)(?:</form\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_FORM_TAG = re.compile(r"</?form\b[^<>]*>", re.IGNORECASE)
_UNHEARD = re.compile(r"<[^<>]*>|\s+")


def unwrapped(source: str, base_url: str | None) -> tuple[str, str | None]:
    """The HTML without its wrappings, and the address from which its own addresses are seen."""
    if _OPENED in source:
        source = _CDATA.sub("", source)
    if ("<base" in source or "<BASE" in source) and (found := _BASE.search(source)):
        stated = html.unescape(found[1] or found[2] or found[3])
        base_url = absolute_url(stated, base_url) or base_url
    if "<form" in source or "<FORM" in source:
        source = _without_form_around(source)
    return source, base_url


def without_cdata(text: str) -> str:
    """The text without the CDATA that a program escaped together with it; any other as it is."""
    return _CDATA.sub("", text) if _OPENED in text and text.lstrip().startswith(_OPENED) else text


def _without_form_around(source: str) -> str:
    """The HTML without the tags of its forms where more is said in them than beside them, as on pages of ASP.NET."""
    if len(_FORM_TAG.findall(source)) > 2 * MOST_FORMS:
        return source
    spoken = _without_scripts(source)
    inside = sum(_said(form[1]) for form in _FORM.finditer(spoken))
    return _FORM_TAG.sub("", source) if inside > _said(_FORM.sub(" ", spoken)) else source


def _without_scripts(source: str) -> str:
    for name in ("script", "style"):
        pieces: list[str] = []
        low, at = source.lower(), 0
        while (start := low.find(f"<{name}", at)) >= 0 and (end := low.find(f"</{name}", start)) >= 0:
            pieces.append(source[at:start])
            at = end
        source = "".join((*pieces, source[at:]))
    return source


def _said(source: str) -> int:
    return len(_UNHEARD.sub("", source))
