"""The shipped model on real people it has no recording of."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from signbridge.evaluation.evaluate import evaluate
from signbridge.evaluation.scores import scores_of

CLIPS = Path(__file__).parents[3] / "shared" / "data" / "clips"


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not CLIPS.exists(), reason="the clips beside the project are not here")
def test_half_of_the_mixed_clips_are_named_right_at_the_first_guess(tmp_path: Path) -> None:
    with (CLIPS / "labels.csv").open() as file:
        rows = [
            row for row in csv.DictReader(file) if (row["source"], row["kind"]) == ("mixed", "sign")
        ]
    labels = tmp_path / "labels.csv"
    with labels.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "kind", "label", "source"))
        writer.writerows((CLIPS / row["path"], "sign", row["label"], "mixed") for row in rows)
    rates = scores_of(evaluate("landmark", labels)).sign.all
    assert rates.n_in_vocabulary >= 25
    assert rates.top1 >= 0.50
    assert rates.top5 >= 0.75
