"""Languages as sources name them, where they should state a tag (BCP 47): `German`, `deu`, `iw`. Pure."""

from __future__ import annotations

import re

_NAMES = (
    "af afrikaans|ar arabic العربية|az azerbaijani azərbaycan|be belarusian беларуская|bg bulgarian български|bn bengali bangla বাংলা"
    "|bs bosnian bosanski|ca catalan català|cs czech čeština cesky český|cy welsh cymraeg|da danish dansk|de german deutsch"
    "|el greek ελληνικά|en english|es spanish español espanol castellano|et estonian eesti|eu basque euskara|fa persian farsi فارسی"
    "|fi finnish suomi|fr french français francais|ga irish gaeilge|gl galician galego|he hebrew עברית|hi hindi हिन्दी|hr croatian hrvatski"
    "|hu hungarian magyar|hy armenian հայերեն|id indonesian|is icelandic íslenska|it italian italiano|ja japanese 日本語|ka georgian ქართული"
    "|kk kazakh|ko korean 한국어|lt lithuanian lietuvių|lv latvian latviešu|mk macedonian македонски|ms malay|nl dutch nederlands|no norwegian norsk"
    "|pl polish polski|pt portuguese português portugues|ro romanian română|ru russian русский|sk slovak slovenčina"
    "|sl slovenian slovenščina|sq albanian shqip|sr serbian srpski српски|sv swedish svenska|sw swahili kiswahili|ta tamil தமிழ்|te telugu"
    "|th thai ไทย|tl filipino tagalog|tr turkish türkçe|uk ukrainian українська|ur urdu اردو|vi vietnamese|zh chinese 中文"
)
_LONG = (
    "af afr|ar ara|az aze|be bel|bg bul|bn ben|bs bos|ca cat|cs ces cze|cy cym wel|da dan|de deu ger|el ell gre|en eng|es spa|et est"
    "|eu eus baq|fa fas per|fi fin|fr fra fre|ga gle|gl glg|he heb iw|hi hin|hr hrv|hu hun|hy hye arm|id ind in|is isl ice|it ita|ja jpn jp"
    "|ka kat geo|kk kaz|ko kor|lt lit|lv lav|mk mkd mac|ms msa may|nb nob|nl nld dut|nn nno|no nor|pl pol|pt por|ro ron rum mo|ru rus"
    "|sk slk slo|sl slv|sq sqi alb|sr srp|sv swe|sw swa|ta tam|te tel|th tha|tl tgl|tr tur|uk ukr|ur urd|vi vie|yi yid ji|zh zho chi"
)
"""ISO 639-2 where BCP 47 wants the shorter code, and codes that were given up."""
LONGEST_PRIMARY = 3


def _table(written: str) -> dict[str, str]:
    rows = (row.split() for row in written.split("|"))
    return {name: code for code, *names in rows for name in names}


_BY_NAME, _BY_CODE = _table(_NAMES), _table(_LONG)


def language_tag(text: str) -> str | None:
    """The tag that a source's word for a language means; None where it means none."""
    clean = text.strip().replace("_", "-")
    primary, *rest = clean.split("-")
    short = _BY_CODE.get(primary.lower())
    if short is not None:
        primary = short
    elif not primary.isascii() or len(primary) > LONGEST_PRIMARY:
        first = re.split(r"[\s(,;/]", clean.casefold(), maxsplit=1)[0]
        return _BY_NAME.get(first) or _BY_NAME.get(first.partition("-")[0])
    parts = (primary, *rest)
    is_tag = 0 < len(clean) <= 35 and all(part.isalnum() and part.isascii() for part in parts)
    return "-".join(parts) if is_tag else None
