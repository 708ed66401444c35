"""What `deploy/` holds is tried by the programs that read it, and the site is asked through its proxies."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from feeds.errors import StoreError
from tests.conftest import open_store
from tests.fakes import item, rss
from tests.farm import farm
from tests.test_scheduler import wait_until
from web.server.proxies import TrustedProxies

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def tool(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(*words: str | Path, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FEEDWRIGHT_")}
    process = subprocess.Popen(
        words, stderr=subprocess.DEVNULL, env={**environ, "PYTHONPATH": str(ROOT)}, **more
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def asked(
    port: int, path: str, *, tls: bool = False, client: str = "127.0.0.1", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """What news.example answers there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(client, 0))
    if tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        raw = socket.create_connection(("127.0.0.1", port), 20, (client, 0))
        connection.sock = context.wrap_socket(raw, server_hostname="news.example")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": "news.example", **named})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real site with an article: its web and its scheduler are started by a command each."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    with farm() as land:
        land.pages["/feed.xml"] = rss(item(1)).encode()
        config = folder / "config.toml"
        config.write_text(
            '[site]\nbase_url = "https://news.example"\n[web]\ntrusted_proxies = ["127.0.0.1"]\n'
            f'[fetch]\nallow = ["127.0.0.0/8"]\n[[source]]\nurl = "{land.url("/feed.xml")}"\n'
        )
        command = (sys.executable, "-m", "commands", "--config", config)
        with running(*command, "--port", str(port), "serve", "--no-scheduler"):
            wait_until(lambda: answers(port), 240)
            health = json.loads(asked(port, "/healthz")[2])
            assert health["scheduler"]["state"] == "never seen", "the web alone polls nothing"
            with running(*command, "scheduler"):
                # On the page: a feed that was read before its first article is made anew some seconds after it.
                wait_until(lambda: b"Story 1" in asked(port, "/all")[2], 240)
                yield port


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Our nginx.conf in a whole configuration of its own, with a certificate of a minute ago."""
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "1", "-subj", "/CN=news.example", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True,
        capture_output=True,
    )  # fmt: skip

    def write(upstream: int, plain: int, encrypted: int) -> list[str | Path]:
        ours = (DEPLOY / "nginx.conf").read_text()
        for stated, here in (
            ("/var/cache/nginx-feedwright", str(folder / f"cache-{encrypted}")),
            ("127.0.0.1:8080", f"127.0.0.1:{upstream}"),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{encrypted} ssl"),
            ("/etc/letsencrypt/live/news.example/fullchain.pem", str(folder / "cert.pem")),
            ("/etc/letsencrypt/live/news.example/privkey.pem", str(folder / "key.pem")),
        ):
            assert stated in ours, stated
            ours = ours.replace(stated, here)
        ours = re.sub(r"\n *listen \[::\].*", "", ours)
        whole = folder / f"nginx-{encrypted}.conf"
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};\n"
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/{encrypted}.pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{ours}\n}}\n"
        )
        return [tool("nginx"), "-p", folder, "-e", folder / "error.log", "-c", whole]

    return write


def test_nginx_takes_the_configuration(nginx: Callable[..., Any]) -> None:
    done = subprocess.run(
        [*nginx(8080, free_port(), free_port()), "-t"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_the_site_behind_nginx_answers_conditional_requests_from_its_cache(
    nginx: Callable[..., Any], site: int
) -> None:
    plain, encrypted = free_port(), free_port()
    with running(*nginx(site, plain, encrypted)):
        wait_until(lambda: answers(encrypted), 240)
        status, headers, body = asked(encrypted, "/all.atom", tls=True)
        assert (status, headers["x-cache"]) == (200, "MISS")
        assert b'href="https://news.example/all.atom"' in body
        again = asked(encrypted, "/all.atom", tls=True)
        assert (again[0], again[1]["x-cache"], again[2]) == (200, "HIT", body)
        known = asked(encrypted, "/all.atom", tls=True, If_None_Match=headers["etag"])
        assert (known[0], known[2]) == (304, b"")
        packed = asked(encrypted, "/all.atom", tls=True, Accept_Encoding="gzip")
        assert packed[1]["content-encoding"] == "gzip"
        assert asked(encrypted, "/metrics", tls=True)[0] == 403
        assert asked(encrypted, "/healthz", tls=True)[1]["x-cache"] == "MISS"
        assert asked(encrypted, "/healthz", tls=True)[1]["x-cache"] == "MISS", (
            "what is not to be kept was kept"
        )
        moved = asked(plain, "/all.atom")
        assert (moved[0], moved[1]["location"]) == (301, "https://news.example/all.atom")


def seen(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    start("200 OK", [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps([environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]]).encode()]


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def witness() -> Iterator[int]:
    """A port whose app answers whom it saw, by the same rule as the site."""
    server = make_server("127.0.0.1", 0, TrustedProxies(seen, ["127.0.0.1"]), handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_behind_nginx_the_reader_is_seen_and_what_they_claim_is_not_believed(
    nginx: Callable[..., Any],
) -> None:
    encrypted = free_port()
    with witness() as port, running(*nginx(port, free_port(), encrypted)):
        wait_until(lambda: answers(encrypted), 240)
        found = asked(encrypted, "/", tls=True, client="127.0.0.9", X_Forwarded_For="203.0.113.7")
        assert json.loads(found[2]) == ["127.0.0.9", "https"]


def caddyfile(folder: Path, upstream: int, port: int) -> Path:
    """Ours, unencrypted at a port of this machine."""
    ours = (DEPLOY / "Caddyfile").read_text().replace("{$SITE:news.example}", f"http://news.example:{port}")
    file = folder / "Caddyfile"
    file.write_text(
        "{\n admin off\n}\n" + ours.replace("{$FEEDWRIGHT:127.0.0.1:8080}", f"127.0.0.1:{upstream}")
    )
    return file


def test_behind_caddy_the_reader_is_seen_and_conditional_requests_are_answered(
    tmp_path: Path, site: int
) -> None:
    caddy = tool("caddy")
    subprocess.run(
        [caddy, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"],
        check=True,
        capture_output=True,
    )
    port = free_port()
    with running(caddy, "run", "--config", caddyfile(tmp_path, site, port), "--adapter", "caddyfile"):
        wait_until(lambda: answers(port), 240)
        status, headers, _ = asked(port, "/all.atom")
        assert status == 200
        assert asked(port, "/all.atom", If_None_Match=headers["etag"])[0] == 304
        assert asked(port, "/metrics")[0] == 403
    with (
        witness() as upstream,
        running(caddy, "run", "--config", caddyfile(tmp_path, upstream, port), "--adapter", "caddyfile"),
    ):
        wait_until(lambda: answers(port), 240)
        found = asked(port, "/", client="127.0.0.9", X_Forwarded_For="203.0.113.7")
    assert json.loads(found[2])[0] == "127.0.0.9"


def test_systemd_takes_the_unit_and_finds_it_shut_in(tmp_path: Path) -> None:
    analyze = tool("systemd-analyze")
    unit = tmp_path / "feedwright.service"
    unit.write_text(
        (DEPLOY / "feedwright.service").read_text().replace("/opt/feedwright/run", str(ROOT / "run"))
    )
    done = subprocess.run([analyze, "verify", unit], check=False, capture_output=True, text=True)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "feedwright" in line]) == (0, [])
    graded = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=20", unit],
        check=False,
        capture_output=True,
        text=True,
    )
    assert graded.returncode == 0, graded.stdout[-300:]


def test_every_figure_that_rules_and_dashboard_ask_for_is_told(site: int) -> None:
    told = asked(site, "/metrics")[2].decode()
    names = set(re.findall(r"^(feedwright_\w+)", told, re.MULTILINE))
    kinds = set(re.findall(r'feedwright_things\{kind="(\w+)"', told))
    rules = (DEPLOY / "prometheus-rules.yml").read_text()
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    asks = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asks += re.findall(r"expr: (.+)", rules)
    assert len(asks) > 12
    for ask in asks:
        assert set(re.findall(r"feedwright_\w+", ask)) <= names, ask
        for kind in re.findall(r'kind=~?"([\w|]+)"', ask):
            assert set(kind.split("|")) <= kinds, ask
    promtool = shutil.which("promtool", path=PLACES)
    if promtool:
        subprocess.run(
            [promtool, "check", "rules", DEPLOY / "prometheus-rules.yml"], check=True, capture_output=True
        )


def test_the_container_runs_for_nobody_special_and_copies_what_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert re.search(r'^ENTRYPOINT \["feedwright"\]', last, re.MULTILINE)
    assert "read_only: true" in (DEPLOY / "compose.yaml").read_text()
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert (ROOT / ".containerignore").read_text().split() == ignored
    assert not {"feeds", "web", "sample", "requirements.txt", "README.md", "LICENSE"} & set(ignored)


def test_a_scheduler_alone_ends_with_its_signal(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[poll]\nis_on = false\n")
    with running(sys.executable, "-m", "commands", "--config", config, "scheduler") as process:
        wait_until((tmp_path / "data/feedwright.db").exists, 240)
        wait_until(lambda: has_begun(tmp_path / "data/feedwright.db"), 240)
        process.terminate()
        assert process.wait(20) == 0


def has_begun(database: Path) -> bool:
    try:
        store = open_store(str(database))
        is_alive = "scheduler" in store.kept.beats()
        store.close()
    except StoreError:
        # Its schema is still being made.
        return False
    return is_alive
