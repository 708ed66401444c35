"""Bylines as they are written: names, roles, places, agencies, makers of pictures; unsure ones stay whole."""

from __future__ import annotations

import pytest

from feeds.ingest.people.authors import judge_bylines, photographers_of
from feeds.ingest.people.byline_parts import read_byline_parts
from feeds.model.incoming import Byline

AFP, AP = "Agence France-Presse", "Associated Press"


def judged(text: str) -> list[tuple[str, ...]]:
    found = judge_bylines([Byline(text=text)], titles=("Harbour News",), fallback=None, base_url=None)
    return [
        (one.name, *((one.kind,) if one.kind != "person" else ()), *((one.role,) if one.role else ()))
        for one in found
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("By Jane Roe and Omar Haddad, Staff Writer", [("Jane Roe", "Staff Writer"), ("Omar Haddad", "Staff Writer")]),
        ("JANE ROE | Reuters", [("Jane Roe",), ("Reuters", "agency")]),
        ("jane@harbour.example (Jane Roe)", [("Jane Roe",)]),
        ("Jane Roe | jane@harbour.example", [("Jane Roe",)]),
        ("Jane Roe, Omar Haddad, and Li Wei Chen", [("Jane Roe",), ("Omar Haddad",), ("Li Wei Chen",)]),
        ("By Al Baker, Van Jones and Jane Roe", [("Al Baker",), ("Van Jones",), ("Jane Roe",)]),
        ("Par Anne Dupont et Luc Martin", [("Anne Dupont",), ("Luc Martin",)]),
        ("Por Juan Pérez y Ana García", [("Juan Pérez",), ("Ana García",)]),
        ("Di Maria Rossi e Luca Bianchi", [("Maria Rossi",), ("Luca Bianchi",)]),
        ("Av Kari Nordmann og Ola Berg", [("Kari Nordmann",), ("Ola Berg",)]),
        ("Door Jan de Vries en Els Bakker", [("Jan de Vries",), ("Els Bakker",)]),
        ("山田太郎、鈴木花子", [("山田太郎",), ("鈴木花子",)]),
        ("Text: Anna Berg, Foto: Bo Lind", [("Anna Berg",)]),
        ("Words: Anna Berg / Photographs: Bo Lind", [("Anna Berg",)]),
        ("Text und Fotos: Anna Berg", [("Anna Berg",)]),
        ("Jane Roe, Photographs by Bo Lind", [("Jane Roe",)]),
        ("Jane Roe, edited by Omar Haddad", [("Jane Roe",)]),
        ("Damian Tidewell Environment editor", [("Damian Tidewell", "Environment editor")]),
        ("Jane Roe, MD, and Omar Haddad, PhD", [("Jane Roe", "MD"), ("Omar Haddad", "PhD")]),
        ("Jane Roe, M.D.", [("Jane Roe", "M.D.")]),
        ("Dr. Jane Roe", [("Jane Roe",)]),
        ("Jane Roe - Harbour Times", [("Jane Roe", "Harbour Times")]),
        ("Jane Roe in Oslo and Omar Haddad in Stanstead, Quebec", [("Jane Roe",), ("Omar Haddad",)]),
        ("The Conversation", [("The Conversation", "agency")]),
        ("Jane Roe/CalMatters", [("Jane Roe",), ("CalMatters", "agency")]),
        ("By Jane Roe, Kaiser Health News", [("Jane Roe",), ("KFF Health News", "agency")]),
        ("Reuters in New York", [("Reuters", "agency")]),
        ("AFP | Reuters", [(AFP, "agency"), ("Reuters", "agency")]),
        ("dpa/AFP/jr", [("dpa", "agency"), (AFP, "agency")]),
        ("AP/Jane Roe", [(AP, "agency"), ("Jane Roe",)]),
        ("Jane Roe [AP]", [("Jane Roe",), (AP, "agency")]),
        ("Jane Roe, PA", [("Jane Roe",), ("PA Media", "agency")]),
        ("PA", [("PA",)]),
        ("Jane Roe, TLN", [("Jane Roe", "TLN")]),
        ("Staff writer Jane Roe", [("Jane Roe", "Staff writer")]),
        ("Von Wirtschaftsredakteurin Anna Berg", [("Anna Berg", "Wirtschaftsredakteurin")]),
        ("De nuestro corresponsal Juan Pérez", [("Juan Pérez", "De nuestro corresponsal")]),
        ("The Reporter Jane", [("The Reporter Jane",)]),
        ("By JANE ROE and OMAR HADDAD Associated Press", [("Jane Roe",), ("Omar Haddad",), (AP, "agency")]),
        ("Jane Roe And Omar Haddad For The Tideline On Sunday", [("Jane Roe",), ("Omar Haddad",)]),
        ("Guest post by Jane Roe", [("Jane Roe",)]),
        ("Aufgezeichnet von Anna Berg", [("Anna Berg",)]),
        ("Propos recueillis par Anne Dupont", [("Anne Dupont",)]),
        ("Reporting by Jane Roe; editing by Omar Haddad", [("Jane Roe",)]),
        ("Jane Roe, with reporting by Omar Haddad", [("Jane Roe",)]),
        ("Jane Roe, as told to Omar Haddad", [("Jane Roe",)]),
        ("Jane Roe (she/her) • 3 min read", [("Jane Roe",)]),
        ("Roe, Jane; Haddad, Omar", [("Jane Roe",), ("Omar Haddad",)]),
        ("Jane Roe, MD; Omar Haddad, PhD", [("Jane Roe", "MD"), ("Omar Haddad", "PhD")]),
        ("Ap", [("Ap",)]),
        ("Ash, C., Mueller, K. L.", [("C. Ash",), ("K. L. Mueller",)]),
        ("MARY-JANE O'NEILL MCDOVE", [("Mary-Jane O'Neill McDove",)]),
        ("URSULA VON DER WEIDE", [("Ursula von der Weide",)]),
        ("J.K. ROW", [("J.K. Row",)]),
        ("ИВАН ПЕТРОВ", [("Иван Петров",)]),
        ("IŞIL KAYA", [("Işıl Kaya",)]),
        ("BBC NEWS", [("BBC NEWS",)]),
        ("@jane", [("@jane",)]),
        ("Jane Roe (@jane)", [("Jane Roe",)]),
        ("Von Braun", [("Von Braun",)]),
        ("De Niro", [("De Niro",)]),
        ("Redaktion", [("Redaktion", "desk")]),
        ("Staff and agencies", [("Staff and agencies", "desk")]),
        ("webmaster", []),
        ("Foto: Bo Lind", []),
    ],
)  # fmt: skip
def test_a_byline_is_taken_apart(text: str, meant: list[tuple[str, ...]]) -> None:
    assert judged(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Salt, Pepper and Vinegar",
        "The Harbour and Its Keepers",
        "/u/tide_watcher",
        "Special to The Harbour Times",
        "Jane & Omar's Kitchen",
        "jane roe",
        "Jane Roe Editor",
    ],
)
def test_what_is_unsure_stays_as_it_was_written(text: str) -> None:
    assert [
        one.name for one in judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)
    ] == [text]


def test_makers_of_pictures_are_told_apart() -> None:
    assert photographers_of([Byline(text="Text: Anna Berg, Foto: Bo Lind und Eva Holm")]) == (
        "Bo Lind",
        "Eva Holm",
    )
    assert photographers_of([Byline(text="Jane Roe"), Byline(text="Foto: Bo Lind", is_feed_level=True)]) == ()


def test_a_place_is_not_what_somebody_is() -> None:
    (one,) = read_byline_parts("Jane Roe in Oslo").signed
    assert (one.name, one.role) == ("Jane Roe", "in Oslo")


def test_handles_are_a_last_resort() -> None:
    def names(*texts: str) -> list[str]:
        found = judge_bylines([Byline(text=one) for one in texts], titles=(), fallback=None, base_url=None)
        return [one.name for one in found]

    assert names("jroe", "Jane Roe") == ["Jane Roe"]
    assert names("@tide_watcher", "Jane Roe") == ["Jane Roe"]
    assert names("haddad", "Jane Roe") == ["haddad", "Jane Roe"]
    assert names("tide_watcher99") == ["tide_watcher99"]


def test_a_desk_counts_only_where_nobody_is_named() -> None:
    def names(*texts: str, fallback: str | None = None) -> list[str]:
        found = judge_bylines(
            [Byline(text=one) for one in texts], titles=(), fallback=fallback, base_url=None
        )
        return [one.name for one in found]

    assert names("Newsroom", "Jane Roe") == ["Jane Roe"]
    assert names("Newsroom", fallback="Old Quay Desk") == ["Old Quay Desk"]


def test_everybodys_addresses_are_nobodys() -> None:
    def email(text: str) -> str | None:
        return judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)[0].email

    assert email("jane@harbour.example (Jane Roe)") == "jane@harbour.example"
    assert email("noreply@harbour.example (Jane Roe)") is None
    assert email("none@none.com (Jane Roe)") is None


@pytest.mark.parametrize(
    "text",
    [
        "a, " * 400,
        "By " * 400,
        "A. " * 400,
        "Foto: " * 200,
        "(" * 900,
        "and " * 300,
        "-" * 999,
        "Jane Roe in " * 90,
        "记者" * 400,
        "王小明、" * 300,
        "山 " * 400,
        "3 May 2026 " * 80,
        "a@b.c " * 150,
    ],
)
@pytest.mark.timeout(90)
def test_hostile_bylines_take_no_time(text: str) -> None:
    read_byline_parts(text)
    judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Jane Roe, Skerry", ["Jane Roe"]),
        ("By Jane Roe, San Francisco", ["Jane Roe"]),
        ("Jane Roe, Omar Vale, Hamburg", ["Jane Roe", "Omar Vale"]),
        ("Jane Roe, Washington, D.C.", ["Jane Roe"]),
        ("Martin Luther King, Jr.", ["Martin Luther King, Jr."]),
        ("King, Martin Luther, Jr.", ["Martin Luther King, Jr."]),
        ("Sammy Davis, Jr. and Jane Roe", ["Sammy Davis, Jr.", "Jane Roe"]),
        ("Omar Vale, III, Harbour editor", ["Omar Vale, III"]),
        ("Omar Vale Jr.", ["Omar Vale Jr."]),
        ("Roe, Jane", ["Roe, Jane"]),
    ],
)
def test_a_place_is_no_part_of_a_name_and_a_generation_is(text: str, names: list[str]) -> None:
    made = judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)
    assert [one.name for one in made] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("记者 王小明", ["王小明"]),
        ("作者：王小明 李雷", ["王小明", "李雷"]),
        ("作者：王小明、李雷", ["王小明", "李雷"]),
        ("文/王小明", ["王小明"]),
        ("本报记者王小明", ["王小明"]),
        ("记者：王小明 编辑：李雷", ["王小明"]),
        ("山田太郎記者", ["山田太郎"]),
        ("山田 太郎", ["山田 太郎"]),
        ("取材・文：山田 太郎", ["山田 太郎"]),
        ("文・山田太郎", ["山田太郎"]),
        ("ジョン・スミス", ["ジョン・スミス"]),
        ("文天祥", ["文天祥"]),
        ("김철수 기자", ["김철수"]),
        ("김철수·이영희 기자", ["김철수", "이영희"]),
        ("김철수 기자 kim@tideline.example", ["김철수"]),
        ("한강", ["한강"]),
        ("编辑部", ["编辑部"]),
        ("本报记者", ["本报记者"]),
        ("海港日报记者", ["海港日报记者"]),
    ],
)
def test_names_are_told_apart_where_no_spaces_part_words(text: str, names: list[str]) -> None:
    made = judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)
    assert [one.name for one in made] == names


def test_what_stands_at_such_a_name_is_kept() -> None:
    assert [one.role for one in read_byline_parts("新华社记者 王小明").signed] == ["新华社记者"]
    assert read_byline_parts("文/王小明 摄影：李雷").pictures_by == ("李雷",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("كتب: أحمد علي", ["أحمد علي"]),
        ("بقلم أحمد علي", ["أحمد علي"]),
        ("מאת: דנה לוי", ["דנה לוי"]),
        ("Teksti: Matti Virtanen", ["Matti Virtanen"]),
        ("Kommentar von Anna Berg", ["Anna Berg"]),
        ("Eine Analyse von Anna Berg", ["Anna Berg"]),
        ("Opinion by Jane Roe", ["Jane Roe"]),
        ("As told to Jane Roe", ["Jane Roe"]),
        ("Protokoll: Anna Berg", ["Anna Berg"]),
        ("By Jane Roe Updated November 3, 2026", ["Jane Roe"]),
        ("Posted by Jane Roe on 3 November 2026", ["Jane Roe"]),
        ("3 November 2026 | Jane Roe", ["Jane Roe"]),
        ("Jane Roe · Nov 3", ["Jane Roe"]),
        ("Jane Roe, she/her", ["Jane Roe"]),
        ("Jane Roe, @janeroe", ["Jane Roe"]),
        ("jane@harbour.example, Jane Roe", ["Jane Roe"]),
        ("By Jane Roe | jane@harbour.example | Staff Writer", ["Jane Roe"]),
        ("Jane Roe Senior Reporter", ["Jane Roe"]),
        ("Jane Roe, Omar Vale (University of Skerry)", ["Jane Roe", "Omar Vale"]),
        ("Jane Roe (Harbour Times), Omar Vale (staff writer)", ["Jane Roe", "Omar Vale"]),
        ("Fotos und Text: Anna Berg", ["Anna Berg"]),
        ("Tekst og foto: Kari Dahl", ["Kari Dahl"]),
        ("Von Anna Berg und unseren Agenturen", ["Anna Berg"]),
        ("Anna Berg, Leiterin Wirtschaft", ["Anna Berg"]),
        ("Jeanne Dupont, à Oslo", ["Jeanne Dupont"]),
        ("A cura di Anna Bianchi", ["Anna Bianchi"]),
        ("Publisert av Kari Dahl", ["Kari Dahl"]),
        ("Guest Blogger: Jane Roe", ["Jane Roe"]),
        ("Jane Roe\u200b", ["Jane Roe"]),
        ("Jane Roe et al.", ["Jane Roe"]),
        ("Jane Roe and 3 others", ["Jane Roe"]),
        ("Anna Berg mit Agenturmaterial", ["Anna Berg"]),
        ("Anna Berg mit Material von dpa", ["Anna Berg", "dpa"]),
        ("by  Jane Roe.", ["Jane Roe"]),
        ("Rev. Dr. Omar Vale", ["Omar Vale"]),
        ("Sir Omar Vale", ["Omar Vale"]),
        ("null", []),
        ("undefined", []),
        ("[object Object]", []),
        ("Unknown Author", []),
        # What only looks like it:
        ("Tea and More", ["Tea and More"]),
        ("Jane Roe Corp.", ["Jane Roe Corp."]),
        ("Sir Mix-a-Lot", ["Sir Mix-a-Lot"]),
        ("April May", ["April May"]),
    ],
)
def test_what_stands_beside_a_name_is_left_out(text: str, names: list[str]) -> None:
    made = judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)
    assert [one.name for one in made] == names


def test_an_address_between_name_and_role_is_the_authors() -> None:
    (one,) = judge_bylines(
        [Byline(text="Jane Roe | jane@harbour.example | Staff Writer")],
        titles=(),
        fallback=None,
        base_url=None,
    )
    assert (one.name, one.email, one.role) == ("Jane Roe", "jane@harbour.example", "Staff Writer")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("By a Staff Reporter", "desk"),
        ("Our Political Correspondent", "desk"),
        ("Our Correspondent in Oslo", "desk"),
        ("Special Correspondent", "desk"),
        ("Tideline News Desk", "desk"),
        ("The Tideline Editorial Board", "desk"),
        ("Tideline staff", "desk"),
        ("Jane Staff", "person"),
        ("Jane Roe", "person"),
    ],
)
def test_a_newsroom_is_no_person(text: str, kind: str) -> None:
    (one,) = judge_bylines([Byline(text=text)], titles=(), fallback=None, base_url=None)
    assert one.kind == kind
    named = judge_bylines(
        [Byline(text=text), Byline(text="Omar Vale")], titles=(), fallback=None, base_url=None
    )
    assert "Omar Vale" in [who.name for who in named]
    assert len(named) == 1 + (kind == "person")
