"""Gzip files as documents: of one member and of several, damaged and hostile ones."""

from __future__ import annotations

import gzip
import time

import pytest

from feeds.errors import ParseError
from feeds.ingest.formats.gzipped import MOST_MEMBERS, unpacked

TEXT = bytes(range(256)) * 2_000


def test_all_members_of_a_file_are_the_document() -> None:
    parts = (TEXT[:200_000], b"", TEXT[200_000:])
    assert unpacked(b"".join(map(gzip.compress, parts))) == TEXT
    # What pads a file behind its last member is none of the document.
    assert unpacked(gzip.compress(TEXT) + b"\0" * 512) == TEXT


def test_no_more_is_unpacked_than_there_is_room_for() -> None:
    assert unpacked(gzip.compress(TEXT), len(TEXT)) == TEXT
    two = gzip.compress(TEXT[:300_000]) + gzip.compress(TEXT[300_000:])
    for packed in (gzip.compress(TEXT), two):
        with pytest.raises(ParseError, match="larger than 511,999 bytes") as found:
            unpacked(packed, len(TEXT) - 1)
        assert found.value.state == "large"


def test_a_damaged_member_and_too_many_are_refused() -> None:
    with pytest.raises(ParseError, match="damaged"):
        unpacked(gzip.compress(TEXT) + gzip.compress(TEXT)[:10] + b"\xff" * 20)
    many = gzip.compress(b"x") * (MOST_MEMBERS * 40)
    began = time.process_time()
    with pytest.raises(ParseError, match="damaged"):
        unpacked(many)
    assert time.process_time() - began < 5
