"""Serving one Atom feed: our web beside nginx with the same file and a bare Flask view, in the same run.

    .venv/bin/python -m bench.serve [--seconds N] [--connections N]

The feed is published by a real site over a few sources of the generated farm. Each server is one process that
serves, asked by wrk over kept connections. CPU is user and system time of the server and its children.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.farm import Nginx, farm, free_port
from bench.poll import write_config
from bench.processes import cpu_of

ROOT = Path(__file__).resolve().parent.parent
SOURCES = 2
THREADS = 4
ROUNDS = ("304", "gzip 200", "identity 200")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Somebody who serves the feed."""

    name: str
    url: str
    process: psutil.Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What answers of one kind cost."""

    micros: float
    a_second: float


def main() -> int:
    """Prints the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--connections", type=int, default=64)
    chosen = options.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: `apt-get install wrk` brings it.")
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="feedwright-serve-")))
        config = make_site(home)
        environ = {"FEEDWRIGHT_CONFIG": str(config)}
        ours = stack.enter_context(granian("ours", "web.rsgi:app", "/all.atom", environ, interface="rsgi"))
        _, headers, body = asked(ours.url, {})
        packed = asked(ours.url, {"Accept-Encoding": "gzip"})[2]
        print(f"{headers['content-type']}: {len(body) / 1000:.0f} kB, gzipped {len(packed) / 1000:.0f} kB")
        file = home / "feed.atom"
        file.write_bytes(body)
        environ = {"BENCH_FEED": str(file)}
        flask = stack.enter_context(granian("Flask", "bench.peer_flask:app", "/feed.atom", environ))
        static = stack.enter_context(nginx(home / "nginx", body))
        costs = {
            (server.name, kind): measured(server, kind, chosen.seconds, chosen.connections)
            for kind in ROUNDS
            for server in (static, ours, flask)
        }
    show(costs)
    return 0


def make_site(home: Path) -> Path:
    """A site that has polled a few sources."""
    with farm(SOURCES) as land:
        config = write_config(home, "site.db", land)
        subprocess.run(
            [sys.executable, "-m", "scheduler", "--once"],
            cwd=ROOT,
            env={**os.environ, "FEEDWRIGHT_CONFIG": str(config)},
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return config


@contextmanager
def granian(
    name: str, app: str, path: str, environ: dict[str, str], *, interface: str = "wsgi"
) -> Iterator[Server]:
    """The app in one worker of granian, with as many threads as our own web has."""
    port = free_port()
    threads = f"--blocking-threads {THREADS} " if interface == "wsgi" else ""
    options = f"--interface {interface} --workers 1 --no-ws --log-level warning {threads}--port {port}"
    running = subprocess.Popen(
        [sys.executable, "-m", "granian", *options.split(), app],
        cwd=ROOT,
        env={**os.environ, **environ},
    )
    try:
        url = f"http://127.0.0.1:{port}{path}"
        wait_for(url)
        yield Server(name=name, url=url, process=psutil.Process(running.pid))
    finally:
        running.terminate()
        running.wait(timeout=20)


@contextmanager
def nginx(folder: Path, body: bytes) -> Iterator[Server]:
    """The same bytes as a file, with their compressed twin beside it."""
    (folder / "www").mkdir(parents=True)
    (folder / "www/feed.atom").write_bytes(body)
    (folder / "www/feed.atom.gz").write_bytes(gzip.compress(body, 6))
    running = Nginx(folder, keepalive=65, extra="gzip_static on;")
    try:
        url = f"http://127.0.0.1:{running.port}/feed.atom"
        wait_for(url)
        yield Server(name="nginx", url=url, process=psutil.Process(running.process.pid))
    finally:
        running.close()


def measured(server: Server, kind: str, seconds: int, connections: int) -> Cost:
    """CPU microseconds a request and requests a second; the answer is looked at first."""
    headers = {"Accept-Encoding": "gzip" if kind == "gzip 200" else "identity"}
    if kind == "304":
        headers["If-None-Match"] = asked(server.url, headers)[1]["etag"]
    status, given, _ = asked(server.url, headers)
    if (status, given.get("content-encoding")) != (
        304 if kind == "304" else 200,
        "gzip" if kind == "gzip 200" else None,
    ):
        sys.exit(f"{server.name} answers {status} {given} where {kind} is measured.")
    before = cpu_of([server.process])
    said = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        + [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        + [server.url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    cpu = cpu_of([server.process]) - before
    requests = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if requests is None or rate is None or "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{server.name}, {kind}: wrk says\n{said}")
    return Cost(micros=cpu / int(requests[1]) * 1e6, a_second=float(rate[1]))


def asked(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and raw body of a GET."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, lowered(answer.headers.items()), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, lowered(error.headers.items()), b""


def lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers by name in lower case."""
    return {name.lower(): value for name, value in headers}


def wait_for(url: str) -> None:
    """Returns once the address answers."""
    for _ in range(200):
        try:
            asked(url, {})
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer.")


def show(costs: dict[tuple[str, str], Cost]) -> None:
    """Prints the table."""
    print("\nServer CPU a request in microseconds (times nginx), requests a second")
    print("| answer | nginx, static file | ours | bare Flask view |\n| --- | ---: | ---: | ---: |")
    for kind in ROUNDS:
        base = costs["nginx", kind].micros
        cells = [
            f"{cost.micros:.1f} ({cost.micros / base:.1f}), {cost.a_second:,.0f}/s"
            for cost in (costs[name, kind] for name in ("nginx", "ours", "Flask"))
        ]
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    sys.exit(main())
