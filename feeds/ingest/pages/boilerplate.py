"""What stands around a text and is not of it: previous and next article, share bars, advertisements, comments. Pure.

By words in lines, for pages without classes and feed content; by class, id and role in the trees of pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lxml import etree, html

Direction = Literal["previous", "next"]

_OF_ARTICLES = r"(?:article|post|story|entry|news|artikel|beitrag|bericht|artikkel|inlägg|wpis|chapter)"
_END = r"(?:\b|(?-i:(?=[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻА-ЯΑ-Ω“„\"])))"
"""Behind the word: its end, or a title that pages without styles run together with it (`Previous articleStorm closes`)."""
_LEAD = r"(?:(?:read|view|see)\s+(?:the\s+)?)?"
_WORDS: tuple[tuple[Direction, str], ...] = (
        ("previous", rf"{_LEAD}(?:previous|prev|older|earlier|vorherige[rs]?|voriger?|vorige?|förra|forrige|poprzedni)\s+{_OF_ARTICLES}{_END}"
         r"|(?:previous|prev|zurück|précédent|anterior|precedente|vorige)\s*[:»›→«‹←]|article précédent|billet précédent"
         r"|(?:artículo|entrada|artigo|post|noticia|notícia|publicación) anterior|(?:articolo|post) precedente"
         r"|(?:предыдущая|предыдущий) (?:статья|запись|материал|пост)|poprzedni (?:artykuł|wpis)|önceki (?:yazı|haber)|edellinen artikkeli"
         r"|předchozí článek|上一篇(?:文章)?|前の記事|이전 ?(?:글|기사)|المقال السابق|पिछला लेख|המאמר הקודם"),
        ("next", rf"{_LEAD}(?:next|newer|later|nächste[rs]?|volgende?|nästa|neste|næste|następny)\s+{_OF_ARTICLES}{_END}"
         r"|(?:next|next up|up next|weiter|suivant|siguiente|seguinte|successivo|volgende)\s*[:»›→«‹←]|article suivant|billet suivant"
         r"|(?:artículo|entrada|artigo|post|noticia|publicación) (?:siguiente|seguinte)|próximo (?:artigo|post)|(?:articolo|post) successivo"
         r"|(?:следующая|следующий) (?:статья|запись|материал|пост)|następny (?:artykuł|wpis)|sonraki (?:yazı|haber)|seuraava artikkeli"
         r"|další článek|下一篇(?:文章)?|次の記事|다음 ?(?:글|기사)|المقال التالي|अगला लेख|המאמר הבא"),
)  # fmt: skip
_NAVIGATION = tuple(
    (
        direction,
        re.compile(rf"^[«‹←<\s]*(?:{words})\s*[:»›→>«‹←|–—-]*\s*(?P<title>.*?)[»›→>\s]*$", re.IGNORECASE),
    )
    for direction, words in _WORDS
)
_MAY_LEAD = re.compile(rf"[«‹←<\s]*+(?:{'|'.join(words for _, words in _WORDS)})", re.IGNORECASE)
"""Half of what both patterns cost, for lines that lead nowhere."""
_ALONE = re.compile(
    r"^[\W_]*(?:(?:next|previous) page|(?:nächste|vorherige) seite|page (?:suivante|précédente)|advertisements?|advertising|sponsored(?: content)?|ad|story continues below(?: advertisement)?|article continues below(?: advertisement)?|continue reading below"
    r"|anzeige|werbung|annonce|publicité|publicidad|pubblicità|publicidade|advertentie|реклама|reklama?|広告|广告|광고|إعلان"
    r"|share|share this(?: article| story| post| page)?|share on (?:facebook|twitter|x|linkedin|whatsapp)|tweet|pin it|e-?mail|print|teilen|partager|compartir|condividi|delen|поделиться|compartilhar|udostępnij"
    r"|facebook|twitter|linkedin|whatsapp|pinterest|reddit|telegram|copy link|like this|like|loading"
    r"|(?:\d+ )?comments?|(?:\d+ )?kommentare?|(?:\d+ )?commentaires?|(?:\d+ )?comentarios?|(?:view|show|hide|see)(?: all)? comments|leave a (?:comment|reply)|add a comment|post a comment|no comments(?: yet)?"
    r"|related(?: (?:articles?|stories|posts?|content|news|topics|links))?|more stories|more from .{1,40}|you may also like|recommended(?: for you)?|read (?:more|next|also)|see also"
    r"|mehr zum thema(?: (?:auf|bei|in|von) .{1,40})?|mehr (?:kolumnen|artikel|beiträge|nachrichten|news|aus .{1,40})|empfohlene (?:beiträge|artikel)|more (?:articles|columns|posts|news)|plus d['’]articles|das könnte sie auch interessieren|ähnliche (?:artikel|beiträge)|lesen sie auch|à lire aussi|lire aussi|sur le même sujet|articles liés"
    r"|(?:artículos|noticias) relacionad[oa]s|lee también|leggi anche|articoli correlati|lees ook|leia também|читайте также|по теме|czytaj także|関連記事|相关文章|관련 ?기사"
    r"|(?:notas|contenidos?|entradas) relacionad[oa]s?|videos? zum thema|mehr von .{1,40}|more videos|(?:alle|weitere) (?:artikel|beiträge|meldungen|nachrichten)(?: (?:zum thema|von .{1,40}))?"
    r"|(?:zurück|back|retour|volver|volta|torna|terug|tilbage|tillbaka|powrót|wróć)(?: (?:to|zur?|zum|nach|à|a|al?la?|naar|till?|do)(?: (?:the|la|le))?)? ?(?:top|oben|home|homepage|overview|list(?:ing)?|index|start|anfang"
    r"|(?:[\w-]{0,20})?(?:übersicht|liste|listenansicht|startseite|newsroom|archiv|auswahl)|liste|accueil|sommaire|inicio|arriba|inizio|overzicht|archives?|news(?:room)?|results)"
    r"|to read the full (?:story|article)|(?:subscribe|sign in|log in)(?: now)?(?: or)?(?: (?:subscribe|sign in|log in)(?: now)?)?|already a (?:subscriber|member)\?.{0,40}"
    r"|don['’]t miss(?: (?:out|it|this|these(?: stories)?))?|explore (?:further|more)|more like this|what to read next|keep reading|in other news|editors?['’]s? picks?"
    r"|about the authors?|über den autor|über die autorin|à propos de l['’]auteur|sobre el autor|skip to (?:main )?content|nach oben)[\W_]*$",
    re.IGNORECASE,
)  # fmt: skip
_OPENS_LIST = re.compile(
    r"^[\W_]*(?:related(?: (?:articles?|stories|posts?|content|news|topics|links|reading))?|more stories|more from .{1,40}|you may also like|recommended(?: for you)?|read (?:more|next|also)|see also|(?:latest|top|popular|trending) (?:news|articles|posts|stories|now)|explore (?:further|more)|don['’]t miss(?: (?:out|it|this|these(?: stories)?))?"
    r"|more like this|what to read next|keep reading|in other news|editors?['’]s? picks?|nicht verpassen|à ne pas manquer|no te (?:lo )?pierdas"
    r"|most (?:read|popular|viewed|shared|commented)(?: (?:(?:in|on|from) .{1,40}|videos?|articles?|stories|posts|news))?"
    r"|meistgelesen(?:e (?:artikel|beiträge))?|am meisten gelesen|(?:les )?plus lus|lo más leído|(?:las )?más leíd[ao]s|i più letti|mais lidas|meest gelezen"
    r"|mehr zum thema(?: (?:auf|bei|in|von) .{1,40})?|mehr (?:kolumnen|artikel|beiträge|nachrichten|news|aus .{1,40})|empfohlene (?:beiträge|artikel)|more (?:articles|columns|posts|news)|plus d['’]articles|das könnte sie auch interessieren|ähnliche (?:artikel|beiträge)|lesen sie auch|à lire aussi|lire aussi|sur le même sujet|articles liés"
    r"|(?:artículos|noticias) relacionad[oa]s|lee también|leggi anche|articoli correlati|lees ook|leia também|читайте также|по теме|czytaj także|関連記事|相关文章|관련 ?기사|(?:notas|contenidos?|entradas) relacionad[oa]s?|videos? zum thema|mehr von .{1,40})[\W_]*$",
    re.IGNORECASE,
)  # fmt: skip
_BEGINS = re.compile(
    r"^[\W_]*(?:(?:anzeige|advertisement|werbung|sponsored|publicité|publicidad)\s*[:|–—-]"
    r"|if you (?:enjoyed|liked|like|found)\b.{0,40}\b(?:post|article|story|piece)|(?:suggested citation|zitiervorschlag|cite (?:this|as))\b|citation:.{10,180}\bretrieved\b"
    r"|(?:sign up|subscribe|register)\b.{0,60}\b(?:newsletter|inbox|e-?mails?|updates?|daily|weekly)|get (?:our|the) .{0,40}newsletter"
    r"|(?:unseren?|jetzt|zum)\b.{0,40}newsletter|(?:recevez|abonnez-vous|inscrivez-vous).{0,60}(?:newsletter|lettre)|(?:suscr[ií]bete|iscriviti|inscreva-se|подпишитесь).{0,80}"
    r"|(?:share|tweet|e-?mail|print)(?:[\s|·,/]+(?:share|tweet|e-?mail|print|facebook|twitter|x|whatsapp|linkedin|pinterest|this|on|via|to|with|friends?))+[\W_]*$"
    r"|follow us on\b|folgen sie uns|suivez-nous|síguenos|seguici su|join the conversation|click here to (?:share|subscribe|print)"
    r"|(?:read (?:more|also|next)|see also|related(?: (?:articles?|stor(?:y|ies)|posts?))?|more on this|lesen sie auch|mehr zum thema|lire aussi|à lire aussi|lee también|leggi anche|lees ook|leia também|читайте также|関連記事)\s*[:：]"
    r"|(?:tags?|filed under|posted in|categories|schlagw[oö]rter|stichworte|mots-clés|etiquetas|теги)\s*:"
    r"|(?:reprinted|republished|reproduced) (?:here )?(?:with|by) (?:the )?(?:kind )?permission\b|(?:for|to request) (?:reprints?|(?:reprint )?permissions?)\b"
    r"|.{0,60}\b(?:may|must) not be (?:reproduced|reprinted|republished|redistributed|rewritten|published, broadcast)\b"
    r"|(?:if you )?(?:have )?(?:spot(?:ted)?|notice[d]?|found|find|see|seen) (?:an? |any )?(?:error|mistake|typo|inaccurac)|report (?:an? )?(?:error|mistake|typo|correction)|to (?:report|request) (?:an? )?(?:correction|error)"
    r"|(?:haben sie einen |einen )?fehler (?:gefunden|entdeckt|melden)|une erreur (?:dans|à signaler)|signaler une erreur|¿?(?:has )?(?:encontrad[oa]|visto) un error"
    r"|(?:copyright\b|©)\s*(?:©\s*)?(?:19|20)\d\d\b)",
    re.IGNORECASE,
)  # fmt: skip
_BARE: tuple[tuple[Direction, str], ...] = (
        ("previous", "previous prev zurück vorheriger précédent anterior precedente vorige предыдущая poprzedni"),
        ("next", "next weiter nächster suivant siguiente seguinte successivo volgende следующая następny"),
)  # fmt: skip
_DIRECTIONS = {word: direction for direction, words in _BARE for word in words.split()}
MOST_CHARS = 220
LEAST_PROSE = 100
_SENTENCE = re.compile(r"\w{2,}[.!?](?:\s|$)")
_MORE = re.compile(r"=read-?more$", re.IGNORECASE)
"""A class for links to the rest of an article, and for the rest itself."""
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:related|relatedposts?|recommended|recommendations?|read-?(?:more|next|also)|more-?(?:stories|articles|posts)|you-?may-?(?:also-?)?like|yarpp|jp-relatedposts"
    r"|share|shares?-?(?:bar|buttons?|links?|tools?)|sharing|sharedaddy|share(?:this|tools)|social-?(?:share|sharing|links|media|icons?|buttons?|bar)?|addtoany(?:_\w+)?|shariff"
    r"|newsletter(?:-?(?:box|signup|form|widget))?|subscribe(?:-?(?:box|form))?|mc4wp\w*|sign-?up(?:-?(?:box|form))?"
    r"|advert|adverts|advertisement|advertising|ad-?(?:slot|box|container|wrapper|unit|banner)|adsbygoogle|sponsored|outbrain|taboola|promo-?box"
    r"|comments?(?:-?(?:area|list|section|wrapper|respond|form))?|respond|disqus(?:_thread)?"
    r"|(?:post|posts|article|entry|story)-?nav(?:igation)?|nav-?links|nav-?(?:previous|next|below|above)|prev-?next|previous-?next|pager|pagination|page-?links"
    r"|breadcrumbs?|author-?(?:box|bio|info|card|profile|description|about)|about-?(?:the-?)?author|post-?author-?(?:box|bio)|cookie(?:-?(?:banner|notice|consent))?|skip-?link|screen-reader-(?:text|only)|sr-only|visually-?hidden)(?=$|[\s_-])",
    re.IGNORECASE,
)  # fmt: skip
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"})
_CORRECTION = re.compile(
    r"[\W_]*(?:corrections?|clarification|corrigendum|erratum|editor[’']?s note|update|korrektur|berichtigung|richtigstellung|klarstellung|anmerkung der redaktion"
    r"|correction|rectificatif|précision|corrección|fe de erratas|nota del editor|correzione|rettifica|errata|correctie|rättelse|rettelse|oikaisu|sprostowanie"
    r"|уточнение|исправление|訂正|お詫びと訂正|更正|정정)\b(?:\.|(?:[^.!?]|(?<=\d)\.){0,60}?(?:[:：]|\s[–—-]\s))",
    re.IGNORECASE,
)
MOST_CORRECTION = 600
_NEVER = frozenset({"html", "body", "main", "head"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A line that leads to the article before or after this one."""

    direction: Direction
    title: str


def read_navigation(line: str) -> Neighbour | None:
    """The neighbour that `Previous article: Boats are back` names; None for any other line."""
    text = " ".join(line.split())
    if len(text) > MOST_CHARS or not _MAY_LEAD.match(text):
        return None
    for direction, pattern in _NAVIGATION:
        found = pattern.match(text)
        if found and not re.search(r"[.!?]\s+\w.*\w[.!]$", found["title"]):
            return Neighbour(direction=direction, title=found["title"].strip(" :–—-|"))
    return None


def bare_direction(line: str) -> Direction | None:
    """The way that a line of one word leads: `Previous`, with a title in the line below; None for any other line."""
    return _DIRECTIONS.get(line.strip(" «»‹›←→<>:|").casefold()) if len(line) <= 24 else None


def is_boilerplate(line: str) -> bool:
    """True for a line that says by its words alone that it is no text: `Advertisement`, `Share this on …`."""
    text = " ".join(line.split())
    return 0 < len(text) <= MOST_CHARS and bool(_ALONE.match(text) or _BEGINS.match(text))


def opens_list(line: str) -> bool:
    """True for a line below which titles of other articles stand: `Related articles`."""
    text = " ".join(line.split())
    return 0 < len(text) <= MOST_CHARS and bool(_OPENS_LIST.match(text))


def named_boilerplate(node: html.HtmlElement) -> str | None:
    """The class, id, role or tag by which an element is boilerplate; None if it is not."""
    tag = node.tag
    if tag in _NEVER:
        return None
    if tag in ("nav", "form"):
        return str(tag)
    role = node.get("role")
    if role and (role := role.strip().lower()) in _ROLES:
        return f"role={role}"
    named = node.get("class")
    if named and (found := _boilerplate_in(named)):
        return f"class={found}"
    named = node.get("id")
    if named and (found := _boilerplate_in(named)):
        return f"id={found}"
    return None


@lru_cache(8_192)
def _boilerplate_in(names: str) -> str:
    # The same few names stand at most elements of a page.
    found = _NAMES.search(names[:500])
    return found[0].strip(" _-") if found else ""


def _is_prose(node: html.HtmlElement) -> bool:
    """A sentence at least, and hardly a link."""
    text = " ".join(node.text_content().split())
    linked = sum(len(link.text_content()) for link in node.iter("a"))
    return len(text) > LEAST_PROSE and linked * 4 < len(text) and bool(_SENTENCE.search(text))


def _has_running_text(node: html.HtmlElement) -> bool:
    """Two long paragraphs that are not mostly links."""
    long = 0
    for one in node.iter("p"):
        chars = len(one.text_content())
        if chars > 150 and sum(len(link.text_content()) for link in one.iter("a")) * 2 < chars:
            long += 1
            if long == 2:
                return True
    return False


def prune(root: html.HtmlElement, *, text_chars: int) -> tuple[str, ...]:
    """The tree without its boilerplate, changed in place; returns by what each part was known.

    An element that holds a third of the page's text, or two long paragraphs and is not comments, is kept whatever
    its name is; so is what is folded away behind *read more*, and a `nav` that was never closed.
    """
    known: list[str] = []
    for node in list(root.iter(etree.Element)):
        name = named_boilerplate(node)
        if name is None or node.getparent() is None or root not in node.iterancestors():
            continue
        if name == "nav" and next(node.iter("h1"), None) is not None and _has_running_text(node):
            continue
        if _MORE.search(name) and _is_prose(node):
            continue
        if name != "nav" and (
            len(node.text_content()) * 3 > text_chars or ("comment" not in name and _has_running_text(node))
        ):
            continue
        known.append(name)
        node.drop_tree()
    return tuple(known)


def of_others(root: html.HtmlElement) -> None:
    """The tree, changed in place, without what others say in it: comments, posts and quotations, lists at the side.

    Nor what was corrected later, and when: none of these days is the article's own.
    """
    text_chars = len(root.text_content())
    for node in list(root.iter(etree.Element)):
        tag = node.tag
        is_others = tag in ("blockquote", "aside") or "comment" in (named_boilerplate(node) or "")
        is_later = tag in ("p", "li", "div", "em") and is_correction(_short_line(node))
        if not (is_others or is_later) or node.getparent() is None or root not in node.iterancestors():
            continue
        if is_later or len(node.text_content()) * 3 < text_chars:
            node.drop_tree()


def _short_line(node: html.HtmlElement) -> str:
    """The words of an element that may be a correction; empty for a longer one, whose text is not read to its end."""
    parts: list[str] = []
    chars = 0
    for part in node.itertext():
        parts.append(part)
        chars += sum(map(len, part.split()))
        if chars > MOST_CORRECTION:
            return ""
    return " ".join("".join(parts).split())


def is_correction(line: str) -> bool:
    """True for a line that says what was changed in an article after it came out."""
    return len(line) <= MOST_CORRECTION and bool(_CORRECTION.match(line))
