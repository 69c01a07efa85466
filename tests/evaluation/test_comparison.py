"""A comparison as JSON, as text and as a picture: all that the page shows, and nothing invented."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from signbridge.evaluation.comparison import contract, judged, plain
from signbridge.evaluation.comparison_picture import picture
from signbridge.evaluation.sentences import text_scores
from tests.compare.columns import BROKEN, SIGNS, WORDS, comparison

ALL = comparison(SIGNS, WORDS, BROKEN)


def test_json_has_each_column_with_all_that_is_shown_of_it() -> None:
    found = json.loads(json.dumps(contract(judged(ALL)), allow_nan=False))
    assert set(found) == {
        "clip", "duration_s", "frames", "fps", "landmarks_s", "reference", "agreement", "columns",
        "notices",
    }  # fmt: skip
    signs, words, broken = found["columns"]
    assert set(signs) == set(words) == set(broken) == {
        "recognizer", "reads", "about", "text", "results", "times_s", "frames", "scores", "notices",
        "error",
    }  # fmt: skip
    assert signs["about"] == {"model": "signs", "revision": "abc", "device": "cpu"}
    assert [len(one["guesses"]) for one in signs["results"]] == [5, 1]
    assert signs["results"][0]["guesses"][0] == {"text": "ME", "score": 0.8}
    assert [one["abstained"] for one in signs["results"]] == [False, True]
    assert (words["reads"], words["text"]) == ("sentences", "I was tired.")
    assert broken["error"] == "missing address, set SIGNBRIDGE_<VIDEO>"


def test_json_has_null_for_what_was_not_measured() -> None:
    times = contract(judged(ALL))["columns"][0]["times_s"]
    assert times == {
        "start": None, "landmarks": 2.0, "preprocess": None, "model": None, "decode": None,
        "recognize": 0.25, "compose": 0.0001, "total": 2.5,
    }  # fmt: skip


def test_each_two_that_answered_are_set_against_one_another() -> None:
    (agreed,) = contract(judged(ALL))["agreement"]
    assert agreed["recognizers"] == ["landmark", "video"]
    assert agreed["words"] == pytest.approx(2 / 3)  # one word of three differs
    assert agreed["meaning"] == 1.0  # "was" and "am" are no content


def test_with_a_reference_each_answer_is_scored_as_score_scores_it() -> None:
    found = judged(ALL, " I am tired. ")
    assert set(found.scores) == {"landmark", "video"}
    expected = text_scores([WORDS.text], ["I am tired."])
    scores = contract(found)["columns"][1]["scores"]
    assert set(scores) == {one.key for one in expected.scores}
    for one in expected.scores:
        assert scores[one.key]["score"] == pytest.approx(one.score)
        assert scores[one.key]["signature"] == one.signature
    assert scores["wer_normalised"]["score"] == pytest.approx(100 / 3)
    assert contract(found)["columns"][2]["scores"] is None
    assert contract(judged(ALL, "  "))["columns"][1]["scores"] is None


def test_text_says_who_said_what_and_why_one_says_nothing() -> None:
    lines = plain(judged(ALL, "I am tired."))
    assert "landmark: I am tired." in lines
    assert "0.50 -   1.50 s  ME 80%, G0 2%" in lines
    assert "not recognized; perhaps TIRED 20%" in lines
    assert "video-endpoint: no answer; missing address" in lines
    assert "landmark and video agree: 67% by word, 100% by meaning" in lines
    assert "WER, normalised 33.33" in lines


def pixels(judgement) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture(judgement))).convert("RGB")).astype(int)


def test_the_picture_has_a_bar_where_each_sign_was() -> None:
    drawn = pixels(judged(comparison(SIGNS)))
    green = (abs(drawn - (15, 118, 110)).sum(axis=2) < 12).any(axis=0)
    height, width = drawn.shape[:2]
    left, right = np.flatnonzero(green)[[0, -1]] / width
    # The lane is 96% of the width, from 2% on; the sign from 0.5 to 1.5 s of 4.
    assert left == pytest.approx(0.02 + 0.96 * 0.5 / 4, abs=0.005)
    assert right == pytest.approx(0.02 + 0.96 * 1.5 / 4, abs=0.005)
    assert height > 250


def test_the_picture_grows_with_the_columns_and_shows_what_failed() -> None:
    one, three = pixels(judged(comparison(SIGNS))), pixels(judged(ALL, "I am tired."))
    assert three.shape[0] > one.shape[0] + 2 * 150
    alarm = abs(three - (124, 45, 18)).sum(axis=2) < 12
    assert alarm.sum() > 100


def test_a_picture_without_a_column_is_still_one() -> None:
    assert pixels(judged(comparison())).shape[2] == 3
