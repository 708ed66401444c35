"""The store over either engine: a subject an attribute, `store.topics.put(…)`, `store.jobs.claim(…)`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from db.alerts import Alerts
from db.engines.engine import Engine
from db.jobs import Jobs
from db.kept import Kept
from db.kept_answers import KeptAnswers
from db.lists import Lists
from db.looks import Looks
from db.partner_ledger import PartnerLedger
from db.partners import Partners
from db.private_addresses import PrivateAddresses
from db.subjects.articles import Articles
from db.subjects.authors import Authors
from db.subjects.changes import Changes
from db.subjects.deliveries import Deliveries
from db.subjects.deltas import Deltas
from db.subjects.digests import Digests
from db.subjects.feeds import Feeds
from db.subjects.hubs import Hubs
from db.subjects.mixes import SavedMixes
from db.subjects.own_texts import OwnTexts
from db.subjects.people import People
from db.subjects.polls import POLLS_KEPT, Polls
from db.subjects.search import Search
from db.subjects.sources import Sources
from db.subjects.topics import Topics
from db.subjects.upkeep import Upkeep
from db.tokens import Tokens


class Store:
    """Everything kept, through one connection; used by one thread at a time.

    Every method of a subject is a transaction of its own unless it runs inside `write()`. Of each source the reports of
    the last `polls_kept` polls are kept.
    """

    def __init__(self, engine: Engine, *, polls_kept: int = POLLS_KEPT) -> None:
        self.engine = engine
        self.alerts = Alerts(engine)
        self.answers = KeptAnswers(engine)
        self.articles = Articles(engine)
        self.authors = Authors(engine)
        self.changes = Changes(engine)
        self.deliveries = Deliveries(engine)
        self.deltas = Deltas(engine)
        self.digests = Digests(engine)
        self.feeds = Feeds(engine)
        self.hubs = Hubs(engine)
        self.jobs = Jobs(engine)
        self.kept = Kept(engine)
        self.lists = Lists(engine)
        self.looks = Looks(engine)
        self.mixes = SavedMixes(engine)
        self.ledger = PartnerLedger(engine)
        self.partners = Partners(engine)
        self.own = OwnTexts(engine)
        self.people = People(engine)
        self.polls = Polls(engine, kept=polls_kept)
        self.private = PrivateAddresses(engine)
        self.search = Search(engine)
        self.sources = Sources(engine)
        self.tokens = Tokens(engine)
        self.topics = Topics(engine)
        self.upkeep = Upkeep(engine)

    def write(self) -> AbstractContextManager[None]:
        """A writing transaction around several calls; inside another one, a savepoint."""
        return self.engine.write()

    def close(self) -> None:
        """Lets go of the connection."""
        self.engine.close()
