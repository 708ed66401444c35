"""The benchmarks can be run: all can be imported, say how they are used, and have the options that documents name."""

from __future__ import annotations

import ast
import importlib
import re
import runpy
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter

from bench import admin, axe
from bench.mutations import MUTATIONS
from tests.web.admin.office import Office

ROOT = Path(__file__).resolve().parent.parent
FOREIGN = {"bench.peer_reader", "bench.peer_websub"}
"""They run under the Python of another place, which has what they import."""
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "bench").rglob("*.py"))
    if path.parent.name != "programs"
}
# What is started by a benchmark alone speaks with it over standard input, and has nothing to tell a person.
COMMANDS = {
    name.removesuffix(".__main__"): path
    for name, path in MODULES.items()
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8") and ".peer_" not in name
}
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMAND = re.compile(r"python -m (bench\.\w+)([^`\n#]*)")


@pytest.mark.parametrize("name", sorted(set(MODULES) - FOREIGN))
def test_every_module_can_be_imported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = tmp_path / "feed.atom"
    feed.touch()
    monkeypatch.setenv("BENCH_FEED", str(feed))
    importlib.import_module(name)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_how_it_is_used(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = help_of(name, "", capsys)
    promised = ast.get_docstring(ast.parse(COMMANDS[name].read_text(encoding="utf-8")))
    assert promised is not None
    assert " ".join(promised.split("\n", 1)[0].split()) in " ".join(told.split())


@pytest.mark.parametrize("page", [*DOCS, *COMMANDS.values()], ids=lambda page: page.stem)
def test_commands_that_are_written_down_exist_with_their_options(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        assert name in COMMANDS, f"{page.name} names {name}"
        kind = re.match(r" ([a-z]+)\b", rest)
        usage = help_of(name, kind[1] if kind else "", capsys).split("\n\n", 1)[0]
        for option in re.findall(r"(?<![\w-])--[a-z-]+", rest):
            assert re.search(rf"{option}(?![\w-])", usage), f"{page.name}: {name} has no option {option}"


@pytest.mark.parametrize(
    "words",
    [
        "admin --sources 10 --articles 100",
        "cluster day --engine sqlite --sources 60 --hosts 30 --hours 0.2",
        "growth --articles 50 --words 40",
        "rematch --articles 500",
        "scale --sources 20 60",
        "week --sources 28 --days 2",
        "year --sources 14 --days 2",
    ],
)
def test_small_forms_come_to_their_end(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, *options = words.split()
    with pytest.raises(SystemExit) as ended:
        run(f"bench.{name}", *options)
    told = capsys.readouterr().out
    assert not ended.value.code, told
    assert told


def test_mutations_are_of_lines_that_are_there_once() -> None:
    for one in MUTATIONS:
        assert (ROOT / one.file).read_text(encoding="utf-8").count(one.before) == 1, one.name
        assert not [path for path in one.tests if not (ROOT / path).is_file()], one.name


def test_pages_that_are_asked_for_have_an_address(tmp_path: Path, sqlite_template: Path) -> None:
    office = Office(tmp_path, Path(shutil.copy(sqlite_template, tmp_path / "site.db")))
    addresses = office.app.url_map.bind("localhost")
    asked = {*(f"/admin{page}" for page in admin.PAGES), *axe.PUBLIC, *axe.ADMIN}
    assert [path for path in asked if not _is_known(addresses, path)] == ["/nowhere"]
    office.store.close()


def _is_known(addresses: MapAdapter, path: str) -> bool:
    try:
        endpoint, _ = addresses.match(urlsplit(path).path)
    except NotFound:
        return False
    return bool(endpoint != "admin.nothing")


def help_of(name: str, kind: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What `--help` of the command prints, or of one kind of it."""
    with pytest.raises(SystemExit) as ended:
        run(name, *([kind] if kind else []), "--help")
    assert not ended.value.code
    return capsys.readouterr().out


def run(name: str, *options: str) -> None:
    """The command as it runs with these options, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [name, *options])
        runpy.run_path(str(COMMANDS[name]), run_name="__main__")
