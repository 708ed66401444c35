"""Builds the wheel: what the program reads beside its modules (settings, contract, samples) goes inside them."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class BuildWithData(build_py):  # type: ignore[misc]
    """Copies `config.toml`, `docs/contract.md` and `sample/` to where an installed Feedwright looks for them."""

    def run(self) -> None:
        """Builds the modules, then adds the files."""
        super().run()
        if self.editable_mode:
            return
        inside = Path(self.build_lib)
        shutil.copyfile(ROOT / "config.toml", inside / "feeds/config/shipped.toml")
        shutil.copyfile(ROOT / "docs/contract.md", inside / "web/public/contract.md")
        shutil.copytree(ROOT / "sample", inside / "web/sample", dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithData})
