"""Builds the parts that a process runs on, from the settings: store, transport, workers, log.

Whoever starts (scheduler, web, command line, tests, benchmarks) takes its parts from here, so that they never
differ. Each starter imports only the modules that it needs: a web process loads neither aiohttp nor ingest.
"""
