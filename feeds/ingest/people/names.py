"""Names of people: what looks like one, whether two spellings name one person, and case put right. Pure."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 200
_WORD = re.compile(r"^[^\W\d_][\w.'’\-]*$")
_SMALL = frozenset("de da di do du der den des el la le van von zu af av bin ibn al y e ten ter".split())
_CASED = frozenset(
    "de da di do du dos das del della den der des la las le les los van von zu zum zur af av bin ibn ten ter y e".split()
)
_GIVEN = frozenset({"Al", "Van"})
"""Given names that are small words elsewhere: `Al Baker`, `Van Jones`."""
_TWICE = re.compile(r"(\S+ .{3,60}?)\1")
_ROMAN = re.compile(r"[IVX]{2,4}")
_NO_VOWEL = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]+")
_CONSONANT_NAMES = frozenset({"NG"})
_HANDLE = re.compile(
    r"/?u/[\w-]{2,40}|@[\w.-]{1,60}(?:@[\w.-]{1,60})?|[^\W_]+(?:[_.]\w+)+|[a-z]+\d+\w*|[a-z][\w-]{1,40}"
)
_TURNED = re.compile(
    r"(?P<family>[^\W\d_a-z][\w'’ -]{0,40}?),\s*(?P<initials>(?:[^\W\d_a-z]\.[ -]?){1,4})(?=,|;|$)"
)


def looks_like_name(text: str) -> bool:
    """True for two to five words that begin with capitals, small particles aside."""
    words = text.split()
    if not 2 <= len(words) <= 5 or not all(_WORD.match(word) for word in words):
        return False
    large = [
        word
        for place, word in enumerate(words)
        if word.lower() not in _SMALL or (not place and word in _GIVEN)
    ]
    return len(large) >= 2 and all(word[0].isupper() or not word[0].islower() for word in large)


def without_repetition(text: str) -> str:
    """`Jane Roe` of `Jane RoeJane Roe`: a page that shows one of two elements, for wide screens and for narrow ones."""
    found = _TWICE.fullmatch(text)
    return found[1] if found else text


def is_handle(text: str) -> bool:
    """True for what somebody writes under on a platform: `@jane`, `jane_roe99`, `/u/jane`, `jroe`."""
    return len(text) <= 120 and bool(_HANDLE.fullmatch(text))


def turn_initials(text: str) -> tuple[str, ...]:
    """`C. Ash`, `K. L. Mueller` of `Ash, C., Mueller, K. L.`; nothing where a part is not family name and initials."""
    if len(text) > 1000 or "," not in text:
        return ()
    names: list[str] = []
    rest = text.strip(" ;,")
    while rest:
        found = _TURNED.match(rest)
        if found is None:
            return ()
        if looks_like_name(found["family"]):
            # `Jane Roe, M.D.` is a name and a degree.
            return ()
        names.append(f"{found['initials'].strip()} {found['family'].strip()}")
        rest = re.sub(r"^(?:and|und|et|y|&)\s+", "", rest[found.end() :].lstrip(" ,;&"))
    return tuple(names)


def put_case(name: str) -> str:
    """A name in small and large letters: `JANE MCDOE` is `Jane McDoe`; left alone where it may be an abbreviation.

    Scripts without case, single words, and names with a word of consonants (`BBC WORLD`) stay as written.
    """
    words = name.split()
    letters = [char for char in name if char.isalpha()]
    if not 2 <= len(words) <= 6 or not letters or any(char.islower() for char in letters):
        return name
    if not any(char.isupper() for char in letters) or any(_is_abbreviation(word) for word in words):
        return name
    is_turkish = any(char in name for char in "İĞŞ")
    return " ".join(_put(word, place == 0, is_turkish=is_turkish) for place, word in enumerate(words))


def same_person(name: str) -> str:
    """What is equal for `Roe, Jane`, `JANE ROE` and `Jané Roe`: fields that name one person twice."""
    return " ".join(sorted(folded_words(name))) or unicodedata.normalize(
        "NFKD", " ".join(name.casefold().split())
    )


def is_shorter_form(short: str, full: str) -> bool:
    """True if one name is the other with initials: `I. Halvorsen`, or `Ines Halvorsen`, of `Ines M. Halvorsen`."""
    few, many = (folded_words(one) for one in (short, full))
    if not 2 <= len(few) <= len(many) or few == many or few[-1] != many[-1] or len(few[-1]) < 2:
        return False
    if len(few) < len(many):
        left_out = many[len(few) - 1 : -1]
        return few[:-1] == many[: len(few) - 1] and all(len(word) == 1 for word in left_out)
    pairs = list(zip(few[:-1], many[:-1], strict=True))
    return all(one == other or one == other[:1] for one, other in pairs)


def folded_words(name: str) -> list[str]:
    """The words of the name without case and accents, in their order."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"\w+", "".join(char for char in bare if not unicodedata.combining(char)))


def is_login_of(handle: str, name: str) -> bool:
    """True if the handle is made of the name: `jroe`, `jane`, `roe.jane`, `@jane_roe` of `Jane Roe`."""
    words = same_person(name).split()
    bare = re.sub(r"^/?u/|\d+$|[\W_]", "", handle.split("@", 2)[1] if handle.startswith("@") else handle)
    folded = same_person(bare).replace(" ", "")
    made = {*words, "".join(words), "".join(reversed(words))}
    for one in words:
        others = [word for word in words if word != one]
        made |= {word[0] + one for word in others} | {one + word[0] for word in others}
        made |= {word + one for word in others}
    return folded in made


def _is_abbreviation(word: str) -> bool:
    bare = word.strip(".,")
    return len(bare) > 2 and "." not in bare and bool(_NO_VOWEL.fullmatch(bare))


def _put(word: str, is_first: bool, *, is_turkish: bool) -> str:
    bare = word.rstrip(".,")
    if _ROMAN.fullmatch(bare) and not is_first:
        return word
    if "." in word[:-1] or (len(bare) == 2 and _NO_VOWEL.fullmatch(bare) and bare not in _CONSONANT_NAMES):
        return word
    if word.casefold() in _CASED and not is_first:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda part: _capital(part[0], is_turkish=is_turkish), word.replace("’", "'"))


def _capital(part: str, *, is_turkish: bool) -> str:
    small = part.replace("İ", "i").replace("I", "ı").lower() if is_turkish else part.lower()
    if small.startswith("mc") and len(small) > 3:
        return f"Mc{small[2].upper()}{small[3:]}"
    return part[0] + small[1:]
