"""The JSON of the command line and the captions say what was found, and nothing else."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace

from signbridge import export
from signbridge.types import Choice, Guess, RecognitionResult, Translation, Utterance

EMPTY = Translation({}, Utterance("", "rules", 0.0), None)


def test_captions_of_two_sentences_are_numbered_and_timed() -> None:
    said = Utterance("Hello.", "rules", 0.0, start_s=0.5, end_s=1.75)
    later = replace(said, text="Nice to meet you.", start_s=3661.5, end_s=3663.0)
    assert export.srt(replace(EMPTY, sentences=(said, later))) == (
        "1\n00:00:00,500 --> 00:00:01,750\nHello.\n\n"
        "2\n01:01:01,500 --> 01:01:03,000\nNice to meet you.\n"
    )


def test_a_caption_of_a_short_sign_can_be_read_before_the_next_one_comes() -> None:
    said = Utterance("Hello.", "rules", 0.0, start_s=0.5, end_s=0.8)
    soon = replace(said, text="Thank you.", start_s=1.2, end_s=1.4)
    assert export.captions((said, soon)) == (
        "1\n00:00:00,500 --> 00:00:01,200\nHello.\n\n2\n00:00:01,200 --> 00:00:02,200\nThank you.\n"
    )


def test_what_was_not_measured_is_null_so_the_json_is_standard() -> None:
    text = json.dumps(export.contract(EMPTY, "a.mp4"), allow_nan=False)
    assert json.loads(text)["timings_s"]["speak"] is None


def test_a_guess_without_a_score_has_null_for_one() -> None:
    result = RecognitionResult("video", 0.0, 1.0, (Guess("Hello.", math.nan),), False, 0.1)
    found = replace(EMPTY, results={"video": (result,)})
    text = json.dumps(export.contract(found, "a.mp4"), allow_nan=False)
    assert json.loads(text)["segments"][0]["guesses"] == [{"gloss": "Hello.", "score": None}]


def test_lines_for_a_person_say_what_is_not_sure_and_what_was_not_scored() -> None:
    unsure = RecognitionResult("landmark", 0.0, 1.0, (Guess("HELLO", 0.2),), True, 0.1)
    empty = replace(unsure, guesses=())
    unscored = RecognitionResult("video", 0.0, 1.0, (Guess("Hello.", math.nan),), False, 0.1)
    found = replace(EMPTY, results={"landmark": (unsure, empty), "video": (unscored,)})
    said = [line.partition(": ")[2] for line in export.plain(found, "a.mp4").splitlines()]
    assert said[:4] == [
        "(no sentence)",
        "not recognized; perhaps HELLO 20%",
        "not recognized",
        "Hello.",
    ]


def test_importing_the_export_loads_no_gradio() -> None:
    code = "import sys, signbridge.export; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_guess_taken_for_its_neighbours_is_told_to_persons_and_programs() -> None:
    choice = Choice(1.0, Guess("WATER", 0.35), Guess("WHITE", 0.4))
    found = replace(EMPTY, utterance=replace(EMPTY.utterance, choices=(choice,)))
    line = "WATER (35%) is taken instead of WHITE (40%)"
    assert line in export.plain(found, "a.mp4")
    (notice,) = export.contract(found, "a.mp4")["notices"]
    assert line in notice
