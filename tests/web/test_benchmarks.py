"""The Benchmarks tab shows what the reports say, plots and all."""

import base64
from pathlib import Path

from signbridge.web.benchmarks import REPORTS, benchmarks

PICTURE = b"\x89PNG made up"


def report(folder: Path, name: str, text: str) -> Path:
    (folder / name).mkdir()
    (folder / name / "report.md").write_text(text, encoding="utf-8")
    return folder / name


def test_page_is_the_report_with_its_plots_inside(tmp_path: Path) -> None:
    home = report(
        tmp_path, "clips-without-x", "# landmark on clips\n\nTop 1: 0.79\n\n![A plot](a.png)\n"
    )
    (home / "a.png").write_bytes(PICTURE)
    (found,) = benchmarks(tmp_path)
    assert found.title == "Clips without x"
    assert found.page.startswith("Top 1: 0.79")
    assert f"![A plot](data:image/png;base64,{base64.b64encode(PICTURE).decode()})" in found.page


def test_missing_plot_leaves_its_words(tmp_path: Path) -> None:
    report(tmp_path, "clips", "# t\n![A plot](a.png)")
    assert benchmarks(tmp_path)[0].page == "A plot"


def test_only_plots_beside_the_report_are_read(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PICTURE)
    report(tmp_path, "clips", "# t\n![A plot](../secret.png)")
    assert "base64" not in benchmarks(tmp_path)[0].page


def test_no_report_is_no_page(tmp_path: Path) -> None:
    assert benchmarks(tmp_path / "nowhere") == ()


def test_shipped_reports_are_shown_with_every_plot() -> None:
    found = benchmarks()
    assert len(found) == len(list(REPORTS.glob("*/report.md"))) > 0
    assert all(".png)" not in one.page for one in found)


def test_scores_on_real_clips_come_before_the_rest(tmp_path: Path) -> None:
    for name in ("architectures", "strangers", "clips", "voice"):
        report(tmp_path, name, "# t\n")
    titles = [found.title for found in benchmarks(tmp_path)]
    assert titles == ["Clips", "Strangers", "Architectures", "Voice"]
