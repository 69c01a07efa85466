"""Our scores beside what the published scorers print, and beside values counted by hand."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from statistics import mean

import jiwer
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU

from signbridge.evaluation.sentences import TextScores, text_scores

SAID = [
    "The cat sat on the mat.",
    "hello there, how are you today",
    "",
    "He don't want to buy a large house (in the city).",
    "My mother went to school yesterday",
    "I is going to the store, store, store",
]
MEANT = [
    "A cat sat on a mat.",
    "Hello there! How are you?",
    "Nobody knows.",
    "He doesn't want to purchase a big house in the city.",
    "My mother went to school yesterday.",
    "I'm going to the store.",
]
ALSO_MEANT = [
    "The cat was sitting on the mat.",
    "Hi, how are you doing today?",
    "No one knows it.",
    "He does not wish to buy a large house in town.",
    "Yesterday my mother went to school.",
    "I am going to a shop.",
]
CLOSE = 0.01


@pytest.fixture(scope="module")
def one() -> TextScores:
    return text_scores(SAID, MEANT, resamples=200)


@pytest.fixture(scope="module")
def two() -> TextScores:
    return text_scores(SAID, MEANT, ALSO_MEANT, resamples=0)


def sacrebleu_prints(folder: Path, *references: list[str]) -> list[dict]:
    """Return what sacreBLEU's own command prints of BLEU, chrF and chrF++."""
    paths = []
    for number, lines in enumerate((SAID, *references)):
        paths.append(folder / f"{number}.txt")
        paths[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    files = [*map(str, paths[1:]), "-i", str(paths[0]), "-w", "4"]
    found: list[dict] = []
    for options in (["-m", "bleu", "chrf"], ["-m", "chrf", "--chrf-word-order", "2"]):
        command = [sys.executable, "-m", "sacrebleu", *files, *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        printed = json.loads(done.stdout)
        found += printed if isinstance(printed, list) else [printed]
    return found


@pytest.mark.parametrize("references", [(MEANT,), (MEANT, ALSO_MEANT)])
def test_bleu_and_chrf_are_what_sacrebleu_prints(
    tmp_path: Path, one: TextScores, two: TextScores, references: tuple[list[str], ...]
) -> None:
    ours = one if len(references) == 1 else two
    for key, printed in zip(
        ("bleu_4", "chrf", "chrf++"), sacrebleu_prints(tmp_path, *references), strict=True
    ):
        assert ours[key].score == pytest.approx(printed["score"], abs=CLOSE)
        assert ours[key].signature.split("|", 1)[1] == printed["signature"]


@pytest.mark.parametrize("order", [1, 2, 3])
def test_shorter_bleu_is_sacrebleu_with_fewer_orders(
    one: TextScores, two: TextScores, order: int
) -> None:
    theirs = BLEU(max_ngram_order=order)
    assert one[f"bleu_{order}"].score == pytest.approx(theirs.corpus_score(SAID, [MEANT]).score)
    both = theirs.corpus_score(SAID, [MEANT, ALSO_MEANT]).score
    assert two[f"bleu_{order}"].score == pytest.approx(both)


def test_bleu_of_a_small_example_is_the_one_counted_by_hand() -> None:
    # 4 words, 3 of them meant, 5 words wanted: 3/4 * exp(1 - 5/4); pairs 1 of 3.
    found = text_scores(["the cat sat down"], ["the cat quickly sat today"], resamples=0)
    brevity = math.exp(1 - 5 / 4)
    assert found["bleu_1"].score == pytest.approx(100 * brevity * 3 / 4, abs=CLOSE)
    both = math.sqrt(3 / 4 * 1 / 3)
    assert found["bleu_2"].score == pytest.approx(100 * brevity * both, abs=CLOSE)


def test_raw_wer_is_jiwers(one: TextScores) -> None:
    assert one["wer_raw"].score == pytest.approx(100 * jiwer.wer(MEANT, SAID), abs=CLOSE)


def test_wer_counts_edits_over_all_reference_words() -> None:
    # 1 replacement in 4 words, 2 missing of 2: 3 edits over 6 words.
    said, meant = ["what is my name", ""], ["What is your name?", "Excuse me."]
    found = text_scores(said, meant, resamples=0)
    assert found["wer_normalised"].score == pytest.approx(100 * 3 / 6)
    assert found["wer_normalised"].by_sentence == pytest.approx((25, 100))
    assert found["wer_raw"].score == pytest.approx(100 * 5 / 6)  # What and name? differ too


def test_wer_of_too_many_words_is_over_100() -> None:
    assert text_scores(["a b c"], ["d"], resamples=0)["wer_raw"].score == pytest.approx(300)


def test_wer_takes_the_nearest_reference() -> None:
    found = text_scores(["go home"], ["we all went home"], ["go house now"], resamples=0)
    assert found["wer_raw"].score == pytest.approx(100 * 2 / 3)


def test_rouge_l_is_the_mean_of_rouge_score(one: TextScores, two: TextScores) -> None:
    score = RougeScorer(["rougeL"]).score
    alone = [score(meant, said)["rougeL"].fmeasure for said, meant in zip(SAID, MEANT, strict=True)]
    other = [
        score(meant, said)["rougeL"].fmeasure for said, meant in zip(SAID, ALSO_MEANT, strict=True)
    ]
    assert one["rouge_l"].score == pytest.approx(100 * mean(alone), abs=CLOSE)
    best = mean(map(max, zip(alone, other, strict=True)))
    assert two["rouge_l"].score == pytest.approx(100 * best, abs=CLOSE)


def test_rouge_l_of_a_small_example_is_the_one_counted_by_hand() -> None:
    # Longest common run in order: `police the gunman`, 3 of 4 and 3 of 5 words.
    found = text_scores(["police kill the gunman"], ["police have ended the gunman"], resamples=0)
    assert found["rouge_l"].score == pytest.approx(100 * 2 * 3 / (4 + 5), abs=CLOSE)


def test_exact_match_leaves_out_case_and_punctuation_and_takes_any_reference() -> None:
    said = ["i dont understand", "hello", "bye"]
    found = text_scores(
        said,
        ["I don’t understand.", "Hi", "Good bye"],  # noqa: RUF001
        ["-", "Hello!", "Bye now"],
        resamples=0,
    )
    assert found["exact_match"].by_sentence == (100, 100, 0)
    assert found["exact_match"].score == pytest.approx(100 * 2 / 3)


def test_distinct_2_is_different_pairs_over_all_pairs_of_what_was_said() -> None:
    # a-b, b-a, a-b | a-b: 2 different of 4; none goes from one sentence into the next.
    found = text_scores(["a b A b", "a, b", "c"], ["x", "y", "z"], resamples=10)["distinct_2"]
    assert (found.score, found.unit) == (2 / 4, "ratio")
    assert math.isnan(found.interval.low)


def test_distinct_2_without_a_pair_was_not_measured() -> None:
    assert math.isnan(text_scores(["a", ""], ["b", "c"], resamples=0)["distinct_2"].score)


def test_right_sentences_have_the_best_scores() -> None:
    found = text_scores(MEANT, MEANT, resamples=5)
    errors = {"wer_raw", "wer_normalised"}
    for score in found.scores:
        if score.key not in ("distinct_2", "meteor"):  # METEOR takes a little off long chunks too
            assert score.score == pytest.approx(0 if score.key in errors else 100)
    assert found["meteor"].score > 95


def test_interval_holds_the_score_and_is_drawn_alike_again(one: TextScores) -> None:
    for score in one.scores:
        if score.key != "distinct_2":
            assert score.interval.low <= score.score <= score.interval.high
    again = text_scores(SAID, MEANT, resamples=200)
    assert [s.interval for s in again.scores[:-1]] == [s.interval for s in one.scores[:-1]]
    other = text_scores(SAID, MEANT, resamples=200, seed=1)
    assert other["chrf"].interval != one["chrf"].interval


def test_interval_of_the_wer_is_that_of_drawn_sentences() -> None:
    # Half right, half wrong, 100 sentences of one word: the share wrong is within 0.5 ± 0.1.
    found = text_scores(["a", "b"] * 50, ["a", "c"] * 50)["wer_raw"].interval
    assert (found.low, found.high) == (pytest.approx(40, abs=1.5), pytest.approx(60, abs=1.5))


def test_no_sentence_gives_no_score() -> None:
    assert text_scores([], []) == TextScores(0, 1, ())


def test_references_of_another_count_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        text_scores(["a"], ["a", "b"])
