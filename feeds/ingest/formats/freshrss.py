"""Turns the XPath by which FreshRSS scrapes a page into a CSS selector of links, where one can say the same. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STEP = re.compile(
    r"(/{1,2}|\.//|descendant::|child::|\./)?(?:descendant::|child::)?([a-z][a-z0-9]{0,15}|\*)"
    r"((?:\[[^\[\]]{1,120}\])*)",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\[\s*(?:@(class|id)\s*=\s*[\"']([\w -]{1,80})[\"']|contains\(\s*(?:concat\(\s*[\"'] [\"'],\s*)?(?:normalize-space\()?@class\)?"
    r"(?:,\s*[\"'] [\"']\s*\))?\s*,\s*[\"']\s*([\w-]{1,60})\s*[\"']\s*\))\s*\]"
)
_HREF = re.compile(r"(?:/|^)@href$")


def selector_of(stated: Mapping[str, str]) -> str | None:
    """The selector of the links that `xPathItem` and `xPathItemUri` mean together; None if CSS has no word for it."""
    item, uri = stated.get("xpathitem", ""), stated.get("xpathitemuri", "")
    if not item or not _HREF.search(uri):
        return None
    around = _selector(item)
    inside = _selector(_HREF.sub("", uri)) if uri != "@href" else ""
    if around is None or inside is None:
        return None
    return f"{around} {inside}".strip()


def _selector(path: str) -> str | None:
    """Steps of a path as a selector; None for what is more than elements with classes and ids."""
    made = ""
    place = 0
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None or step.end() == place:
            return None
        tests = _tests(step[3])
        if tests is None:
            return None
        is_child = step[1] in ("/", "./", "child::") and bool(made)
        made += f"{' > ' if is_child else ' ' if made else ''}{step[2].lower()}{tests}"
        place = step.end()
    return made or None


def _tests(written: str) -> str | None:
    made = ""
    place = 0
    while place < len(written):
        test = _TEST.match(written, place)
        if test is None:
            return None
        if test[1] == "id":
            made += (
                f"#{test[2].strip()}"
                if re.fullmatch(r"[A-Za-z][\w-]*", test[2].strip())
                else f'[id="{test[2]}"]'
            )
        else:
            made += "".join(f".{name}" for name in (test[3] or test[2]).split())
        place = test.end()
    return made
