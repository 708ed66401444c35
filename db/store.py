"""The one object behind `feeds.protocols.Store`, over either engine: all subjects of the store, joined.

Methods stand by subject in `db/store_<subject>.py`, under the names of `feeds/protocols_<subject>.py`.
They only put the tables' own functions together, each in one transaction; what a single table
does stands in the module of its name.
"""

from __future__ import annotations

from db.store_articles import ArticleStore
from db.store_authors import AuthorStore
from db.store_changes import ChangeStore
from db.store_feeds import FeedStore
from db.store_hubs import HubStore
from db.store_jobs import JobStore
from db.store_people import PeopleStore
from db.store_polling import PollingStore
from db.store_search import SearchStore
from db.store_sources import SourceStore
from db.store_topics import TopicStore
from db.store_upkeep import UpkeepStore


class Store(
    ArticleStore,
    AuthorStore,
    ChangeStore,
    FeedStore,
    HubStore,
    JobStore,
    PeopleStore,
    PollingStore,
    SearchStore,
    SourceStore,
    TopicStore,
    UpkeepStore,
):
    """Everything kept, through one connection."""
