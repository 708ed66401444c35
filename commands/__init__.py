"""The command line, one command group a file: `./run source …` is `commands/source.py`.

A command reads its options, calls an action of `feeds.actions`, and shows what came of it. It decides nothing.
"""
