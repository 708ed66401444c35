"""The peer for our hub: the subscriber of Flask-WebSub, which nobody here wrote. Runs under the Python of a venv that has it.

Its first argument is the address of a feed, the second a folder for its databases; a line on standard input says what it
does: `subscribe`, `renew`, `unsubscribe`, `end`. Each thing that happens is a line on standard output.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import flask_websub.subscriber as library  # type: ignore[import-not-found,unused-ignore]
from flask import Flask
from werkzeug.serving import make_server


def main(url: str, folder: Path) -> None:
    """Discovers, subscribes, takes what comes."""
    # It gives no secret to a hub without encryption; here all of it is loopback, and the secret is to be tried.
    library.is_secure = lambda _url: True
    app = Flask(__name__)
    subscriber = library.Subscriber(
        library.SQLite3SubscriberStorage(str(folder / "held.db")),
        library.SQLite3TempSubscriberStorage(str(folder / "asked.db")),
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    subscriber.add_success_handler(lambda topic, _id, mode: print("confirmed", mode, topic, flush=True))
    subscriber.add_error_handler(lambda topic, _id, reason: print("denied", topic, reason, flush=True))
    subscriber.add_listener(lambda topic, _id, body: print("body", topic, b"Story 2" in body, flush=True))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held = ""
    print("ready", flush=True)
    for line in sys.stdin:
        with app.test_request_context(base_url=f"http://127.0.0.1:{server.server_port}"):
            if line.strip() == "subscribe":
                held = subscriber.subscribe(**library.discover(url))
            elif line.strip() == "renew":
                subscriber.renew(held)
            elif line.strip() == "unsubscribe":
                subscriber.unsubscribe(held)
            else:
                break
        print("asked", flush=True)
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
