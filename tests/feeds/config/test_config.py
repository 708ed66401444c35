"""The config file: types and shipped file agree, and every fault is told at once with its place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.config.checks import CHECKS, DECLARED, SECTIONS, attribute_of
from feeds.config.load import SHIPPED, base_url, listening_url, load, parse
from feeds.config.toml_writer import declarations_toml, new_site, toml_value
from feeds.config.values import hints_of, span
from feeds.errors import ConfigError
from feeds.model.settings import Settings

PATH = Path("/site/config.toml")


def problems(text: str, **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text, PATH, environ)
    return caught.value.problems


def test_every_fault_is_told_at_once_with_file_line_key_and_nearest_name() -> None:
    text = """[site]
title = ""
timezone = "Europe/Berlim"

[fetch]
timout = 3
max_bytes = "many"

[web]
port = 99999

[sitte]
"""
    assert problems(text) == (
        "config.toml:2: site.title: expected a text that is not empty",
        "config.toml:3: site.timezone: no time zone is called 'Europe/Berlim'; did you mean Europe/Berlin?",
        "config.toml:6: fetch.timout: no such setting; did you mean timeout?",
        "config.toml:7: fetch.max_bytes: expected a whole number, not 'many'",
        "config.toml:10: web.port: expected a number from 1 to 65535, not 99999",
        "config.toml:12: sitte: no such section; did you mean site?",
    )


def test_faults_between_declarations_name_their_lines() -> None:
    text = """[[topic]]
slug = "sea"
sources = ["skery"]
[[topic]]
slug = "sea"
[[source]]
url = "https://a.example/feed"
slug = "skerry"
topics = ["see"]
was = ["https://b.example/feed"]
[[source]]
url = "http://www.a.example/feed/"
[[source]]
url = "https://b.example/feed"
[[source]]
slug = "no address"
"""
    assert problems(text) == (
        "config.toml:1: topic.sources: no [[source]] has the slug skery; did you mean skerry?",
        "config.toml:4: topic.slug: sea is declared twice, first in line 1",
        "config.toml:6: source.topics: no [[topic]] has the slug see; did you mean sea?",
        "config.toml:6: source.was: https://b.example/feed is still declared in line 13",
        "config.toml:11: source.url: a.example/feed? is declared twice, first in line 6",
        "config.toml:15: source: url is missing",
        "config.toml:16: source.slug: expected a word of a-z, 0-9 and single hyphens, not 'no address'",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[site]\nbase_url = "news.example"', "site.base_url: expected an address that begins with http"),
        ('[site]\nbase_url = "https://n.example/blog"', "site.base_url: expected scheme and host alone"),
        ('[site]\ncontact = "nobody"', "site.contact: expected an e-mail address"),
        ('[site]\nlanguage = "english language"', "site.language: expected a language tag"),
        ('[web]\ntrusted_proxies = ["10.0.0.0/33"]', "web.trusted_proxies: expected a network"),
        ('[fetch]\nallow = ["intranet"]', "fetch.allow: expected a network"),
        ('[poll]\npause = "1 moon"', "poll.pause: expected a span"),
        ("[poll]\nis_on = 1", "poll.is_on: expected true or false"),
        ("[web]\nport = true", "web.port: expected a whole number, not true or false"),
        ('[poll]\nmin_interval = "2d"', "poll.min_interval: expected at most max_interval"),
        ('[[source]]\nurl = "ftp://a.example/"', "source.url: expected an address"),
        ('[[source]]\nurl = "https://a.example/"\nshare = "ful"', "did you mean full?"),
        ("[source]\nurl = 3", "source: expected a list of sections; write [[source]]"),
        ("site = 3", "site: expected a section; write [site]"),
        ('[[author]]\nslug = "x"', "author: name is missing"),
        ("[site\ntitle = 3", "config.toml:1: this is not TOML"),
        ('[site]\ntitle = "open', "config.toml:2: this is not TOML"),
        ("[web]\nport = 80\n[poll]\n[web]", "config.toml:4: [web] stands here a second time; put all"),
        (
            "[web]\nport = 80\nport = 81",
            "config.toml:3: this is not TOML: Cannot overwrite a value; the setting stands twice",
        ),
        (
            "[site]\ntitle = Harbour News",
            'config.toml:2: this is not TOML: Invalid value; text stands in quotes: "…"',
        ),
    ],
)
def test_wrong_values_say_what_was_expected(text: str, expected: str) -> None:
    told = problems(text)
    assert len(told) == 1
    assert expected in told[0]


def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    told = problems('[database]\nurl = "mysql://me:hunter2@db/x"')
    assert "hunter2" not in told[0]
    assert "postgresql://" in told[0]


def test_lines_are_right_behind_every_form_of_value() -> None:
    text = '''# a comment with [brackets] and "quotes
[site]
title = """
[not.a.table]
port = 3
"""
contact = "a@b.example" # [x]
[web]
trusted_proxies = [
  "10.0.0.0/8", # one ]
  "::1",
]
prot = 80
log.level = 1
[[source]]
"url" = 'https://a.example/#x'
shere = "full"
[[source]]
url = "https://b.example"
tittle = "x"
'''
    assert [line.split(":")[1] for line in problems(text)] == ["13", "14", "17", "20"]


def test_environment_overrides_the_file_and_reads_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    settings = parse(
        "[web]\nport = 8000\n",
        tmp_path / "config.toml",
        {
            "FEEDWRIGHT_WEB_PORT": "9000",
            "FEEDWRIGHT_WEB_METRICS_TOKEN_FILE": "token",
            "FEEDWRIGHT_WEB_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "FEEDWRIGHT_POLL_PAUSE": "2m",
            "FEEDWRIGHT_POLL_IS_ON": "no",
            "FEEDWRIGHT_CONFIG": "/elsewhere",
        },
    )
    assert settings.web.port == 9000
    assert settings.web.metrics_token == "s3cret"
    assert settings.web.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.poll.pause == timedelta(minutes=2)
    assert settings.poll.is_on is False


def test_a_section_within_another_is_stated_and_overridden() -> None:
    text = '[admin]\nis_on = false\n[admin.oidc]\nissuer = "https://id.example/x"\nclient_id = "a"\n'
    settings = parse(text, PATH, {"FEEDWRIGHT_ADMIN_OIDC_CLIENT_ID": "b", "FEEDWRIGHT_ADMIN_IS_ON": "yes"})
    assert (settings.oidc.issuer, settings.oidc.client_id) == ("https://id.example/x", "b")
    assert (settings.admin.is_on, settings.oidc.is_on) == (True, True)
    assert problems("[admin.oidc]\nclient_secret = 's3cret'\n[admin]\noidz = 1\n") == (
        "config.toml:2: admin.oidc.client_secret: expected env:NAME or file:PATH, so that the secret itself stands nowhere else",
        "config.toml:4: admin.oidz: no such setting (there are is_on, networks)",
    )
    assert "admin.oidc: expected a section; write [admin.oidc]" in problems("[admin]\noidc = 3\n")[0]
    assert len(problems("admin = 3\n")) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('issuer = "http://id.example"', "expected an address such as https://id.example"),
        ('issuer = "https://a:b@id.example"', "expected an address such as"),
        ('issuer = "https://id.example/?x=1"', "expected an address such as"),
        ('issuer = "https://id.example"', "client_id is missing"),
        ('roles = ["chiefs=king"]', "expected VALUE=admin"),
        ('roles = ["chiefs=admin"]', "role_claim is missing"),
        ('default_role = "king"', "admin"),
    ],
)
def test_single_sign_on_that_could_not_work_is_refused(line: str, told: str) -> None:
    found = problems(f"[admin.oidc]\n{line}\n")
    assert [told in one for one in found] == [True], found


def test_faults_of_the_environment_are_told_with_those_of_the_file() -> None:
    told = problems(
        "[web]\nprot = 1",
        FEEDWRIGHT_WEB_PROT="1",
        FEEDWRIGHT_WEB_PORT="many",
        FEEDWRIGHT_DATABASE_URL_FILE="/no/such/file",
    )
    assert told[0] == "config.toml:2: web.prot: no such setting; did you mean port?"
    assert "FEEDWRIGHT_DATABASE_URL_FILE: the file /no/such/file cannot be read" in told[1]
    assert told[2] == "environment: FEEDWRIGHT_WEB_PORT: expected a whole number, not 'many'"
    assert "FEEDWRIGHT_WEB_PROT: no such setting; did you mean FEEDWRIGHT_WEB_PORT?" in told[3]


def test_paths_start_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[database]\nurl = "data/x.db"\n')
    assert load(file, {}).database.url == str(tmp_path / "data/x.db")
    assert parse('[database]\nurl = "postgresql://h/n"', file, {}).database.url == "postgresql://h/n"


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run init DIR"):
        load(tmp_path / "config.toml", {})


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'[site]\ntitle = "\xff\xfe"')
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "config.toml", {})


@pytest.mark.parametrize(
    ("raw", "seconds"), [(90, 90), ("90", 90), ("15m", 900), ("2h", 7200), ("1d", 86400), (0.5, 0.5)]
)
def test_spans(raw: object, seconds: float) -> None:
    assert span(raw).total_seconds() == seconds


@pytest.mark.parametrize("raw", [True, "", "h", "-3", -3, "1y", [], "9" * 40])
def test_what_is_no_span(raw: object) -> None:
    with pytest.raises(ValueError, match="span"):
        span(raw)


def test_published_addresses_begin_with_base_url_else_with_the_listening_address() -> None:
    settings = parse('[web]\nhost = "0.0.0.0"\nport = 9', PATH, {})
    assert listening_url(settings) == base_url(settings) == "http://127.0.0.1:9"
    settings = parse('[site]\nbase_url = "https://n.example/"\n[web]\nhost = "::1"', PATH, {})
    assert (listening_url(settings), base_url(settings)) == ("http://[::1]:8080", "https://n.example")
    assert settings.sample_base is None


# the shipped file and the types, both ways


def shipped_lines() -> dict[str, dict[str, str]]:
    """Of each section of the shipped file: its keys with their raw values, commented ones too."""
    sections: dict[str, dict[str, str]] = {}
    now = ""
    for line in SHIPPED.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ---"):
            break
        if header := re.fullmatch(r"\[([\w.]+)\]", line):
            now = header[1]
            sections[now] = {}
        elif found := re.fullmatch(r"(# )?(\w+) = (.+)", line):
            sections[now][found[2]] = "" if found[1] else found[3]
    return sections


def test_the_shipped_file_states_every_setting_with_its_default() -> None:
    shipped = shipped_lines()
    assert list(shipped) == list(SECTIONS)
    for name, kind in SECTIONS.items():
        assert list(shipped[name]) == list(hints_of(kind)), name
    settings = load(SHIPPED, {})
    plain = Settings(path=SHIPPED)
    for name, kind in SECTIONS.items():
        for one in fields(kind):
            stated = shipped[name][one.name]
            # The demonstration has a title; without one the browser's holds.
            if (name, one.name) != ("site", "title"):
                assert (stated == "") == (one.default is None), (name, one.name)
            if (name, one.name) not in {("site", "title"), ("database", "url")}:
                assert getattr(getattr(settings, attribute_of(name)), one.name) == getattr(
                    getattr(plain, attribute_of(name)), one.name
                ), (name, one.name)


def test_the_shipped_file_shows_every_key_of_declarations() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for name, kind in DECLARED.items():
        block = text.split(f"# [[{name}]]\n", 1)[1].split("\n#\n")[0].split("\n\n")[0]
        example = "\n".join(line.removeprefix("# ") for line in block.splitlines())
        assert list(tomllib.loads(example)) == list(hints_of(kind)), name
        for key, raw in tomllib.loads(example).items():
            assert re.search(rf"^# {key} = ", block, re.MULTILINE), raw


def test_every_setting_that_can_be_wrong_has_a_check() -> None:
    kinds = {**SECTIONS, **DECLARED}
    assert all(key in hints_of(kinds[name]) for name, key in CHECKS)
    unchecked = {(name, key) for name, kind in kinds.items() for key in hints_of(kind)} - set(CHECKS)
    assert unchecked == {
        ("fetch", "signed"), ("poll", "pause"), ("poll", "is_on"), ("poll", "websub"), ("publish", "hub"), ("admin", "is_on"), ("admin.oidc", "default_role"), ("publish", "max_age"), ("log", "level"), ("log", "format"), ("rights", "ai"),
        ("alerts", "smtp_security"), ("mail", "smtp_security"), ("alerts", "webhook_form"),
        ("source", "share"), ("source", "ours"), ("source", "kind"), ("source", "full_text"), ("source", "pictures"), ("source", "check_pages"), ("source", "terms_agreed"), ("source", "complete"), ("source", "audience"), ("source", "paused"), ("topic", "paused"), ("topic", "description"), ("author", "bio"), ("mix", "description"), ("list", "paused"), ("partner", "share"), ("partner", "webhook_form"),
    }  # fmt: skip


# text out


def test_declarations_survive_the_way_out_and_in_again() -> None:
    declared = load(SHIPPED, {}).declarations
    again = parse(declarations_toml(declared), SHIPPED, {}).declarations
    assert again == declared


def test_a_new_site_is_a_valid_file() -> None:
    text = new_site(title='A "quoted" title\\', base_url=None, contact="me@a.example", language="de")
    settings = parse(text, PATH, {})
    assert settings.site.title == 'A "quoted" title\\'
    assert settings.site.base_url is None
    assert parse(new_site(title="T", base_url="https://x.example", contact=None, language="en"), PATH, {})


@pytest.mark.parametrize("text", ["plain", 'q"q', "back\\slash", "new\nline", "tab\t", "ü…", "\x7f\x01"])
def test_texts_survive_toml(text: str) -> None:
    assert tomllib.loads(f"x = {toml_value(text)}") == {"x": text}


def test_required_keys_are_those_without_default() -> None:
    assert [one.name for kind in DECLARED.values() for one in fields(kind) if one.default is MISSING] == [
        "url", "slug", "name", "slug", "path", "slug", "url", "name", "url", "slug", "name",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('feeds = ["all"]\nwebhook_feeds = ["topics/x"]', "webhook_feeds: topics/x is not one of its feeds"),
        ('webhook_feeds = ["mix/topics/x"]', "webhook_feeds: mix/topics/x has no changes of its own"),
        ("webhooks = [" + '"https://a.example/",' * 6 + "]", "webhooks: at most 5 addresses"),
        ('webhooks = ["https://me:pw@a.example/"]', "without a name or password in it"),
        ('webhooks = ["ftp://a.example/"]', "begins with http:// or https://"),
        ('webhook_events = ["moved"]', "expected one of entered, changed, left, withdrawn"),
    ],
)
def test_webhooks_that_do_not_fit_their_partner_are_told(lines: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f'[[partner]]\nslug = "daily"\nname = "The Daily"\n{lines}\n', PATH, {})
    assert expected in str(caught.value)
