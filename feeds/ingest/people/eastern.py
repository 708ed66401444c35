"""Bylines in Chinese, Japanese and Korean: `记者 王小明`, `山田太郎記者`, `김철수·이영희 기자`. Pure.

Nothing parts the words there: what somebody is stands before or behind a name without a sign between.
"""

from __future__ import annotations

import re

MAX_CHARS = 200
_HAN = "㐀-䶿一-鿿々〆ヶ"
_KANA = "぀-ヿー"
_HANGUL = "가-힣"
_ANY = re.compile(f"[{_HAN}{_KANA}{_HANGUL}]")
_SIGN = r"\s*[:：/／|丨=＝]\s*"
_LEAD = re.compile(
    rf"^(?:(?P<role>(?:[{_HAN}]{{0,8}}?)(?:通讯员|记者|記者|特派員|特约撰稿人))(?:{_SIGN}|[·・]|\s+|(?=[{_HAN}]{{2,4}}(?:$|[\s、，,·・])))"
    rf"|(?:(?:原创)?作者|著者|撰文|撰稿|撰写|文字|執筆|筆者|文責|取材・文|取材|聞き手|글쓴이|글|취재|기고)(?:{_SIGN}|[·・]|\s+)"
    rf"|(?:文|글)(?:{_SIGN}|[·・]))"
)
_TAIL = re.compile(
    rf"(?<=[{_HAN}{_KANA}{_HANGUL}])\s*(?P<role>(?:本报|本社|本紙)?(?:记者|記者|特派員|編集委員|論説委員|支局長|通讯员|評論家|アナウンサー)"
    r"|(?:선임|인턴|객원|수습|전문|논설|편집)?\s?(?:기자|특파원|논설위원|위원|칼럼니스트|아나운서|앵커|PD))$"
)
_OTHERS = re.compile(
    rf"(?:^|[\s/／|丨,，、;；）)])(?:(?P<pictures>摄影|攝影|摄|摄像|图片?|制图|写真|撮影|사진|영상|그래픽)|(?:责任)?编辑|責任編輯|编译|責编|责编|編集|编审|校对|审核|翻译|翻訳|訳|监制|監修|편집|번역)(?:{_SIGN}|・(?=\S))"
)
_BETWEEN = re.compile(rf"\s*[、，,;；/／&]\s*|(?<=[{_HAN}{_HANGUL}])[·・](?=[{_HAN}{_HANGUL}])")
_NAME = re.compile(
    rf"[{_HAN}{_HANGUL}]{{2,6}}|[{_HAN}]{{1,4}}[ 　][{_HAN}{_KANA}]{{1,4}}|[{_HAN}{_KANA}]{{2,8}}|[{_KANA}]{{2,12}}(?:[・＝=][{_KANA}]{{2,12}}){{1,3}}"
)
_PAPER = re.compile(r"(?:社|报|報|网|網|台|局|新聞|新闻|通信|部|신문|뉴스|일보|방송)$")
"""Ends of what is no person: papers, agencies, desks."""
_CHINESE = re.compile(r"[记讯撰]|作者|文字")
"""Words that Japanese writes otherwise: in a list behind them, a space parts two people."""
Named = tuple[str, str | None]


def read_eastern(text: str) -> tuple[tuple[Named, ...], tuple[str, ...]] | None:
    """Names with what the byline says that they are, and the makers of pictures; None if it is no such byline.

    A name alone is none: nothing has to be left out.
    """
    if len(text) > MAX_CHARS or not _ANY.search(text):
        return None
    marks = list(_OTHERS.finditer(text))
    pictures: list[str] = []
    for place, mark in enumerate(marks):
        who = text[mark.end() : marks[place + 1].start() if place + 1 < len(marks) else len(text)]
        if mark["pictures"]:
            pictures += [one[0] for one in _people(who, is_chinese=True) or ()]
    rest = (text[: marks[0].start()] if marks else text).strip(" \u3000,，;；|丨（()）")
    lead = _LEAD.match(rest)
    bare = rest[lead.end() :] if lead else rest
    tail = _TAIL.search(bare)
    is_listed = bool(_BETWEEN.search(bare))
    if not (marks or lead or tail or is_listed):
        return None
    if not rest:
        return (), tuple(pictures)
    role = (lead["role"] if lead else None) or (tail["role"].strip() if tail else None)
    people = _people(bare, is_chinese=bool(lead and _CHINESE.search(lead[0])))
    if people is None:
        return None
    return tuple((name, own or role) for name, own in people), tuple(pictures)


def _people(text: str, *, is_chinese: bool) -> list[Named] | None:
    """Each name with its own job title behind it; None if a part is no name."""
    found: list[Named] = []
    for part in _BETWEEN.split(text.strip()):
        tail = _TAIL.search(part)
        name = (part[: tail.start()] if tail else part).strip()
        words = name.split()
        is_several = len(words) > 1 and (is_chinese or len(words) > 2 or all(len(one) > 3 for one in words))
        for one in words if is_several else [name]:
            if not _NAME.fullmatch(one) or _PAPER.search(one):
                return None
            found.append((one, tail["role"].strip() if tail else None))
    return found
