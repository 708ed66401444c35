"""The site itself: overview, log, work under way, settings and look."""
