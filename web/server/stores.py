"""One store object for each thread: a store holds one connection and serves one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from db.store import Store


class StorePerThread:
    """Hands every thread its own store, made when first asked for."""

    def __init__(self, factory: Callable[[], Store]) -> None:
        self._factory = factory
        self._local = threading.local()

    def get(self) -> Store:
        """This thread's store."""
        store: Store | None = getattr(self._local, "store", None)
        if store is None:
            store = self._local.store = self._factory()
        return store

    def drop(self) -> None:
        """Closes this thread's store; the next `get` makes a new one."""
        store: Store | None = getattr(self._local, "store", None)
        self._local.store = None
        if store is not None:
            store.close()
