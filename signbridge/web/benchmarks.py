"""The committed reports -> the Benchmarks tab, word for word: no figure is typed by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from signbridge.web.media import address

REPORTS = Path(__file__).resolve().parents[2] / "docs" / "reports"
PAGE = "report.md"
FIRST = ("clips", "strangers", "translator", "replay")
"""What people compare comes before the rest."""
NOTHING = "No report is here yet. `python -m signbridge evaluate` writes one."
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)/\\]+\.png)\)")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One report: the folder's name in plain words, and its page as Markdown with its plots."""

    title: str
    page: str


def benchmarks(folder: Path = REPORTS) -> tuple[Benchmark, ...]:
    """Return every report below `folder`, those of `FIRST` before the rest by name."""

    def place(page: Path) -> tuple[int, str]:
        name = page.parent.name
        return FIRST.index(name) if name in FIRST else len(FIRST), name

    pages = sorted(folder.glob(f"*/{PAGE}"), key=place)
    return tuple(Benchmark(_title(path.parent.name), _page(path)) for path in pages)


def _title(name: str) -> str:
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]


def _page(path: Path) -> str:
    """Return the page with its plots inside it, since the page is served from nowhere else."""

    def inside(found: re.Match[str]) -> str:
        picture = path.parent / found[2]
        if not picture.is_file():
            return found[1]
        return f"![{found[1]}]({address(picture.read_bytes(), 'image/png')})"

    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    body = lines[1:] if lines and lines[0].startswith("# ") else lines
    return _PICTURE.sub(inside, "\n".join(body).strip())
