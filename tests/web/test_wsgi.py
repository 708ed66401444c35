"""The entry point of a WSGI server, over a real database that has nothing in it yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import os
from pathlib import Path
from parts.store import prepare_store
from feeds.config.load import load
prepare_store(load(Path(os.environ["FEEDWRIGHT_CONFIG"]), os.environ))
from web.wsgi import app
web = app.test_client()
for path in ("/", "/all.atom", "/all.rss", "/all.json", "/feeds.opml", "/topics", "/healthz", "/readyz"):
    print(path, web.get(path).status_code)
print(web.get("/all.atom").text)
"""


def test_the_app_is_made_from_the_file_that_the_environment_names(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[site]\ntitle = "Quay Times"\nbase_url = "https://quay.example"\n', encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FEEDWRIGHT_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**environment, "FEEDWRIGHT_CONFIG": str(config), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    statuses = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("/")]
    assert statuses == ["200"] * 8
    assert "<title>Quay Times</title>" in done.stdout
    assert "https://quay.example/all.atom" in done.stdout
