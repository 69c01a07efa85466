"""Names that people spell with their fingers, or have a sign for."""

from __future__ import annotations

from importlib import resources

NAMES = tuple(
    resources.files(__package__).joinpath("names.txt").read_text(encoding="utf-8").split()
)
