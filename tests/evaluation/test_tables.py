"""The figures in README.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signbridge.errors import BadInputError
from signbridge.evaluation import tables
from signbridge.evaluation.tables import BEGIN, END, NOTHING, figures_block, main, with_figures


def rates(n: int, top1: float, top5: float) -> dict:
    def around(value: float) -> dict:
        return {"low": value - 0.1, "high": value + 0.05}

    intervals = {"top1": around(top1), "top5": around(top5)}
    return {"n_in_vocabulary": n, "top1": top1, "top5": top5, "intervals": intervals}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "signbridge" / "assets" / "landmark"
    folder.mkdir(parents=True)
    line = {"data": "WLASL-100 test", **rates(100, 0.785, 0.93), "n": 100, "chance": 0.01}
    (folder / "card.json").write_text(json.dumps({"scores": [line]}))
    folder = tmp_path / "docs" / "reports" / "clips"
    folder.mkdir(parents=True)
    nothing = {"n_in_vocabulary": 0, "top1": None, "top5": None, "intervals": {}}
    chance = {"top1": 0.002, "top5": 0.01}
    sources = {"web": rates(30, 0.5, 0.8), "book": nothing}
    report = {
        "recognizer": "landmark",
        "labels": "labels.csv",
        "sign": {**rates(50, 0.6, 0.9), "by_source": sources, "chance": chance},
        "letter": {**nothing, "by_source": {}, "chance": chance},
    }
    (folder / "report.json").write_text(json.dumps(report))
    return tmp_path


def test_every_figure_of_a_card_and_a_report_has_its_line(root: Path) -> None:
    assert figures_block(root).splitlines()[2:] == [
        "| landmark | WLASL-100 test | 100 | 0.79 (0.69-0.84) | 0.93 (0.83-0.98) | 0.010 |",
        "| landmark | clips: signs, all | 50 | 0.60 (0.50-0.65) | 0.90 (0.80-0.95) | 0.002 |",
        "| landmark | clips: signs, web | 30 | 0.50 (0.40-0.55) | 0.80 (0.70-0.85) | 0.002 |",
    ]


def test_no_card_and_no_report_is_said_in_words(tmp_path: Path) -> None:
    assert figures_block(tmp_path) == NOTHING


def test_card_without_scores_is_refused_with_what_it_needs(root: Path) -> None:
    (root / "signbridge" / "assets" / "landmark" / "card.json").write_text("{}")
    with pytest.raises(BadInputError, match="needs `scores`"):
        figures_block(root)


def test_card_with_a_score_without_interval_is_refused(root: Path) -> None:
    path = root / "signbridge" / "assets" / "landmark" / "card.json"
    card = json.loads(path.read_text())
    del card["scores"][0]["intervals"]["top5"]
    path.write_text(json.dumps(card))
    with pytest.raises(BadInputError, match="intervals of both"):
        figures_block(root)


def test_text_around_the_marks_is_kept() -> None:
    text = f"before\n{BEGIN}\nstale\n{END}\nafter\n"
    filled = with_figures(text, "fresh")
    assert filled == f"before\n{BEGIN}\nfresh\n{END}\nafter\n"
    assert with_figures(filled, "fresh") == filled


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}\n{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_readme_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match=r"README\.md needs the line"):
        with_figures(text, "fresh")


def test_check_finds_a_stale_readme_and_writing_mends_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "README.md").write_text(f"{BEGIN}\n{END}\n")
    monkeypatch.setattr(tables, "ROOT", root)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert main(["--check"]) == 0


def test_readme_gives_the_figures_of_the_cards_and_reports() -> None:
    assert main(["--check"]) == 0
