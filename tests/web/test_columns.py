"""What the Compare tab shows of a comparison, and what it hides from who votes blind."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image

from signbridge.evaluation.comparison import contract, judged
from signbridge.web.columns import comparison_html, names_shown, short
from tests.compare.columns import BROKEN, SIGNS, WORDS, comparison

NAMES = {one.recognizer: one.recognizer for one in (SIGNS, WORDS, BROKEN)}
ALL = comparison(SIGNS, WORDS, BROKEN)


def test_each_recognizer_has_its_lane_on_the_same_seconds_and_its_column() -> None:
    page = comparison_html(judged(ALL), NAMES)
    assert re.findall(r'sb-lane-name">([^<]+)', page) == ["landmark", "video", "video-endpoint"]
    lefts = re.findall(r'sb-seek[^>]*style="left:([\d.]+)%;width:([\d.]+)%', page)
    assert [tuple(map(float, one)) for one in lefts] == [(12.5, 25), (50, 25), (0, 100)]
    assert re.findall(r'sb-column"><h3>([^<]+)', page) == ["landmark", "video", "video-endpoint"]
    for words in ("I am tired.", "I was tired.", "abc", "cpu", "100 frames looked at", "250 ms"):
        assert words in page
    assert "under 1 ms" in page
    assert "not measured" in page


def test_five_guesses_are_shown_of_each_stretch() -> None:
    page = comparison_html(judged(comparison(SIGNS)), {"landmark": "landmark"})
    first, second = re.findall(r"<li[^>]*><strong>.*?</div></li>", page)
    assert re.findall(r"<strong>([^<]+)", first) == ["ME"]
    assert re.findall(r"<span>([^<]+)</span> <b>", first) == ["G0", "G1", "G2", "G3"]
    assert "Not recognized" in second
    assert re.findall(r"<span>([^<]+)</span> <b>", second) == ["TIRED"]


def test_one_that_is_not_finished_is_waited_for_and_nothing_can_be_saved_yet() -> None:
    page = comparison_html(judged(comparison(SIGNS, waiting=("video",))), NAMES)
    assert page.count("Working …") == 2
    assert 'aria-busy="true"' in page
    assert "download=" not in page


def test_why_a_column_is_empty_is_said_and_cannot_break_the_page() -> None:
    page = comparison_html(judged(ALL), NAMES)
    assert "set SIGNBRIDGE_&lt;VIDEO&gt;" in page
    assert "<VIDEO>" not in page


def test_blind_nothing_but_the_words_tells_the_recognizers_apart() -> None:
    names = names_shown(ALL, ["video", "landmark", "video-endpoint"], blind=True)
    assert names == {
        "video": "Recognizer A", "landmark": "Recognizer B", "video-endpoint": "Recognizer C"
    }  # fmt: skip
    page = comparison_html(judged(ALL, "I am tired."), names, blind=True)
    for told in ("landmark", "video", "signs", "abc", "cpu", "ms<", "SIGNBRIDGE", "download="):
        assert told not in page.replace("landmarks took", "").replace(
            "Timeline of recognized signs", ""
        )
    assert page.index("I was tired.") < page.index("I am tired.")
    assert "the reason is shown after the vote" in page


def test_agreement_and_scores_stand_beside_the_columns() -> None:
    page = comparison_html(judged(ALL, "I am tired."), NAMES)
    assert 'landmark and video</th><td data-label="By word">67%' in page
    assert 'data-label="By meaning">100%' in page
    assert "WER, normalised</dt><dd>33.33" in page
    assert "Against the reference" not in comparison_html(judged(ALL), NAMES)


def test_everything_shown_can_be_saved_as_json_and_as_a_picture() -> None:
    found = judged(ALL, "I am tired.")
    page = comparison_html(found, NAMES)
    saved = re.search(r'download="me \$tired\$-comparison.json" href="data:[^,]+,([^"]+)"', page)
    assert json.loads(unquote(saved[1])) == json.loads(json.dumps(contract(found)))
    image = re.search(r'-comparison.png" href="data:image/png;base64,([^"]+)"', page)
    assert Image.open(io.BytesIO(base64.b64decode(image[1]))).format == "PNG"


def test_what_the_video_model_saw_is_shown_in_order() -> None:
    saw = np.arange(30, dtype=np.uint8)[:, None, None, None] * np.full((1, 8, 16, 3), 8, np.uint8)
    page = comparison_html(judged(comparison(replace(WORDS, pictures=saw))), {"video": "video"})
    images = re.findall(r'alt="Picture (\d+) of 30" src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(images) == 12
    assert (images[0][0], images[-1][0]) == ("1", "30")
    level = np.asarray(Image.open(io.BytesIO(base64.b64decode(images[-1][1])))).mean()
    assert level == pytest.approx(29 * 8, abs=3)


@pytest.mark.parametrize(
    ("value_s", "text"),
    [(float("nan"), "not measured"), (0.0004, "under 1 ms"), (0.25, "250 ms"), (12.34, "12.3 s")],
)
def test_times_are_short(value_s: float, text: str) -> None:
    assert short(value_s) == text
