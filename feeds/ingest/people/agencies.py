"""News agencies and syndicates told from people, by the names and abbreviations that bylines use. Pure; the table is our own.

An abbreviation counts only as it is written here: `ELTA` is an agency, `Elta` a given name.
"""

from __future__ import annotations

import re
from types import MappingProxyType

MAX_CHARS = 80
_TABLE = """
AAP | Australian Associated Press
Agence France-Presse | AFP | Agence France Presse | Agencia France-Presse | Agentur AFP | АФП
Agência Brasil
Agência Lusa | Lusa
Agerpres | AGERPRES
AGI | Agenzia Giornalistica Italia | Agenzia Italia
Adnkronos
Algérie Presse Service | Algeria Press Service | APS?
Anadolu Agency | Anadolu Ajansı | Agence Anadolu | Anadolu | AA?
ANI | Asian News International
ANP | Algemeen Nederlands Persbureau
ANSA | Agenzia ANSA | ANSA.it
Antara News | ANTARA
APA | Austria Presse Agentur
Associated Press | AP | The AP | The Associated Press | L'Associated Press | Ассошиэйтед Пресс
Belga | Belga News Agency | Agence Belga | Persagentschap Belga
BelTA | BELTA | Белта | БЕЛТА
Bernama | BERNAMA
Bloomberg | Bloomberg News
BNS | Baltic News Service
BTA | Bulgarian News Agency | БТА
Canadian Press | The Canadian Press | La Presse canadienne | La Presse Canadienne | CP?
Central News Agency | Focus Taiwan | 中央社
ČTK | Czech News Agency | Česká tisková kancelář
Cuban News Agency | Agencia Cubana de Noticias
dpa | DPA | Dpa | Deutsche Presse-Agentur | Deutsche Presseagentur | dpa-infocom | dpa-AFX | dpa-afx | dpa-tmn | DPA-Agentur
EFE | Agencia EFE | EFE News
ELTA | Lithuanian News Agency
Europa Press
epd | EPD | Evangelischer Pressedienst
GNA | Ghana News Agency
Hina | HINA
IANS | Indo-Asian News Service
Interfax | Интерфакс | Interfax-Ukraine | Интерфакс-Украина
IPS | Inter Press Service
IRNA | Islamic Republic News Agency
Jiji Press | JIJI | 時事通信 | 時事通信社 | 時事
Kenya News Agency
Keystone-SDA | SDA | sda | Keystone/SDA | Keystone-ATS | ATS | Schweizerische Depeschenagentur | Agence télégraphique suisse
KNA | Katholische Nachrichten-Agentur
Kyodo News | Kyodo | KYODO | 共同通信 | 共同通信社 | 共同
KUNA | Kuwait News Agency
LaPresse
LETA | Latvian Information Agency
Maghreb Arabe Presse | MAP? | Agence Marocaine de Presse
MTI | Hungarian News Agency | Magyar Távirati Iroda
Middle East News Agency | MENA?
News Agency of Nigeria | NAN
Notimex
NTB | Norsk Telegrambyrå
PA Media | Press Association | The Press Association | PA? | PA News Agency
PAP | Polska Agencja Prasowa | Polish Press Agency
Prensa Latina
Press Trust of India | PTI
QNA | Qatar News Agency
Reuters | REUTERS | Thomson Reuters | Agence Reuters | Рейтер | Reuters Agency | 路透社 | ロイター
RIA Novosti | РИА Новости
Ritzau | Ritzaus Bureau
Religion News Service | RNS
Syrian Arab News Agency | SANA?
SID | Sport-Informations-Dienst
Slovenska tiskovna agencija | STA? | Slovenian Press Agency
Saudi Press Agency | SPA?
STT | STT-Lehtikuva | Suomen Tietotoimisto | Finnish News Agency
Sputnik News
TASR
TASS | ТАСС | ITAR-TASS | ИТАР-ТАСС
Tanjug | Танјуг
Télam | Agencia Télam | TELAM
TT Nyhetsbyrån | TT? | Tidningarnas Telegrambyrå
Ukrinform | Укринформ | Укрінформ
UNIAN | УНИАН | УНІАН
United News of India | UNI?
UPI | United Press International
Vietnam News Agency | TTXVN | VNA
WAFA | Palestine News Agency
WAM | Emirates News Agency
Xinhua | XINHUA | Xinhua News Agency | 新华社 | 新華社
Yonhap | Yonhap News Agency | 연합뉴스 | YONHAP
CalMatters
Capital News Service
The Conversation | theconversation.com
Global Voices
GlobeNewswire | Globe Newswire
KFF Health News | Kaiser Health News | KHN?
PR Newswire | PRNewswire
Project Syndicate
ProPublica
Radio Free Europe/Radio Liberty | RFE/RL
StatePoint
States Newsroom
Tribune Content Agency | Tribune News Service | TNS? | TCA?
Voice of America | VOA?
Business Wire | BusinessWire
news aktuell
"""
_AROUND = re.compile(
    r"^(?:(?:with|mit|avec|con|from|source|quelle|fuente|fonte)\s*:?\s+|©\s*|\(c\)\s*)|"
    r"\s+(?:staff|reporters?|news agency|newsroom|wires?|wire service|fact check)$",
    re.IGNORECASE,
)


def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    sure: dict[str, str] = {}
    beside: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        names = [one.strip() for one in line.split("|")]
        for name in names:
            (beside if name.endswith("?") else sure)[_key(name.rstrip("?"))] = names[0]
    return sure, beside


def _key(name: str) -> str:
    """A short word as it is written, since abbreviations are words in small letters; else without case."""
    bare = " ".join(name.replace("’", "'").split())
    return bare if len(bare) <= 8 and " " not in bare else bare.casefold()


_SURE, _BESIDE = map(MappingProxyType, _spellings())


def read_agency(text: str, *, is_beside: bool = False) -> str | None:
    """The agency's one name for any of its spellings: `AP` and `The Associated Press` are one; None for others.

    `is_beside`: the text stands beside a person or another agency, so that even `PA` and `TT` are agencies;
    alone they are initials.
    """
    if len(text) > MAX_CHARS:
        return None
    bare = _AROUND.sub("", " ".join(text.split()).strip(" .,;:()[]*–—-"))
    bare = _AROUND.sub("", bare).strip()
    whole = re.fullmatch(r"(?P<name>[^()]{3,60}?)\s*\((?P<short>[^()]{2,8})\)", bare)
    if whole and (found := _SURE.get(_key(whole["name"]))) is not None:
        return found
    return _SURE.get(_key(bare)) or (_BESIDE.get(_key(bare)) if is_beside else None)
