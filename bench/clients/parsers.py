"""Libraries that read feeds, each behind a small program of `programs/`, built in a folder with its own package manager."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.clients.entries import FORMATS, MissingError, Shown, read_lines

PROGRAMS = Path(__file__).parent / "programs"
ROME = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>bench</groupId><artifactId>rome</artifactId><version>1</version><dependencies><dependency>
<groupId>com.rometools</groupId><artifactId>rome-modules</artifactId><version>2.1.0</version>
</dependency></dependencies></project>"""
CARGO = """[package]
name = "feedrs"
version = "0.0.0"
edition = "2024"
[[bin]]
name = "feedrs"
path = "feedrs.rs"
[dependencies]
feed-rs = "3"
serde_json = "1"
ureq = { version = "3", default-features = false, features = ["gzip"] }
"""


@dataclass(slots=True)
class Parser:
    """A client that keeps nothing: a command that takes addresses."""

    name: str
    formats: tuple[str, ...]
    command: tuple[str, ...]
    version: str
    folder: Path
    updates: bool = True

    def look(self, urls: Sequence[str]) -> list[Shown]:
        """What it shows of these addresses."""
        try:
            return read_lines(run([*self.command, *urls], self.folder))
        except MissingError as fault:
            return [Shown(url=url, error=str(fault)) for url in urls]

    def close(self) -> None:
        """Nothing to end."""


def run(command: Sequence[str | Path], folder: Path, *, timeout: int = 900) -> str:
    """What the command prints; what it says of its fault goes into the exception."""
    done = subprocess.run(
        command, cwd=folder, timeout=timeout, capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())[-200:]
        raise MissingError(f"{Path(command[0]).name} failed: {said}")
    return done.stdout


def tool(name: str, brings: str) -> str:
    """Where the program stands."""
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not installed ({brings} brings it)")
    return found


def node_parser(name: str, package: str, program: str, formats: tuple[str, ...], folder: Path) -> Parser:
    """A client from npm."""
    npm = tool("npm", "Node.js")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run([npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", package], folder)
    shutil.copy(PROGRAMS / program, folder)
    about = json.loads((folder / "node_modules" / package / "package.json").read_text())
    return Parser(name, formats, (tool("node", "Node.js"), program), about["version"], folder)


def rss_parser(folder: Path) -> Parser:
    """rss-parser, from npm."""
    return node_parser("rss-parser", "rss-parser", "rssparser.mjs", ("atom", "rss"), folder)


def feedsmith(folder: Path) -> Parser:
    """Feedsmith, from npm."""
    return node_parser("feedsmith", "feedsmith", "feedsmith.mjs", FORMATS, folder)


def gofeed(folder: Path) -> Parser:
    """gofeed, by the Go tool."""
    go = tool("go", "Go")
    run([go, "mod", "init", "bench/gofeed"], folder)
    run([go, "get", "github.com/mmcdole/gofeed@latest"], folder)
    shutil.copy(PROGRAMS / "gofeed.go", folder)
    run([go, "build", "-o", "shown", "gofeed.go"], folder)
    version = run([go, "list", "-m", "-f", "{{.Version}}", "github.com/mmcdole/gofeed"], folder).strip()
    return Parser("gofeed", FORMATS, (str(folder / "shown"),), version.removeprefix("v"), folder)


def simplepie(folder: Path) -> Parser:
    """SimplePie, as WordPress has it; Debian's package of SimplePie itself (1.3.1) dies of the PHP beside it."""
    php = tool("php", "apt-get install php-cli php-xml php-curl")
    run([tool("apt-get", "Debian"), "-q", "download", "wordpress"], folder)
    run([tool("dpkg", "Debian"), "-x", *folder.glob("wordpress_*.deb"), "wordpress"], folder)
    shutil.copy(PROGRAMS / "simplepie.php", folder)
    (found,) = (folder / "wordpress").rglob("class-simplepie.php")
    told = re.search(r"'SIMPLEPIE_VERSION', '([^']+)'", found.read_text(encoding="utf-8"))
    command = (php, "simplepie.php", str(found))
    return Parser("SimplePie", ("atom", "rss"), command, told[1] if told else "?", folder)


def python_of(folder: Path, package: str, *others: str) -> tuple[Path, str]:
    """The Python of a new environment that has the package, and the package's version."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package, *others], folder)
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return python, run([python, "-c", asked], folder).strip()


def feedparser(folder: Path) -> Parser:
    """feedparser, from PyPI."""
    python, version = python_of(folder, "feedparser")
    program = shutil.copy(PROGRAMS / "feedparser_shown.py", folder)
    return Parser("feedparser", ("atom", "rss"), (str(python), str(program)), version, folder)


def reader(folder: Path) -> Parser:
    """lemon24/reader, from PyPI; it keeps what it read in a database beside its program."""
    # Its copy of feedparser needs a module that feedparser itself brings no more.
    python, version = python_of(folder, "reader", "sgmllib3k")
    program = shutil.copy(PROGRAMS / "reader_shown.py", folder)
    command = (str(python), "-W", "ignore", str(program), str(folder / "reader.db"))
    return Parser("reader", FORMATS, command, version, folder)


def rome(folder: Path) -> Parser:
    """Rome with its modules, by Maven."""
    java, maven = tool("java", "a JDK"), tool("mvn", "Maven")
    (folder / "pom.xml").write_text(ROME)
    run([maven, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], folder)
    run([tool("javac", "a JDK"), "-cp", "lib/*", "-d", ".", PROGRAMS / "Rome.java"], folder)
    found = re.search(r"rome-([\d.]+)\.jar", " ".join(one.name for one in (folder / "lib").iterdir()))
    return Parser(
        "Rome", ("atom", "rss"), (java, "-cp", ".:lib/*", "Rome"), found[1] if found else "?", folder
    )


def feed_rs(folder: Path) -> Parser:
    """feed-rs, by cargo."""
    cargo = tool("cargo", "Rust")
    (folder / "Cargo.toml").write_text(CARGO)
    shutil.copy(PROGRAMS / "feedrs.rs", folder)
    run([cargo, "build", "-q", "-j", "2"], folder)
    found = re.search(r'name = "feed-rs"\nversion = "([^"]+)"', (folder / "Cargo.lock").read_text())
    return Parser(
        "feed-rs", FORMATS, (str(folder / "target/debug/feedrs"),), found[1] if found else "?", folder
    )


PARSERS: dict[str, Callable[[Path], Parser]] = {
    "rss-parser": rss_parser,
    "feedsmith": feedsmith,
    "gofeed": gofeed,
    "simplepie": simplepie,
    "feedparser": feedparser,
    "reader": reader,
    "feed-rs": feed_rs,
    "rome": rome,
}
