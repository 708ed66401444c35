"""The peer for serving: a bare Flask view over bytes in memory, conditional and with a compressed twin.

`granian --interface wsgi bench.peer_flask:app`, with the file to be served named by BENCH_FEED.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

from flask import Flask, Response, request

BODY = Path(os.environ["BENCH_FEED"]).read_bytes()
PACKED = gzip.compress(BODY, 6)
TAG = '"bench"'
app = Flask(__name__)


@app.get("/feed.atom")
def feed() -> Response:
    """The feed, or 304."""
    headers = {"ETag": TAG, "Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == TAG:
        return Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(PACKED, headers=headers, mimetype="application/atom+xml")
    return Response(BODY, headers=headers, mimetype="application/atom+xml")
