"""The documents are true: settings as the shipped file states them, commands that exist, links that lead somewhere."""

from __future__ import annotations

import pkgutil
import re
import shlex
from pathlib import Path

import click
import pytest

from commands.root import GROUPS, cli
from feeds import VERSION
from feeds.config.checks import DECLARED, SECTIONS
from feeds.config.listed import read_toml_list
from feeds.config.load import SHIPPED, parse
from feeds.config.values import hints_of

ROOT = SHIPPED.parent
NAMED_ROOMS = ("feeds", "db", "web", "parts", "commands", "bench", "tests")
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def tables() -> str:
    """The tables of `docs/settings.md` as the shipped file has them."""
    head, declared = SHIPPED.read_text(encoding="utf-8").split("# --- Declarations", 1)
    lines: list[str] = []
    said: list[str] = []
    for line in head.splitlines():
        if section := re.fullmatch(r"\[([\w.]+)\]", line):
            lines += [
                "",
                f"## `[{section[1]}]`",
                "",
                "| setting | default | meaning |",
                "| --- | --- | --- |",
            ]
            said = []
        elif stated := re.fullmatch(r"(# )?(\w+) = (.+)", line):
            default = "unset" if stated[1] else f"`{stated[3]}`"
            default = '`"Feedwright"`' if stated[2] == "title" else default
            lines.append(f"| `{stated[2]}` | {default} | {' '.join(said)} |")
            said = []
        elif line.startswith("# "):
            said.append(line.removeprefix("# "))
    for name in DECLARED:
        lines += ["", f"## `[[{name}]]`", "", "| key | example | meaning |", "| --- | --- | --- |"]
        block = declared.split(f"# [[{name}]]\n", 1)[1].split("\n#\n", 1)[0].split("\n\n", 1)[0]
        for line in block.splitlines():
            key, rest = line.removeprefix("# ").split(" = ", 1)
            example, _, meaning = rest.partition(" # ")
            lines.append(f"| `{key}` | `{example.strip()}` | {meaning.strip()} |")
    return "\n".join(lines).lstrip("\n") + "\n"


def test_the_settings_page_says_what_the_shipped_file_says() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert page.endswith(tables()), f"write this at the end of docs/settings.md:\n{tables()}"


def test_every_setting_has_its_own_words() -> None:
    rows = [line for line in tables().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(hints_of(kind)) for kind in (*SECTIONS.values(), *DECLARED.values()))
    assert not [row for row in rows if row.endswith("|  |")]


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_commands_in_documents_exist_with_their_options(page: Path) -> None:
    for block in re.findall(
        r"```sh\n(.*?)```|`((?:\./run|fw) [^`]+)`", page.read_text(encoding="utf-8"), re.DOTALL
    ):
        for line in (block[0] or block[1]).splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] in {"./run", "fw"}:
                _require_command(words[1:])


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_settings_in_documents_are_right(page: Path, tmp_path: Path) -> None:
    (tmp_path / "look").mkdir()
    for name in ("logo.svg", "imprint.md", "privacy.md"):
        (tmp_path / "look" / name).touch()
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        if block.startswith("# a list"):
            assert read_toml_list(block.encode()).wrong == ()
            continue
        text = block + '[[topic]]\nslug = "harbour"\n' if "topics" in block else block
        assert parse(text, tmp_path / "config.toml", {})


def test_names_of_code_in_documents_and_docstrings_lead_somewhere() -> None:
    code = [path for room in NAMED_ROOMS for path in (ROOT / room).rglob("*.py")]
    # Names of files have a point, too.
    named = re.compile(rf"`((?:{'|'.join(NAMED_ROOMS)})\.(?!py`|html`)[a-z]\w*(?:\.\w+)*)`")
    for path in {*DOCS, *code} - {ROOT / "CHANGELOG.md"}:
        for name in named.findall(path.read_text(encoding="utf-8")):
            try:
                pkgutil.resolve_name(name)
            except (ImportError, AttributeError) as fault:
                pytest.fail(f"{path.relative_to(ROOT)}: {fault}")


def test_the_changelog_begins_with_the_present_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert found
    assert found[1] == VERSION


def _require_command(words: list[str]) -> None:
    command: click.Command = cli
    while words:
        word = words.pop(0)
        options = {
            name: one
            for one in command.params
            if isinstance(one, click.Option)
            for name in (*one.opts, *one.secondary_opts)
        }
        if word in {"--help", "…"}:
            continue
        if word.startswith("--"):
            assert word in options, f"{command.name} has no option {word}"
            if not options[word].is_flag and words:
                words.pop(0)
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            assert found is not None, f"there is no command {word!r} in {list(GROUPS)}"
            command = found


def test_every_line_of_the_contract_names_tests_that_exist() -> None:
    text = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?ms)^- (.*?)(?=^- |^#|\Z)", text)
    assert lines
    for line in lines:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", line)
        assert named, line
        for path, name in named:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"
