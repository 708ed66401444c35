"""The parent of the running family: starts the web (granian) and the scheduler, restarts, stops both.

 prepare the database | start scheduler (web.server.keeper) | start web workers | watch config.toml | stop

It stays small: no store, no Flask. Web workers are granian's; when they cannot be kept up, the
run ends with a non-zero exit. A changed file with other settings restarts the scheduler and
renews the web workers one by one; a broken one changes nothing and is told once.
"""

from __future__ import annotations

import http.client
import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels

from feeds.config.load import LAST_GOOD, SHIPPED, listening_url, load_strictly
from feeds.errors import ConfigError, RequestError
from feeds.model.declarations import Declarations
from feeds.model.settings import Settings
from web.server.keeper import SchedulerKeeper, scheduler_command
from web.server.limits import BACKLOG, raise_file_limit
from web.server.renewal import READY_FOLDER, GaplessServer, is_renewal_asked

WATCH_EVERY_S = 2.0
WORKER_STOP_S = 5
PREPARE_WITHIN_S = 600
APP = "web.rsgi:app"

log = logging.getLogger("feedwright.run")


def serve(
    settings: Settings,
    environ: Mapping[str, str],
    say: Callable[[str], None],
    *,
    has_scheduler: bool = True,
) -> int:
    """Serves until a signal ends it; returns the exit code. Raises RequestError if it cannot start."""
    require_free(settings.web.host, settings.web.port)
    with tempfile.TemporaryDirectory(prefix="feedwright-") as folder:
        last_good = Path(folder) / "config.toml"
        keep_last_good(settings.path, last_good)
        os.environ.update(environ)
        os.environ["FEEDWRIGHT_CONFIG"] = str(settings.path)
        os.environ[LAST_GOOD] = str(last_good)
        os.environ[READY_FOLDER] = folder
        prepare(say)
        return _family(settings, last_good, say, has_scheduler=has_scheduler)


def require_free(host: str, port: int) -> None:
    """Raises RequestError if nobody can listen there, with what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise RequestError(f"[web] host {host!r} is not known to this machine: {error}.") from error
    except PermissionError as error:
        raise RequestError(f"Port {port} needs more rights: choose one above 1023 with --port N.") from error
    except OSError as error:
        raise RequestError(
            f"Port {port} on {host} cannot be used ({error.strerror}): stop what uses it, or choose another with --port N."
        ) from error


def prepare(say: Callable[[str], None]) -> None:
    """Brings the database to the present schema, in a process of its own; says where the former one is kept."""
    done = subprocess.run(
        [sys.executable, "-m", "commands", "db", "migrate", "--quiet"],
        check=False,
        timeout=PREPARE_WITHIN_S,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise RequestError(done.stderr.strip() or "The database could not be prepared.")
    for line in done.stderr.splitlines():
        if not line.startswith("step "):
            say(line)


def keep_last_good(path: Path, copy: Path) -> None:
    """Copies the file as it is, right, for processes that start while it is being edited."""
    fresh = copy.with_suffix(".new")
    fresh.write_bytes(path.read_bytes())
    fresh.replace(copy)


def without_declarations(settings: Settings) -> Settings:
    """The settings alone: declarations are applied by the scheduler without a restart."""
    return replace(settings, declarations=Declarations())


def load_app() -> Any:
    """The app, in a worker. granian's own way would look for it first in the folder from which it was started."""
    module, _, name = APP.partition(":")
    return getattr(import_module(module), name)


def _family(settings: Settings, last_good: Path, say: Callable[[str], None], *, has_scheduler: bool) -> int:
    web = settings.web
    # Not forked: a forked web worker keeps the pipe open on which `Popen` waits for the scheduler to
    # begin, and the keeper would hang until that worker ends (seen once in three starts).
    multiprocessing.set_start_method("spawn", force=True)
    keeper = SchedulerKeeper(scheduler_command() if has_scheduler else (), os.environ, note=_note)
    server = GaplessServer(
        APP,
        ready_folder=last_good.parent,
        address=web.host,
        port=web.port,
        interface=Interfaces.RSGI,
        workers=web.workers,
        respawn_failed_workers=True,
        workers_kill_timeout=WORKER_STOP_S,
        websockets=False,
        backlog=BACKLOG,
        backpressure=raise_file_limit(),
        log_level=LogLevels.warning,
    )
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_announce, args=(settings, keeper, say, stopping), daemon=True),
        threading.Thread(target=_watch, args=(settings, last_good, keeper, stopping), daemon=True),
        threading.Thread(
            target=_follow_signal, args=(lambda: bool(server.interrupt_signal), keeper, stopping), daemon=True
        ),
    ]

    def start_all() -> None:
        if settings.sample_base is None:
            keeper.start()
        for thread in threads:
            thread.start()

    server.on_startup(start_all)
    code = 0
    try:
        server.serve(target_loader=load_app, wrap_loader=False)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
        say("The web processes cannot be kept up; the lines above say why.")
    finally:
        stopping.set()
        keeper.stop()
    return code


def _follow_signal(is_ending: Callable[[], bool], keeper: SchedulerKeeper, stopping: threading.Event) -> None:
    # Both stop at the same time, so that the slower one alone decides how long it takes.
    while not stopping.wait(0.1):
        if is_ending():
            keeper.begin_stop()
            return


def _announce(
    settings: Settings, keeper: SchedulerKeeper, say: Callable[[str], None], stopping: threading.Event
) -> None:
    while not _answers(settings):
        if stopping.wait(0.05):
            return
    if settings.sample_base is not None:
        # The demonstration polls this very web: its first round must find it answering.
        keeper.start()
    say(f"Feedwright serves {listening_url(settings)}/ (Ctrl-C stops it).")
    if settings.path == SHIPPED:
        say("This is the demonstration with its made-up newsroom; `./run init DIR` makes a site of your own.")
    elif settings.site.base_url is None:
        say("[site] base_url is not set: feeds name the listening address. Set it before others subscribe.")
    link = first_link(settings)
    if link:
        say(link)


def first_link(settings: Settings) -> str:
    """The one-time link by which the first admin begins; empty if there is one, or no admin pages."""
    if not settings.admin.is_on:
        return ""
    command = [sys.executable, "-m", "commands", "admin", "link", "--if-none"]
    try:
        done = subprocess.run(command, check=False, timeout=30, capture_output=True, text=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _answers(settings: Settings) -> bool:
    host = listening_url(settings).removeprefix("http://").rpartition(":")[0].strip("[]")
    connection = http.client.HTTPConnection(host, settings.web.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(settings: Settings, last_good: Path, keeper: SchedulerKeeper, stopping: threading.Event) -> None:
    path, present = settings.path, settings
    environ = {name: value for name, value in os.environ.items() if name != LAST_GOOD}
    seen = _stamp(path)
    while not stopping.wait(WATCH_EVERY_S):
        if is_renewal_asked(last_good.parent):
            log.info("The site's title or logo has changed: the web is renewed.")
            os.kill(os.getpid(), signal.SIGHUP)
        stamp = _stamp(path)
        if stamp == seen:
            continue
        seen = stamp
        try:
            fresh = load_strictly(path, environ)
            keep_last_good(path, last_good)
        except (ConfigError, OSError) as error:
            log.error("The changed file is not applied, the former settings stay:\n%s", error)
            continue
        if without_declarations(fresh) != without_declarations(present):
            if _listening(fresh) != _listening(present):
                log.warning("[web] host, port and workers take effect at the next start of ./run.")
            log.info("Settings have changed: scheduler and web are renewed.")
            keeper.restart()
            os.kill(os.getpid(), signal.SIGHUP)
        present = fresh


def _listening(settings: Settings) -> tuple[str, int, int]:
    return settings.web.host, settings.web.port, settings.web.workers


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _note(detail: str) -> None:
    try:
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "web.server.note", detail],
            check=False,
            timeout=30,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        log.warning("The database did not take a note within 30 s.")
