"""`./run …` lands here."""

from __future__ import annotations

from commands.root import cli

if __name__ == "__main__":
    cli(prog_name="./run")
