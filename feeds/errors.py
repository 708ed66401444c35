"""The exception tree: what is wrong with us, or with what we were asked to do.

    FeedwrightError
     ├─ ConfigError            a config file that cannot be used; carries every problem found
     ├─ RequestError           what a person asked for cannot be done; the message says what to do
     │   ├─ NotFoundError      no such source, topic, author, article, job
     │   └─ OwnedByFileError   the config file declares it, so it is changed there
     ├─ StoreError             the store cannot be used
     │   ├─ SchemaError        its schema is newer than the program, or damaged
     │   ├─ StoreBusyError     locked for longer than we wait
     │   ├─ StoreUnwritableError  the disk is full, read-only or failing: waits until an admin mends it
     │   └─ ClaimLostError     a claim was taken over, so what was to be written is not
     ├─ ParseError             bytes that are no feed (becomes a `Failed` report, never stops a round)
     ├─ AddressError           an address that we do not fetch
     └─ RenderError            a document that cannot be serialized

What the outside does wrong is a value (`feeds.model.fetched.Failed`), not an exception.
Foreign exceptions are translated at four edges only: transport, parse, engines, forms. Everything at once
is caught only where one source, push or batch must not stop the others, and at the root of a thread or
task; `tests/test_excepts.py` names these places.
"""

from __future__ import annotations


class FeedwrightError(Exception):
    """The root: its text is a sentence that an admin can act on."""


class ConfigError(FeedwrightError):
    """A config file that cannot be used; `problems` holds one line for each fault."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RequestError(FeedwrightError):
    """What a person asked for cannot be done."""


class NotFoundError(RequestError):
    """There is no such thing."""


class OwnedByFileError(RequestError):
    """The config file declares this, so only an edit of the file changes it."""


class StoreError(FeedwrightError):
    """The store cannot be used."""


class SchemaError(StoreError):
    """The schema in the store is not one that this program can use."""


class StoreBusyError(StoreError):
    """The store was locked for longer than we wait."""


class StoreUnwritableError(StoreError):
    """Nothing can be written: the disk is full, read-only or failing. What waits is written once that is mended."""


class ClaimLostError(StoreError):
    """Somebody else holds the host by now; nothing was written."""


class ParseError(FeedwrightError):
    """The bytes are not a feed that we can read."""

    def __init__(self, message: str, *, state: str = "unreadable") -> None:
        super().__init__(message)
        self.state = state


class AddressError(FeedwrightError):
    """An address that we do not fetch, and why."""


class RenderError(FeedwrightError):
    """A document that cannot be written in a format."""
